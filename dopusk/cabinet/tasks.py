"""The queue's side of the journey: a job for each application that asked, a sweep for those whose asking was lost."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app

from dopusk.cabinet import flow
from dopusk.cabinet.applications.actions import wake
from dopusk.cabinet.applications.models import Application, Signed
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.commission.models import Case
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.review.models import Review

MOST = 200  # applications a sweep; the rest wait ten seconds more
TELLING = timedelta(days=1)  # how long a lost notice is looked for; older ones would be no news


@app.task(name="flow.advance", queue="flow")
def advance(application_id: str) -> None:
    """Take one application as far as it goes now."""
    flow.advance(application_id)


@app.periodic(cron="* * * * * */10")
@app.task(name="flow.sweep", queueing_lock="flow.sweep", queue="flow")
def sweep(timestamp: int) -> None:
    """Ask for an advance of every application whose next step is due."""
    for application_id in due():
        wake(application_id)


def due() -> list[UUID]:
    """Applications that could go on by themselves now, the longest waiting first, at most 200 of a stage."""
    found: dict[UUID, None] = {}
    for rows in _due():
        found |= dict.fromkeys(rows.values_list("pk", flat=True)[:MOST])
    return list(found)


def _due() -> list[QuerySet[Application]]:
    """One query a stage; each walks the index of states."""
    now = timezone.now()
    in_state = Application.objects.in_state
    unknown = Finding.objects.filter(application=OuterRef("pk"), outcome="unknown")
    reviews = Review.objects.filter(application=OuterRef("pk"))
    cases = Case.objects.filter(application=OuterRef("pk"))
    delayed = cases.filter(next_at__gt=now)
    unsettled = Signed.objects.filter(
        application=OuterRef("pk"), next_at__gt=now, signature__standing="unknown"
    )
    told = Notice.objects.filter(application=OuterRef("pk"))
    lately = Q(state_changed_at__gte=now - TELLING)
    return [
        in_state("SUBMITTED").filter(~Exists(unsettled)),
        in_state("REGISTERED").filter(~Exists(unknown) | Exists(unknown.filter(next_at__lte=now))),
        in_state("CENTER_REVIEW").filter(~Exists(reviews) | Exists(reviews.filter(decision="accept"))),
        in_state("AT_COMMISSION").filter(Exists(cases.filter(outcome__in=["passed", "not_passed"]))),
        in_state("PASSED", "NOT_PASSED").filter(~Exists(delayed)),
        in_state("PROTOCOL_PUBLISHED").filter(
            ~Exists(delayed),
            Q(certificate=None) | Q(certificate__pdf=None),
            outcome="passed",
        ),
        in_state("INTAKE_REFUSED").filter(lately, ~Exists(told.filter(kind="intake_refused"))),
        in_state("RECORDED").filter(lately, ~Exists(told.filter(kind="recorded"))),
        in_state("WITHDRAWN").filter(lately, Exists(reviews.filter(decision=""))),
    ]
