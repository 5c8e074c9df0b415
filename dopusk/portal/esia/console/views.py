"""The console of integrators: what came from their systems, and what was wrong with it."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from dopusk.portal.esia.console import diagnosis, precise, shown
from dopusk.portal.esia.models import Diagnosis
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.sessions.access import Person

A_PAGE = 25
LONGEST = 100  # characters of a mnemonic

View = Callable[..., HttpResponse]


def _open_in_sandbox(view: View) -> View:
    """Anybody comes in on a sandbox; elsewhere the operators who register services."""

    @right_required(Right.REGISTER_SERVICES)
    def guarded(request: HttpRequest, person: Person, /, **kwargs: Any) -> HttpResponse:
        return view(request, **kwargs)

    @wraps(view)
    def door(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return (view if settings.SANDBOX else guarded)(request, **kwargs)

    return door


@require_safe
@_open_in_sandbox
def console(request: HttpRequest) -> HttpResponse:
    """Requests of systems, the newest first; by system. The page has the refused alone until all are asked for, the
    JSON has all until the refused alone are."""
    client_id = request.GET.get("client_id", "").replace("\0", "").strip()[:LONGEST]
    as_json = request.GET.get("format") == "json"
    refused = request.GET.get("only", "all" if as_json else "refused") == "refused"
    found = Diagnosis.objects.order_by("-at")
    if client_id:
        found = found.filter(client_id=client_id)
    if refused:
        found = found.exclude(code="")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    if as_json:
        listed = {"page": page.number, "pages": page.paginator.num_pages}
        return _json({**listed, "diagnoses": [diagnosis.as_json(one) for one in page]})
    rows = [{"one": one, "what": shown.headline(one)} for one in page]
    accepted = refused and not rows and Diagnosis.objects.exists()
    context = {"page": page, "rows": rows, "client_id": client_id, "refused": refused, "accepted": accepted}
    return render(request, "esia/console.html", context)


@require_safe
@_open_in_sandbox
def console_diagnosis(request: HttpRequest, identifier: uuid.UUID) -> HttpResponse:
    """One request examined."""
    found = get_object_or_404(Diagnosis, pk=identifier)
    if request.GET.get("format") == "json":
        told = {"what": shown.headline(found), "advice": precise.todo(found)}
        return _json({**diagnosis.as_json(found), **told})
    return render(request, "esia/console_diagnosis.html", shown.of(found))


def _json(content: dict[str, Any]) -> JsonResponse:
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Cache-Control"] = "no-store"
    return answer
