"""The commission's verbs: put a case on an agenda, convene, vote, postpone, close, publish the protocol.

Agendas change under a lock of the commission's row (enter, convene, postpone, close); a vote locks its case
alone. Order of locks: commission, sitting, cases, application, journal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.applications.actions import NotAllowed, move, note, wake
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.rules import Refusal
from dopusk.cabinet.commission import closing, rules
from dopusk.cabinet.commission.models import Case, Commission, Seat, Sitting, Vote
from dopusk.cabinet.commission.seats import by_level, compose, seat_of
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import norms, sittings
from dopusk.kernel.norms import Norms
from dopusk.web import live
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record
from dopusk.web.signing.actions import Act, Examined


def norms_at(day: date) -> Norms:
    """The norms of a day with the deployment's corrections."""
    return norms.at(day, settings.NORMS_FILE)


def enter(application_id: UUID, today: date) -> Case:
    """Put an accepted application on the nearest agenda and move it to AT_COMMISSION. Raises NotAllowed."""
    with transaction.atomic():
        application = Application.objects.select_related("applicant").get(pk=application_id)
        commission = _locked(by_level(application.education_level))
        compose(commission)
        sitting = next_sitting(commission, today)
        case = Case.objects.create(sitting=sitting, application=application, entered_at=timezone.now())
        _recuse_applicant(case)
        live.tell(sitting.key, event="changed")
        case.application = move(
            application_id,
            "AT_COMMISSION",
            actor="system",
            words="Документы приняты и переданы в комиссию",
            act="application.at_commission",
            detail={"sitting": sitting.pk, "sitting_on": sitting.on.isoformat()},
            due_on=rules.due_on(today, norms_at(today)),
        )
    return case


def next_sitting(commission: Commission, day: date) -> Sitting:
    """The nearest open sitting from that day on, made from the calendar when there is none; commission locked."""
    while True:
        planned = sittings.next_on_or_after(day)
        Sitting.objects.get_or_create(commission=commission, on=planned, kind="regular")
        rows = Sitting.objects.filter(commission=commission, on__gte=day, on__lte=planned)
        slots = {str(row.pk): row for row in rows}
        chosen = rules.choose_sitting(
            [rules.Slot(key, row.on, row.state == "open") for key, row in slots.items()], day
        )
        if chosen:
            return slots[chosen.key]
        day = planned + timedelta(days=1)


def convene(commission: Commission, person: Person, today: date, *, session: str = "") -> Sitting:
    """Call an unscheduled sitting for today: it takes every case nobody has voted on. Raises NotAllowed.

    A second call on the same day finds the same open sitting and takes what has come since.
    """
    with transaction.atomic():
        commission = _locked(commission)
        compose(commission)
        _ask_leader(seat_of(commission, person))
        sitting, created = Sitting.objects.get_or_create(
            commission=commission, on=today, kind="unscheduled", state="open"
        )
        taken = _take_waiting(sitting)
        for case in taken:
            application = case.application
            if case.sitting.on != today:  # the sitting it was taken from
                note(
                    application,
                    actor=person.pk,
                    words="Дело перенесено на внеочередное заседание",
                    detail={"sitting": sitting.pk, "sitting_on": today.isoformat()},
                )
                wake(application.pk)
            live.tell(application.key, event="changed", version=application.version)
        if created or taken:
            live.tell(sitting.key, event="changed")
            _record_sitting(
                sitting, person, "sitting.convened", f"Созвано заседание: дел {len(taken)}", session
            )
    return sitting


def _take_waiting(sitting: Sitting) -> list[Case]:
    waiting = (
        Case.objects.waiting()
        .filter(sitting__commission=sitting.commission, sitting__state="open")
        .exclude(sitting=sitting)
        .exclude(votes__automatic=False)
        .exclude(application__cases__sitting=sitting)
    )
    keys = list(waiting.values_list("pk", flat=True))
    cases = list(
        Case.objects.filter(pk__in=keys)
        .select_for_update(of=("self",))
        .select_related("application", "sitting")
    )
    # a vote may have come while we waited for the row
    voted = set(
        Vote.objects.filter(case__in=cases, automatic=False).values_list("case_id", flat=True).distinct()
    )
    taken = [case for case in cases if case.pk not in voted]
    Case.objects.filter(pk__in=[case.pk for case in taken]).update(sitting=sitting)
    return taken


def vote(
    case_id: int,
    person: Person,
    choice: rules.Choice,
    reasons: Sequence[str],
    words: str,
    today: date,
    *,
    session: str = "",
) -> Vote:
    """Cast a vote; final. Raises NotAllowed: `already_voted`, `own_case`, `sitting_closed`, `no_seat`…"""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case_id)
        sitting = Sitting.objects.select_related("commission").get(pk=case.sitting_id)
        application = Application.objects.select_related("applicant").get(pk=case.application_id)
        seat = seat_of(sitting.commission, person)
        if seat is None:
            raise NotAllowed(Refusal("no_seat"))
        question = rules.Question(
            sitting_open=sitting.state == "open",
            sitting_on=sitting.on,
            decided=case.outcome != "",
            own_case=application.applicant_id == person.pk,
            voted=Vote.objects.filter(case=case, seat=seat).exists(),
        )
        _ask(rules.may_vote(question, choice, reasons, words, today))
        cast = Vote.objects.create(
            case=case,
            seat=seat,
            choice=choice.value,
            reason_codes=list(reasons),
            words=words.strip(),
            at=timezone.now(),
        )
        live.tell(sitting.key, event="changed")
        _record_sitting(sitting, person, "case.voted", f"Голос по делу № {application.number} подан", session)
    return cast


def postpone(case_id: int, person: Person, words: str, today: date, *, session: str = "") -> Case:
    """Put a case off to the next sitting; by the chair or the secretary. Raises NotAllowed."""
    with transaction.atomic():
        sitting = _sitting_of(case_id)
        case = Case.objects.select_for_update().get(pk=case_id)
        _ask_leader(seat_of(sitting.commission, person))
        if sitting.state != "open":
            raise NotAllowed(Refusal("sitting_closed"))
        if case.outcome:
            raise NotAllowed(Refusal("case_postponed"))
        case.outcome, case.decided_at, case.words = "postponed", timezone.now(), words.strip()
        case.save(update_fields=["outcome", "decided_at", "words"])
        live.tell(sitting.key, event="changed")
        later = next_sitting(sitting.commission, max(sitting.on, today) + timedelta(days=1))
        again = Case.objects.create(
            sitting=later, application_id=case.application_id, entered_at=timezone.now()
        )
        _recuse_applicant(again)
        application = again.application
        live.tell(application.key, event="changed", version=application.version)
        note(
            application,
            actor=person.pk,
            words=f"Комиссия отложила рассмотрение: {case.words}"
            if case.words
            else "Комиссия отложила рассмотрение",
            detail={"sitting": later.pk, "sitting_on": later.on.isoformat()},
        )
        wake(application.pk)
        record(
            actor=person.pk,
            act="case.postponed",
            subject=application.applicant_id,
            object_=application.key,
            words=f"Рассмотрение отложено на заседание {later.on:%d.%m.%Y}",
            session=session,
            detail={"sitting_on": later.on.isoformat()},
        )
    return again


def close(
    sitting_id: int, person: Person, today: date, *, examined: Examined | None = None, session: str = ""
) -> Sitting:
    """Close a sitting: outcomes, the protocol's number, the composition. Raises NotAllowed.

    examined: the chair's electronic signature under `closing.act`. The journey then tells each applicant, makes the
    protocol and the certificates.
    """
    with transaction.atomic():
        commission = _locked(Commission.objects.get(sittings=sitting_id))
        sitting = Sitting.objects.select_for_update().get(pk=sitting_id)
        sitting.commission = commission
        compose(commission)
        list(Case.objects.filter(sitting=sitting).select_for_update())
        agenda = _agenda(sitting)
        _ask(_may_close(agenda, person, today))
        text = closing.act(sitting, person, agenda.cases, agenda.by)
        sitting.signature = signatures.keep(examined, person, text.lines, act="commission_closing")
        _close(sitting, person, agenda.cases, agenda.items, today)
        _record_sitting(
            sitting,
            person,
            "sitting.closed",
            f"Заседание закрыто, протокол № {sitting.protocol_number}",
            session,
            {"signature": str(sitting.signature_id)} if sitting.signature_id else {},
        )
    return sitting


@dataclass(frozen=True)
class Agenda:
    """A sitting with everything on its agenda, and what the votes decide by the norms of its day."""

    sitting: Sitting
    cases: list[Case]
    by: rules.Terms
    items: list[rules.Item]


def _agenda(sitting: Sitting) -> Agenda:
    cases = list(Case.objects.filter(sitting=sitting).on_agenda())
    by = rules.terms(sitting.commission.seats.filter(active=True).count(), norms_at(sitting.on))
    items = [
        rules.Item(
            str(case.application.number), case.outcome == "postponed", rules.decide(case.ballots(), by)
        )
        for case in cases
    ]
    return Agenda(sitting, cases, by, items)


def _may_close(agenda: Agenda, person: Person, today: date) -> Refusal | None:
    sitting = agenda.sitting
    seat = seat_of(sitting.commission, person)
    place = rules.Place(seat.place) if seat else None
    return rules.may_close(
        open_=sitting.state == "open", on=sitting.on, place=place, items=agenda.items, today=today
    )


def to_sign(sitting: Sitting, person: Person, today: date) -> Act:
    """What the chair would sign to close the sitting as it stands. Raises NotAllowed when it cannot be closed."""
    agenda = _agenda(sitting)
    _ask(_may_close(agenda, person, today))
    return closing.act(sitting, person, agenda.cases, agenda.by)


def _close(sitting: Sitting, person: Person, cases: list[Case], items: list[rules.Item], today: date) -> None:
    now = timezone.now()
    for case, item in zip(cases, items, strict=True):
        if item.postponed or item.verdict.outcome is None:
            continue
        case.outcome, case.decided_at = item.verdict.outcome.value, now
        case.save(update_fields=["outcome", "decided_at"])
        wake(case.application_id)
    held = Sitting.objects.filter(
        commission=sitting.commission, state="closed", protocol_number__startswith=f"{today.year}-"
    )
    sitting.protocol_number = rules.protocol_number(today.year, held.count() + 1)
    sitting.state, sitting.closed_at, sitting.closed_by = "closed", now, person
    sitting.composition = _composition(sitting, cases)
    sitting.save()
    live.tell(sitting.key, event="changed")


def _composition(sitting: Sitting, cases: list[Case]) -> list[dict[str, Any]]:
    present = {vote.seat_id for case in cases for vote in case.votes.all() if not vote.automatic}
    if sitting.closed_by:
        closer = seat_of(sitting.commission, sitting.closed_by)
        present |= {closer.pk} if closer else set()
    seats = sitting.commission.seats.filter(active=True).order_by("place", "name")
    return [
        {"seat": seat.pk, "place": seat.place, "name": seat.name, "present": seat.pk in present}
        for seat in seats
    ]


def publish_protocol(sitting_id: int, stored: StoredFile) -> Sitting:
    """Keep the sealed protocol of a closed sitting; the first one stays. Raises NotAllowed `sitting_open`."""
    with transaction.atomic():
        sitting = Sitting.objects.select_for_update().get(pk=sitting_id)
        if sitting.state != "closed":
            raise NotAllowed(Refusal("sitting_open"))
        if sitting.protocol_id is None:
            sitting.protocol, sitting.published_at = stored, timezone.now()
            sitting.save(update_fields=["protocol", "published_at"])
            live.tell(sitting.key, event="changed")
            _record_sitting(
                sitting,
                None,
                "protocol.published",
                f"Протокол № {sitting.protocol_number} подписан и опубликован",
                "",
            )
    return sitting


def _recuse_applicant(case: Case) -> None:
    """A member never judges her own case: her recusal stands before anybody votes."""
    applicant = case.application.applicant
    seat = seat_of(case.sitting.commission, applicant)
    if seat:
        Vote.objects.get_or_create(
            case=case,
            seat=seat,
            defaults={
                "choice": "recuse",
                "reason_codes": ["own_case"],
                "at": timezone.now(),
                "automatic": True,
            },
        )


def _locked(commission: Commission) -> Commission:
    return Commission.objects.select_for_update().get(pk=commission.pk)


def _sitting_of(case_id: int) -> Sitting:
    """The case's sitting, with its commission locked first."""
    commission = _locked(Commission.objects.get(sittings__cases=case_id))
    sitting = Sitting.objects.select_for_update().get(cases=case_id)
    sitting.commission = commission
    return sitting


def _ask(refusal: Refusal | None) -> None:
    if refusal:
        raise NotAllowed(refusal)


def _ask_leader(seat: Seat | None) -> None:
    if seat is None or seat.place not in {"chair", "secretary"}:
        raise NotAllowed(Refusal("chair_or_secretary_only"))


def _record_sitting(
    sitting: Sitting,
    person: Person | None,
    act: str,
    words: str,
    session: str,
    detail: dict[str, object] | None = None,
) -> None:
    actor = person.pk if person else "system"
    record(
        actor=actor,
        act=act,
        subject=actor,
        object_=sitting.key,
        words=words,
        session=session,
        detail=detail or {},
    )
