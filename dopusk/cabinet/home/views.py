"""The first page and the person's own journal."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dopusk.cabinet.applications import words
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.home import rules
from dopusk.cabinet.registries.http import registers
from dopusk.cabinet.signin.access import confirmed_required, current, person_of, roles
from dopusk.cabinet.signin.models import Person
from dopusk.cabinet.told import SENTENCES
from dopusk.kernel import norms
from dopusk.kernel.invalid import Invalid
from dopusk.web.journal.models import Entry
from dopusk.web.outgoing import RegisterDown

A_PAGE = 30
HISTORY = 10
WINDOW_MONTHS = 12  # when no norm is in force


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """To strangers what this is; to her what to do now, then each accreditation, then what was."""
    if person_of(request) is None:
        return render(request, "home/welcome.html")
    return _home(request)


@confirmed_required
def _home(request: HttpRequest) -> HttpResponse:
    person, today = current(request), timezone.localdate()
    applications = list(Application.objects.listed(person)[:HISTORY])
    down = None
    try:
        terms: list[rules.Term] | None = _terms(person)
    except RegisterDown as error:
        terms, down = None, error
    advice = rules.advise([_standing(one) for one in applications], terms, today, _window(today))
    context = {
        "advice": advice,
        "chosen": next((one for one in applications if str(one.pk) == advice.application), None),
        "terms": sorted(terms or (), key=lambda term: term.ends, reverse=True),
        "down": down,
        "rows": _rows(person, applications),
        "roles": roles(person),
        "today": today,
    }
    return render(request, "home/home.html", context)


@require_safe
@confirmed_required
def journal(request: HttpRequest) -> HttpResponse:
    """What she did and what was done about her, newest first; each row of the append-only log."""
    person = current(request)
    page = Paginator(Entry.objects.about(person.pk), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {
            "entry": one,
            "words": SENTENCES.say(one.words),
            "own": one.actor == person.pk,
            "system": one.actor == "system",
        }
        for one in page
    ]
    return render(request, "home/journal.html", {"page": page, "rows": rows})


def _terms(person: Person) -> list[rules.Term]:
    record = registers().record(person.snils)
    if record is None:
        return []
    specialties = registers().dictionaries().specialties
    return [
        rules.Term(
            one.specialty,
            specialties[one.specialty].name if one.specialty in specialties else one.specialty,
            one.passed_on,
            one.ends,
        )
        for one in record.accreditations
        if not one.excluded
    ]


def _window(today: date) -> int:
    try:
        table = norms.at(today, settings.NORMS_FILE)
        return table.whole("apply_window_months")
    except Invalid:
        return WINDOW_MONTHS


def _standing(one: Application) -> rules.Standing:
    return rules.Standing(str(one.pk), one.state, one.specialty_key, one.active, one.outcome, one.due_on)


def _rows(person: Person, applications: list[Application]) -> list[dict[str, Any]]:
    """Her applications for the list, those with a certificate with its number."""
    numbers = dict(Certificate.objects.of(person).values_list("application_id", "number"))
    rows = []
    for one in applications:
        word, colour = words.standing(one.state, one.outcome)
        refused = one.outcome == "not_passed"
        row = {"application": one, "word": word, "colour": colour, "refused": refused}
        rows.append(row | {"certificate": numbers.get(one.pk, "")})
    return rows
