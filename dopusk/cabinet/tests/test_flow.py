"""The journey: in order, once, through silence of the registers and deaths of the worker."""

from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from dopusk.cabinet import flow, tasks
from dopusk.cabinet.applications.actions import withdraw
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.commission import actions as commission_actions
from dopusk.cabinet.commission.models import Case
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.review import actions as review_actions
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.rules import Fault
from dopusk.cabinet.review.tests.people import at_once, browser, commission, member, person
from dopusk.cabinet.tests.journey import (
    Killed,
    accepted,
    certified,
    judged,
    killed_at,
    sitting_of,
    submitted,
    sweep,
)
from dopusk.kernel import dates, workdays
from dopusk.web.journal.actions import verify
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message

pytestmark = pytest.mark.django_db


def told(application):
    return list(Notice.objects.filter(application=application).order_by("id").values_list("kind", flat=True))


def test_a_submitted_application_is_registered_checked_and_queued(world):
    anna = submitted()
    assert flow.advance(anna.pk) == "CENTER_REVIEW"
    anna.refresh_from_db()
    assert anna.number.startswith(f"{timezone.localdate().year}-")
    review = Review.objects.get()
    assert workdays.between(timezone.localdate(anna.registered_at), review.due_on) == 20
    assert review.due_on == anna.due_on
    assert told(anna) == ["registered"]


def test_the_journey_waits_for_the_registrar(world):
    anna = submitted()
    flow.advance(anna.pk)
    assert flow.advance(anna.pk) == "CENTER_REVIEW"
    assert tasks.due() == []


def test_the_whole_way_ends_recorded_and_is_told_at_every_turn(world):
    anna = certified()
    sweep()
    anna.refresh_from_db()
    assert anna.state == "RECORDED"
    states = Event.objects.order_by("id").values_list("state", flat=True)
    assert list(dict.fromkeys(states)) == [
        "REGISTERED", "CENTER_REVIEW", "AT_COMMISSION", "PASSED", "PROTOCOL_PUBLISHED", "RECORDED",
    ]  # fmt: skip
    assert told(anna) == ["registered", "at_commission", "certificate_ready", "recorded"]
    certificate = Certificate.objects.get()
    today = timezone.localdate()
    assert (certificate.valid_from, certificate.valid_until) == (today, dates.add_years(today, 5))
    assert certificate.holder_mask == "О***** Анна С."
    assert certificate.recorded_at
    ((path, body),) = world.told
    assert path == f"/api/frmr/accreditation/{certificate.number}"
    assert body["protocolNumber"] == sitting_of(anna).protocol_number
    assert sitting_of(anna).protocol
    assert verify()[1] is None


def test_no_snils_waits_in_the_outbox(world):
    certified()
    message = Message.objects.get()
    assert message.payload == {}
    sweep()
    assert world.told[0][1]["snils"] == "00000060003"


def test_not_passed_gets_no_certificate_and_says_why(world):
    anna = judged(choice=Choice.AGAINST)
    sweep()
    anna.refresh_from_db()
    assert (anna.state, anna.outcome, anna.active) == ("PROTOCOL_PUBLISHED", "not_passed", False)
    assert not Certificate.objects.exists()
    assert not Message.objects.exists()
    notice = Notice.objects.get(kind="not_passed")
    assert notice.detail == {"reasons": ["hours_short"]}
    assert tasks.due() == []


def test_a_refused_application_is_told_to_its_applicant(world):
    anna = submitted()
    flow.advance(anna.pk)
    review, galina = Review.objects.get(), member("galina")
    review_actions.take(review.pk, galina)
    review_actions.refuse(review.pk, galina, [Fault("signature_missing", "employer_agreement")], "")
    assert tasks.due() == [anna.pk]
    sweep()
    assert told(anna) == ["registered", "intake_refused"]
    assert tasks.due() == []


def test_a_withdrawn_application_leaves_the_queue(world):
    anna = submitted()
    flow.advance(anna.pk)
    withdraw(anna.pk, person("anna"))
    sweep()
    assert not Review.objects.undecided().exists()
    assert tasks.due() == []


def test_a_silent_register_keeps_it_waiting_and_says_so_once(world):
    world.silent = {"frmr"}
    anna = submitted()
    assert flow.advance(anna.pk) == "REGISTERED"
    finding = Finding.objects.get()
    assert finding.outcome == "unknown"
    assert timezone.now() < finding.next_at <= timezone.now() + timedelta(seconds=5)
    assert told(anna) == ["registered", "register_down"]
    assert tasks.due() == []
    assert not Review.objects.exists()
    Finding.objects.update(next_at=timezone.now())
    sweep_once = tasks.due()
    assert sweep_once == [anna.pk]
    flow.advance(anna.pk)
    assert Finding.objects.get().since == finding.since
    assert told(anna) == ["registered", "register_down"]


def test_when_the_register_returns_it_goes_on_by_itself(world):
    world.silent = {"frmr"}
    anna = submitted()
    flow.advance(anna.pk)
    world.silent = set()
    Finding.objects.update(next_at=timezone.now())
    sweep()
    assert Application.objects.get(pk=anna.pk).state == "CENTER_REVIEW"
    assert Finding.objects.get().outcome == "passed"


def test_the_first_answer_of_a_register_hurries_all_who_wait_for_it(world):
    world.silent = {"frmr"}
    anna, maria = submitted("anna"), submitted("maria")
    for one in (anna, maria):
        flow.advance(one.pk)
    Finding.objects.filter(application=maria).update(next_at=timezone.now() + timedelta(minutes=9))
    Finding.objects.filter(application=anna).update(next_at=timezone.now())
    world.silent = set()
    flow.advance(anna.pk)
    assert tasks.due() == [maria.pk]


def test_an_early_wake_does_not_ask_a_silent_register_again(world):
    world.silent = {"frmr"}
    anna = submitted()
    flow.advance(anna.pk)
    checked = Finding.objects.get().checked_at
    flow.advance(anna.pk)
    assert Finding.objects.get().checked_at == checked


def test_papers_wait_for_the_seal_and_are_made_when_it_returns(world):
    world.silent = {"pki"}
    anna = judged()
    assert flow.advance(anna.pk) == "PASSED"
    case = Case.objects.get()
    assert (case.delayed_by, case.delayed_since is not None) == ("pki", True)
    assert tasks.due() == []
    world.silent = set()
    Case.objects.update(next_at=timezone.now())
    sweep()
    case.refresh_from_db()
    assert (case.delayed_by, case.next_at) == ("", None)
    assert Application.objects.get(pk=anna.pk).state == "RECORDED"


def test_a_seal_that_is_lost_between_protocol_and_certificate_delays_the_certificate_only(world):
    anna = judged()
    seal = world.seal

    def once(paper):
        answer = seal(paper)
        world.silent = {"pki"}
        return answer

    flow.papers.sealed_protocol = once
    assert flow.advance(anna.pk) == "PROTOCOL_PUBLISHED"
    assert Certificate.objects.get().pdf is None
    assert not Message.objects.exists()
    world.silent = set()
    Case.objects.update(next_at=timezone.now())
    sweep()
    assert Application.objects.get(pk=anna.pk).state == "RECORDED"


def test_an_outcome_is_delivered_once_when_the_register_returns(world):
    world.silent = {"frmr"}
    anna = certified_despite_silence(world)
    message = Message.objects.get()
    outbox.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, world.told) == ("waiting", 1, [])
    assert Application.objects.get(pk=anna.pk).state == "PROTOCOL_PUBLISHED"
    world.silent = set()
    outbox.send_again(message.kind, message.key, actor="operator", why="ФРМР вернулся")
    sweep()
    outbox.deliver(message.pk)
    assert len(world.told) == 1
    assert Application.objects.get(pk=anna.pk).state == "RECORDED"


def certified_despite_silence(world):
    world.silent = set()
    anna = certified()
    world.silent = {"frmr"}
    return anna


def test_one_protocol_serves_all_cases_of_a_sitting(world):
    from dopusk.cabinet.commission import actions as commission_actions
    from dopusk.cabinet.commission.seats import by_level
    from dopusk.cabinet.review.tests.people import commission

    commission()
    both = [accepted("anna"), accepted("maria")]
    for one in both:
        flow.advance(one.pk)
    today = timezone.localdate()
    sitting = commission_actions.convene(by_level("secondary"), member("boris"), today)
    for case in Case.objects.all():
        for who in ("boris", "vera"):
            commission_actions.vote(case.pk, member(who), Choice.FOR, [], "", today)
    commission_actions.close(sitting.pk, member("boris"), today)
    sweep()
    assert world.sealed == 3
    assert Certificate.objects.values("protocol_number").distinct().count() == 1


def test_advancing_again_at_any_state_changes_nothing(world):
    anna = certified()
    sweep()
    before = (Event.objects.count(), Notice.objects.count(), Certificate.objects.count(), len(world.told))
    for _ in range(3):
        flow.advance(anna.pk)
    after = (Event.objects.count(), Notice.objects.count(), Certificate.objects.count(), len(world.told))
    assert before == after


def _deliver(_application):
    outbox.deliver(Message.objects.get().pk)


def _advance(application):
    flow.advance(application.pk)


@pytest.mark.parametrize(
    ("begin", "act", "end"),
    [
        (submitted, _advance, "CENTER_REVIEW"),
        (accepted, _advance, "AT_COMMISSION"),
        (judged, _advance, "RECORDED"),
        (certified, _deliver, "RECORDED"),
    ],
)
def test_a_worker_killed_at_any_statement_loses_nothing_and_does_nothing_twice(begin, act, end, world):
    """For each statement the system's own work sends: die before it, let the sweep go on, compare the end."""
    anna = begin()
    statement, alive = 0, False
    while not alive:
        statement += 1
        with transaction.atomic():
            with killed_at(statement) as seen:
                with suppress(Killed):
                    act(anna)
                alive = seen[0] < statement
            sweep()
            assert_whole(anna, end)
            transaction.set_rollback(True)
    assert statement > 12


def assert_whole(anna, end):
    anna.refresh_from_db()
    assert anna.state == end
    assert tasks.due() == []
    assert anna.events.values("state", "words").distinct().count() == anna.events.count()
    assert Review.objects.filter(application=anna).count() == 1
    finished = end == "RECORDED"
    certificates = Certificate.objects.filter(application=anna)
    assert certificates.count() == finished
    messages = Message.objects.filter(key__in=certificates.values("number"))
    assert [message.state for message in messages] == ["delivered"] * finished
    kinds = told(anna)
    assert len(kinds) == len(set(kinds))
    assert ("recorded" in kinds) == finished


@pytest.mark.django_db(transaction=True)
def test_two_workers_advance_it_at_once_and_it_happens_once(world):
    anna = judged()
    answers = at_once(*[partial(flow.advance, anna.pk)] * 4)
    assert set(answers) == {"PROTOCOL_PUBLISHED"}
    assert (Certificate.objects.count(), Message.objects.count(), world.sealed) == (1, 1, 2)
    assert Event.objects.filter(application=anna, state="PROTOCOL_PUBLISHED").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_certificate_issued_by_two_at_once_is_one(world):
    from dopusk.cabinet.certificates.actions import issue

    anna = judged()
    flow.publish(_moved(anna))
    answers = at_once(partial(issue, anna.pk), partial(issue, anna.pk))
    assert answers[0] == answers[1] == Certificate.objects.get()


def _moved(anna):
    flow.announce(Application.objects.get(pk=anna.pk))
    return Application.objects.get(pk=anna.pk)


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_tell_the_register_once(world):
    certified()
    message = Message.objects.get()
    at_once(partial(outbox.deliver, message.pk), partial(outbox.deliver, message.pk))
    assert len(world.told) == 1
    assert Application.objects.get().state == "RECORDED"


@pytest.mark.django_db(transaction=True)
def test_withdrawing_while_the_journey_goes_on_ends_in_one_state(world):
    anna = submitted()
    answers = at_once(partial(flow.advance, anna.pk), partial(withdraw, anna.pk, person("anna")))
    sweep()
    anna.refresh_from_db()
    assert anna.state == "WITHDRAWN"
    assert not Review.objects.undecided().exists()
    assert not [answer for answer in answers if isinstance(answer, AssertionError)]


def test_a_postponement_and_a_move_are_told_each_with_its_day(world):
    commission()
    anna = accepted()
    flow.advance(anna.pk)
    first = Case.objects.get(application=anna)
    today = timezone.localdate()
    again = commission_actions.postpone(first.pk, member("vera"), "Ждём подлинник диплома", today)
    flow.advance(anna.pk)
    flow.advance(anna.pk)
    notice = Notice.objects.get(application=anna, kind="postponed")
    assert notice.detail["sitting_on"] == again.sitting.on.isoformat()
    pages = browser(person("anna"))
    assert "Ждём подлинник диплома" in pages.get("/notices/").content.decode()
    assert "Ждём подлинник диплома" in pages.get(f"/applications/{anna.pk}/").content.decode()
    once_more = commission_actions.postpone(again.pk, member("vera"), "", today)
    flow.advance(anna.pk)
    days = Notice.objects.filter(application=anna, kind="postponed").values_list(
        "detail__sitting_on", flat=True
    )
    assert set(days) == {again.sitting.on.isoformat(), once_more.sitting.on.isoformat()}
    commission_actions.convene(again.sitting.commission, member("boris"), today)
    flow.advance(anna.pk)
    flow.advance(anna.pk)
    moved = Notice.objects.get(application=anna, kind="sitting_moved")
    assert moved.detail["sitting_on"] == today.isoformat()
    page = pages.get(f"/applications/{anna.pk}/").content.decode()
    assert all(f"{one.sitting.on:%d.%m.%Y}" not in page for one in (first, again, once_more))
