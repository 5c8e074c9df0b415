"""Organisations over HTTP."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from dopusk.registers.organisations.models import Organisation
from dopusk.registers.problems import Problem
from dopusk.registers.wire import Words

PAGE = 50


def search(request: HttpRequest, query: Words = "", region: Words = "", page: int = 1) -> dict[str, Any]:
    """By a part of the name, ИНН, ОГРН or OID, and by region (two digits)."""
    found = Organisation.objects.search(query.strip()[:200], region).order_by("oid")
    pages = Paginator(found, PAGE)
    shown = pages.get_page(page)
    return {
        "items": list(shown.object_list),
        "page": shown.number,
        "pages": pages.num_pages,
        "total": pages.count,
    }


def read(request: HttpRequest, oid: Words) -> Organisation:
    """One organisation. 404 `not_in_frmo`."""
    organisation = Organisation.objects.filter(oid=oid).first()
    if organisation is None:
        raise Problem(404, "not_in_frmo", "Такой организации нет в ФРМО")
    return organisation
