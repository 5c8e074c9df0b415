"""The outside world of the journey's tests: registers that answer or do not, a seal, an office that takes outcomes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from dopusk.cabinet import flow, tasks
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.checks.rules import next_try
from dopusk.cabinet.commission import actions as commission_actions
from dopusk.cabinet.commission.models import Case, Sitting
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.commission.seats import by_level
from dopusk.cabinet.review import actions as review_actions
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.tests.people import PDF, application, commission, member
from dopusk.web.outbox import actions as outbox
from dopusk.web.outgoing import RegisterDown


class Killed(BaseException):
    """The worker died here."""


@dataclass
class World:
    """What is outside: `silent` names registers that do not answer; `told` is what ФРМР was told."""

    silent: set[str] = field(default_factory=set)
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sealed: int = 0

    def run(self, asked: Application) -> list[Finding]:
        """In place of the checks: one rule, known unless its register is silent."""
        outcome = "unknown" if "frmr" in self.silent else "passed"
        former = Finding.objects.filter(application=asked).first()
        now = timezone.now()
        since = (
            (former.since if former and former.outcome == "unknown" else now)
            if outcome == "unknown"
            else None
        )
        row, _created = Finding.objects.update_or_create(
            application=asked,
            rule="total_hours",
            defaults={
                "position": 0,
                "outcome": outcome,
                "checked_at": now,
                "register": "frmr" if outcome == "unknown" else "",
                "since": since,
                "next_at": next_try(since, now, *settings.SILENCE_PAUSES) if since else None,
            },
        )
        return [row]

    def seal(self, _paper: object) -> bytes:
        """In place of the seal."""
        if "pki" in self.silent:
            raise RegisterDown("pki", datetime.now(UTC), "off")
        self.sealed += 1
        return PDF

    def put(self, path: str, body: dict[str, Any]) -> None:
        """In place of ФРМР."""
        if "frmr" in self.silent:
            raise RegisterDown("frmr", datetime.now(UTC), "off")
        self.told.append((path, body))


def submitted(key: str = "anna") -> Application:
    """Anna has just sent her application."""
    return application(key, "SUBMITTED", number=None, registered_at=None, due_on=None)


def accepted(key: str = "anna") -> Application:
    """A registrar has accepted the documents; the journey does not know yet."""
    made = submitted(key)
    flow.advance(made.pk)
    review = Review.objects.get(application=made)
    review_actions.take(review.pk, member("galina"))
    review_actions.accept(review.pk, member("galina"))
    return made


def judged(key: str = "anna", choice: Choice = Choice.FOR) -> Application:
    """The chair has closed the sitting; the journey does not know yet."""
    commission()
    made = accepted(key)
    flow.advance(made.pk)
    today = timezone.localdate()
    sitting = commission_actions.convene(by_level("secondary"), member("boris"), today)
    case = Case.objects.get(application=made)
    reasons = ["hours_short"] if choice == Choice.AGAINST else []
    for who in ("boris", "vera", "grigory"):
        commission_actions.vote(case.pk, member(who), choice, reasons, "", today)
    commission_actions.close(sitting.pk, member("boris"), today)
    return made


def certified(key: str = "anna") -> Application:
    """The certificate is there; ФРМР has not been told yet."""
    made = judged(key)
    flow.advance(made.pk)
    return made


def sweep() -> None:
    """What the worker does by itself every few seconds, until nothing is left to do."""
    for _turn in range(20):
        work = [*tasks.due(), *outbox.due()]
        if not work:
            return
        for one in tasks.due():
            flow.advance(one)
        for message in outbox.due():
            outbox.deliver(message)
    raise AssertionError("the sweep never comes to an end")


@contextmanager
def killed_at(statement: int) -> Iterator[list[int]]:
    """Die before the n-th statement that reaches the database; yields how many were seen."""
    seen = [0]

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        seen[0] += 1
        if seen[0] == statement:
            raise Killed
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(watch):
        yield seen


def sitting_of(made: Application) -> Sitting:
    """The sitting that judged the application."""
    return Sitting.objects.get(cases__application=made, cases__outcome__in=["passed", "not_passed"])
