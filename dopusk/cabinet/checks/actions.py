"""Asking the registers, judging, keeping the answers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.checks import rules
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.registries import base, http
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import norms
from dopusk.web.outgoing import RegisterDown

Value = TypeVar("Value")


def gather(person: Person, specialty: str, patience: float = http.PATIENCE) -> rules.Facts:
    """What the portal told of her and the registers answer now; a silent register leaves `Down` in its place.

    patience: seconds for each answer.
    """
    number = person.snils
    identity = base.Identity(person.last_name, person.first_name, person.patronymic, person.birth_date)
    asked = http.registers(patience)
    return rules.Facts(
        identity=identity,
        specialty=specialty,
        snils=_answer(lambda: asked.check_snils(number, identity)),
        record=_answer(lambda: asked.record(number)),
        dictionaries=_answer(asked.dictionaries),
    )


def preflight(application: Application, today: date) -> tuple[rules.Outcome, ...]:
    """What the checks would answer if she applied today; nothing is kept."""
    facts = gather(application.applicant, application.specialty_key)
    return rules.judge(facts, today, _norms(today))


def run(application: Application) -> list[Finding]:
    """Check a submitted application as of the day of its submission and replace its findings.

    The registers are asked outside any transaction. Running it again, or twice at once, leaves one row a rule.
    """
    submitted = timezone.localdate(application.submitted_at or timezone.now())
    facts = gather(application.applicant, application.specialty_key, http.WORKER_PATIENCE)
    outcomes = rules.judge(facts, submitted, _norms(submitted))
    now = timezone.now()
    with transaction.atomic():
        Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        before = {row.rule: row for row in Finding.objects.of(application)}
        found = [_finding(application, place, one, before, now) for place, one in enumerate(outcomes)]
        Finding.objects.of(application).delete()
        Finding.objects.bulk_create(found)
    return found


def _finding(
    application: Application, place: int, one: rules.Outcome, before: dict[str, Finding], now: datetime
) -> Finding:
    since = one.since
    former = before.get(one.rule)
    if one.outcome == rules.UNKNOWN:
        if former and former.outcome == rules.UNKNOWN and former.register == one.register and former.since:
            since = min(since or former.since, former.since)  # another process may have noticed it earlier
        since = since or now
    return Finding(
        application=application,
        position=place,
        rule=one.rule,
        outcome=one.outcome,
        evidence=one.evidence,
        norm=one.norm,
        remedy=one.remedy,
        fixer=one.fixer,
        checked_at=now,
        register=one.register,
        since=since,
        next_at=rules.next_try(since, now, *settings.SILENCE_PAUSES) if since else None,
    )


def _norms(day: date) -> norms.Norms:
    return norms.at(day, settings.NORMS_FILE)


def _answer(ask: Callable[[], Value]) -> Value | rules.Down:
    try:
        return ask()
    except RegisterDown as down:
        return rules.Down(down.name, down.since)
