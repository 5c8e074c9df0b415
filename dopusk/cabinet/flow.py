"""An application's whole journey after it was submitted, in order.

    SUBMITTED → REGISTERED → CENTER_REVIEW → AT_COMMISSION → PASSED | NOT_PASSED → PROTOCOL_PUBLISHED → RECORDED
              ↘ INTAKE_REFUSED           ↘ INTAKE_REFUSED

`advance` takes an application as far as it can go now and stops where somebody has to decide or answer: a
register, a registrar, the commission, the timestamp authority. Whoever decides asks for the next advance in
the same transaction (`review.actions.wake`); `due` finds those whose asking was lost.

Why it may be run at any moment, any number of times, and killed anywhere:
  - each stage looks at what is already there and writes what is missing, one transaction a fact;
  - two advances of one application wait for each other (`alone`), so a stage never meets its own twin;
  - beneath that, unique constraints allow one review, one standing case, one certificate, one outbox message.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection, transaction
from django.utils import timezone

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.applications.actions import NotAllowed, give_back, move
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.rules import State
from dopusk.cabinet.certificates import actions as certificates
from dopusk.cabinet.certificates import papers
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.checks import actions as checks
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.checks.rules import next_try
from dopusk.cabinet.commission import actions as commission
from dopusk.cabinet.commission import minutes, protocol
from dopusk.cabinet.commission.models import Case, Sitting
from dopusk.cabinet.notices import actions as notices
from dopusk.cabinet.review import actions as review
from dopusk.cabinet.review.models import next_number
from dopusk.cabinet.review.rules import due_on
from dopusk.web.files import actions as files
from dopusk.web.outgoing import RegisterDown, RegisterRefused

log = logging.getLogger(__name__)

MOST_STAGES = 12  # more turns than the journey has: a loop here would be our fault, not the applicant's


def advance(application_id: UUID | str) -> str:
    """Take the application as far as it goes now; the state it stands in afterwards."""
    with alone(f"application {application_id}"):
        rows = Application.objects.select_related("applicant", "signed__signature")
        for _turn in range(MOST_STAGES):
            application = rows.get(pk=application_id)
            stage = STAGES.get(State(application.state))
            try:
                if stage is None or not stage(application):
                    return application.state
            except NotAllowed as changed:  # she withdrew it meanwhile: look where it stands now
                log.info("application %s changed under way: %s", application_id, changed.refusal.code)
    raise RuntimeError(f"application {application_id} goes in circles")


# The stages. Each returns whether the application moved on, so that the next one should look at it.


def register(application: Application) -> bool:
    """SUBMITTED: once its signature stands, give it a number; from this day (T0) the centre's working days run."""
    standing = signatures.settle(application)
    if standing == "waits":
        return False
    if standing == "fell":
        give_back(application.pk, application.signed.signature.code)
        return True
    now = timezone.now()
    today = timezone.localdate(now)
    number = next_number(today.year)
    with transaction.atomic():
        moved = move(
            application.pk,
            State.REGISTERED,
            actor="system",
            words=f"Заявление зарегистрировано под № {number}",
            act="application.registered",
            number=number,
            registered_at=now,
            due_on=due_on(today, commission.norms_at(today)),
        )
        notices.tell(moved, "registered", number=number)
    return True


def check(application: Application) -> bool:
    """REGISTERED: ask the registers and apply the rules; while any answer is unknown, wait and ask again."""
    now = timezone.now()
    before = list(Finding.objects.filter(application=application, outcome="unknown"))
    if before and all(finding.next_at and finding.next_at > now for finding in before):
        return False
    findings = checks.run(application)
    silent = {finding.register for finding in findings if finding.outcome == "unknown"}
    _hurry_others({finding.register for finding in before} - silent)
    if silent:
        notices.tell(application, "register_down", register=min(silent))
        return False
    with transaction.atomic():
        review.open_review(application, application.due_on or timezone.localdate(now))
        move(
            application.pk,
            State.CENTER_REVIEW,
            actor="system",
            words="Автоматические проверки закончены. Заявление проверяет центр аккредитации",
            act="application.checked",
            detail={"failed": [finding.rule for finding in findings if finding.outcome == "failed"]},
        )
    return True


def pass_on(application: Application) -> bool:
    """CENTER_REVIEW: once a registrar has accepted, put it on the agenda of the nearest sitting."""
    opened = review.open_review(application, application.due_on or timezone.localdate())
    if opened.decision != "accept":
        return False
    with transaction.atomic():
        case = commission.enter(application.pk, timezone.localdate())
        notices.tell(case.application, "at_commission", sitting_on=case.sitting.on.isoformat())
    return True


def announce(application: Application) -> bool:
    """AT_COMMISSION: tell of another day of the sitting; once the chair has closed it, what was decided."""
    cases = Case.objects.filter(application=application).select_related("sitting")
    case = cases.exclude(outcome="postponed").first()
    if case is None:
        return False
    if not case.outcome:
        put_off = cases.filter(outcome="postponed").order_by("-id").first()
        key, reason = (put_off.pk, put_off.words) if put_off else (None, "")
        notices.tell_sitting(application, case.sitting.on, key, reason)
        return False
    passed = case.outcome == "passed"
    move(
        application.pk,
        State.PASSED if passed else State.NOT_PASSED,
        actor="system",
        words="Комиссия решила: аккредитация пройдена"
        if passed
        else "Комиссия решила: аккредитация не пройдена",
        act="application.judged",
        detail=_against(case),
        due_on=None,
    )
    return True


def publish(application: Application) -> bool:
    """PASSED, NOT_PASSED: seal the protocol of the sitting, once for all its cases, and publish it."""
    case = _decided(application)
    if _not_yet(case):
        return False
    try:
        sitting = _published(case.sitting_id)
    except (RegisterDown, RegisterRefused) as down:
        return _delay(case, down)
    with transaction.atomic():
        _clear(case)
        moved = move(
            application.pk,
            State.PROTOCOL_PUBLISHED,
            actor="system",
            words=f"Протокол № {sitting.protocol_number} подписан и опубликован",
            act="application.protocol_published",
            detail={"protocol": sitting.protocol_number},
        )
        if moved.outcome == "not_passed":
            notices.tell(moved, "not_passed", **_against(case))
    return True


def certify(application: Application) -> bool:
    """PROTOCOL_PUBLISHED, passed: enter it into our register, seal the paper, leave word for ЕГИСЗ; then wait."""
    if application.outcome != "passed":
        return False
    certificate = certificates.issue(application.pk)
    if certificate.pdf_id:
        return False
    case = _decided(application)
    if _not_yet(case):
        return False
    try:
        content = papers.sealed(certificate)
    except (RegisterDown, RegisterRefused) as down:
        return _delay(case, down)
    with transaction.atomic():
        _clear(case)
        certificates.keep_paper(certificate.pk, content)
        notices.tell(application, "certificate_ready", number=certificate.number)
    return False  # the outbox goes on from here: certificates/tasks.py


def tell_refused(application: Application) -> bool:
    """INTAKE_REFUSED: the applicant reads in her list what to mend."""
    notices.tell(application, "intake_refused", faults=len(application.marks))
    return False


def clear_away(application: Application) -> bool:
    """WITHDRAWN: no registrar has to look at it any more."""
    review.put_aside(application)
    return False


def tell_recorded(application: Application) -> bool:
    """RECORDED: the register of health workers has answered."""
    certificate = Certificate.objects.get(application=application)
    notices.tell(application, "recorded", number=certificate.number)
    return False


STAGES: dict[State, Callable[[Application], bool]] = {
    State.SUBMITTED: register,
    State.REGISTERED: check,
    State.CENTER_REVIEW: pass_on,
    State.INTAKE_REFUSED: tell_refused,
    State.WITHDRAWN: clear_away,
    State.AT_COMMISSION: announce,
    State.PASSED: publish,
    State.NOT_PASSED: publish,
    State.PROTOCOL_PUBLISHED: certify,
    State.RECORDED: tell_recorded,
}


# Waiting: for registers that do not answer, and for one another.


def _hurry_others(answering: set[str]) -> None:
    """A register answers again: whoever waits for it is asked at the next sweep, not at the end of its pause."""
    if answering:
        now = timezone.now()
        waiting = Finding.objects.filter(outcome="unknown", register__in=answering, next_at__gt=now)
        waiting.update(next_at=now)


def _delay(case: Case, down: RegisterDown | RegisterRefused) -> bool:
    """The papers cannot be sealed now; note by whom, since when and when it is tried again."""
    now = timezone.now()
    log.warning("papers of application %s wait: %s", case.application_id, down)
    case.delayed_by = down.name
    case.delayed_since = case.delayed_since or now
    case.next_at = next_try(case.delayed_since, now, *settings.SILENCE_PAUSES)
    case.save(update_fields=["delayed_by", "delayed_since", "next_at"])
    return False


def _clear(case: Case) -> None:
    if case.delayed_since:
        case.delayed_by, case.delayed_since, case.next_at = "", None, None
        case.save(update_fields=["delayed_by", "delayed_since", "next_at"])


def _not_yet(case: Case) -> bool:
    return case.next_at is not None and case.next_at > timezone.now()


def _decided(application: Application) -> Case:
    return Case.objects.get(application=application, outcome__in=["passed", "not_passed"])


def _against(case: Case) -> dict[str, list[str]]:
    """Why it was not passed, for the event and the notice."""
    return {"reasons": case.reasons_against()} if case.outcome == "not_passed" else {}


def _published(sitting_id: int) -> Sitting:
    """The sitting with its sealed protocol; the first of its cases to come here makes it."""
    with alone(f"sitting {sitting_id}"):
        sitting = Sitting.objects.select_related("commission").get(pk=sitting_id)
        if sitting.protocol_id:
            return sitting
        content = papers.sealed_protocol(protocol.render(minutes.of(sitting)))
        with transaction.atomic():
            stored = files.keep(content, owner="system", purpose="protocol", media_type="application/pdf")
            return commission.publish_protocol(sitting_id, stored)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Keep others who ask for the same waiting; the lock ends with the block or with the connection."""
    number = int.from_bytes(hashlib.sha256(f"flow {what}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        with suppress(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
