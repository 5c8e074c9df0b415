"""ФРМР over HTTP, and the operator's list of workers."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from ninja import Status

from dopusk.kernel.invalid import Invalid
from dopusk.registers.problems import Problem
from dopusk.registers.wire import Snils
from dopusk.registers.workers import actions, rules
from dopusk.registers.workers.forms import OutcomeBody, RegistryNumber, SearchForm
from dopusk.registers.workers.models import Accreditation, Person

PAGE = 50
# wire name of a group → related name and order: the newest first where it matters
GROUPS = {
    "prof": ("prof", "doc_date"),
    "postgraduate": ("postgraduate", "doc_date"),
    "ext": ("ext", "-doc_date"),
    "cert": ("cert", "-pass_date"),
    "card": ("card", "-begin_date"),
    "accreditation": ("accreditations", "-pass_date"),
}


def _person(snils: str) -> Person:
    person = Person.objects.by_snils(snils).first()
    if person is None:
        raise Problem(404, "not_in_frmr", "Этого человека нет в ФРМР")
    return person


def _rows(person: Person, group: str) -> list[Any]:
    related, order = GROUPS[group]
    return list(getattr(person, related).order_by(order, "pk"))


def person(request: HttpRequest, snils: Snils) -> Person:
    """The worker herself. 404 `not_in_frmr`."""
    return _person(snils)


def full(request: HttpRequest, snils: Snils) -> dict[str, Any]:
    """The worker and all her groups."""
    found = _person(snils)
    return {"person": found, **{group: _rows(found, group) for group in GROUPS}}


def prof(request: HttpRequest, snils: Snils) -> list[Any]:
    """Diplomas of colleges and universities."""
    return _rows(_person(snils), "prof")


def postgraduate(request: HttpRequest, snils: Snils) -> list[Any]:
    """Diplomas of residency and internship."""
    return _rows(_person(snils), "postgraduate")


def ext(request: HttpRequest, snils: Snils) -> list[Any]:
    """Further training, the newest first."""
    return _rows(_person(snils), "ext")


def cert(request: HttpRequest, snils: Snils) -> list[Any]:
    """Specialist's certificates, the newest first."""
    return _rows(_person(snils), "cert")


def card(request: HttpRequest, snils: Snils) -> list[Any]:
    """Employment records, the newest first."""
    return _rows(_person(snils), "card")


def accreditation(request: HttpRequest, snils: Snils) -> list[Any]:
    """Accreditations, the newest first."""
    return _rows(_person(snils), "accreditation")


_REFUSALS = {
    "dates_order": (422, "Даты стоят не по порядку"),
    "passed_in_future": (422, "Протокол ещё не подписан"),
    "specialty_unknown": (422, "Такой специальности нет в справочнике"),
    "not_in_frmr": (404, "Этого человека нет в ФРМР"),
}


def record(request: HttpRequest, registry_number: RegistryNumber, body: OutcomeBody) -> Status[Accreditation]:
    """201 the first time, 200 for the same again, 409 `conflict` if the number is taken by another record."""
    outcome = rules.Outcome(
        body.snils,
        str(body.accreditation_kind_id),
        body.specialty_key,
        body.pass_date,
        body.end_date,
        body.protocol_date,
        body.protocol_number,
        body.organization_oid,
    )
    try:
        row, created = actions.record(registry_number, outcome, by=str(request.auth))  # type: ignore[attr-defined]
    except Invalid as refused:
        status, title = _REFUSALS[refused.code]
        raise Problem(status, refused.code, title) from refused
    except actions.Conflict as taken:
        title = "Под этим номером уже внесена другая запись"
        raise Problem(409, "conflict", title, fields=taken.fields) from taken
    return Status(201 if created else 200, row)


def index(request: HttpRequest) -> HttpResponse:
    """Workers by name, fifty at a time; found by the beginning of the name or by СНИЛС."""
    if not settings.SANDBOX:
        raise Http404
    form = SearchForm(request.GET)
    form.is_valid()
    found = form.narrow(Person.objects.all())
    people = list(found.order_by("name_key", "id")[: PAGE + 1])
    more = people[PAGE - 1] if len(people) > PAGE else None
    context = {"form": form, "people": people[:PAGE], "more": more}
    return render(request, "workers/index.html", context, status=422 if form.errors else 200)


def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the register holds about one worker."""
    if not settings.SANDBOX:
        raise Http404
    worker = get_object_or_404(Person, pk=pk)
    return render(request, "workers/show.html", {"worker": worker, **{g: _rows(worker, g) for g in GROUPS}})
