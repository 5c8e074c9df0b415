"""Boris, Vera and Grigory judge; Boris closes."""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.commission import actions, minutes, protocol
from dopusk.cabinet.commission.models import Case, Seat, Sitting, Vote
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.commission.seats import by_level, compose
from dopusk.cabinet.review.tests.people import application, at_once, commission, member
from dopusk.cabinet.signin.models import Member
from dopusk.kernel import sittings
from dopusk.web.journal.models import Entry
from dopusk.web.settings import base

pytestmark = pytest.mark.django_db
FOR, AGAINST, RECUSE = Choice.FOR, Choice.AGAINST, Choice.RECUSE


def today():
    return timezone.localdate()


def waiting(key="anna", **more):
    """An accepted application on an agenda."""
    return actions.enter(application(key, **more).pk, today())


def convened(*keys):
    """Boris has called a sitting for today with a case for each applicant."""
    commission()
    cases = [waiting(key) for key in keys or ("anna",)]
    sitting = actions.convene(by_level("secondary"), member("boris"), today())
    return sitting, [Case.objects.get(pk=case.pk) for case in cases]


def votes(case, **choices):
    for who, choice in choices.items():
        reasons = {FOR: [], AGAINST: ["hours_short"], RECUSE: ["own_student"]}[choice]
        actions.vote(case.pk, member(who), choice, reasons, "", today())


def refused(act, *arguments, **more):
    with pytest.raises(NotAllowed) as caught:
        act(*arguments, **more)
    return caught.value.refusal.code


def test_an_accepted_case_goes_to_the_planned_sitting():
    commission()
    case = waiting()
    assert case.sitting.on == sittings.next_on_or_after(today())
    assert case.application.state == "AT_COMMISSION"
    assert waiting("maria").sitting == case.sitting


def test_the_commission_is_composed_of_those_who_have_the_roles():
    commission()
    waiting()
    assert {seat.place for seat in Seat.objects.filter(active=True)} == {"chair", "secretary", "member"}
    Member.objects.filter(role="commissioner").update(active=False)
    board = by_level("secondary")
    compose(board)
    assert set(board.seats.filter(active=True).values_list("place", flat=True)) == {"chair", "secretary"}


def test_one_person_with_two_roles_has_one_seat_and_the_higher_place():
    member("boris", "commissioner")
    boris = member("boris")
    board = by_level("higher")
    compose(board)
    seat = Seat.objects.get(snils_index=bytes(boris.snils_index))
    assert seat.place == "chair"


def test_the_chair_is_passed_on():
    board, vera = by_level("higher"), member("vera")
    member("boris")
    compose(board)
    Member.objects.filter(role="chair").update(active=False)
    member("vera", "chair")
    compose(board)
    assert Seat.objects.get(place="chair", active=True).snils_index == vera.snils_index


def test_boris_calls_a_sitting_today_and_it_takes_all_who_wait():
    sitting, cases = convened("anna", "maria")
    assert (sitting.on, sitting.kind) == (today(), "unscheduled")
    assert {case.sitting_id for case in cases} == {sitting.pk}


def test_calling_again_takes_what_has_come_since():
    sitting, _cases = convened("anna")
    actions.convene(by_level("secondary"), member("vera"), today())
    late = waiting("maria")
    assert late.sitting == sitting
    assert Sitting.objects.filter(kind="unscheduled").count() == 1


def test_a_plain_member_or_a_stranger_calls_no_sitting():
    commission()
    board = by_level("secondary")
    assert refused(actions.convene, board, member("grigory"), today()) == "chair_or_secretary_only"
    assert refused(actions.convene, board, member("galina"), today()) == "chair_or_secretary_only"


def test_a_vote_is_final():
    _sitting, (case,) = convened()
    votes(case, boris=AGAINST)
    assert refused(actions.vote, case.pk, member("boris"), FOR, [], "", today()) == "already_voted"
    assert Vote.objects.get().choice == "against"


def test_galina_has_no_seat():
    _sitting, (case,) = convened()
    assert refused(actions.vote, case.pk, member("galina"), FOR, [], "", today()) == "no_seat"


def test_nobody_votes_before_the_day_of_the_sitting():
    commission()
    case = waiting()
    Sitting.objects.update(on=today() + timedelta(days=3))
    assert refused(actions.vote, case.pk, member("boris"), FOR, [], "", today()) == "sitting_not_yet"


def test_boris_is_recused_from_his_own_case_without_asking():
    _sitting, (case,) = convened("boris")
    vote = Vote.objects.get()
    assert (vote.choice, vote.automatic, vote.reason_codes) == ("recuse", True, ["own_case"])
    assert refused(actions.vote, case.pk, member("boris"), FOR, [], "", today()) == "already_voted"


def test_the_majority_passes_the_case_and_the_journey_is_asked_to_go_on():
    sitting, (case,) = convened()
    votes(case, boris=FOR, vera=FOR, grigory=AGAINST)
    actions.close(sitting.pk, member("boris"), today())
    case.refresh_from_db()
    sitting.refresh_from_db()
    assert case.outcome == "passed"
    assert (sitting.state, sitting.protocol_number) == ("closed", f"{today().year}-0001")
    assert [place["present"] for place in sitting.composition] == [True, True, True]
    assert ProcrastinateJob.objects.filter(args__application_id=str(case.application_id)).exists()
    assert Entry.objects.filter(act="sitting.closed").count() == 1


def test_a_sitting_with_an_undecided_case_is_not_closed():
    sitting, (first, second) = convened("anna", "maria")
    votes(first, boris=FOR, vera=FOR)
    votes(second, boris=FOR)
    assert refused(actions.close, sitting.pk, member("boris"), today()) == "cases_undecided"
    assert Case.objects.filter(outcome="").count() == 2


def test_only_the_chair_closes():
    sitting, (case,) = convened()
    votes(case, boris=FOR, vera=FOR)
    assert refused(actions.close, sitting.pk, member("vera"), today()) == "chair_only"


def test_a_postponed_case_comes_again_at_the_next_sitting():
    sitting, (first, second) = convened("anna", "maria")
    votes(first, boris=FOR, vera=FOR)
    again = actions.postpone(second.pk, member("vera"), "Ждём подлинник диплома", today())
    assert again.sitting.on > sitting.on
    assert again.application_id == second.application_id
    assert refused(actions.vote, second.pk, member("boris"), FOR, [], "", today()) == "case_postponed"
    actions.close(sitting.pk, member("boris"), today())
    second.refresh_from_db()
    assert second.outcome == "postponed"
    assert Application.objects.get(pk=second.application_id).state == "AT_COMMISSION"


def test_a_postponed_case_can_be_called_to_a_later_unscheduled_sitting():
    sitting, (first, second) = convened("anna", "maria")
    votes(first, boris=FOR, vera=FOR)
    again = actions.postpone(second.pk, member("vera"), "", today())
    actions.convene(by_level("secondary"), member("boris"), today())
    again.refresh_from_db()
    assert again.sitting != sitting
    actions.close(sitting.pk, member("boris"), today())
    later = actions.convene(by_level("secondary"), member("boris"), today())
    again.refresh_from_db()
    assert again.sitting == later


def test_a_case_somebody_voted_on_is_not_taken_away():
    commission()
    case = waiting()
    Sitting.objects.update(on=today())
    votes(case, grigory=FOR)
    Sitting.objects.update(on=today() - timedelta(days=1))
    actions.convene(by_level("secondary"), member("boris"), today())
    assert Case.objects.get().sitting.kind == "regular"


def test_the_protocol_tells_who_was_there_what_was_decided_and_who_dissented():
    sitting, (anna, boris) = convened("anna", "boris")
    votes(anna, boris=FOR, vera=FOR)
    actions.vote(anna.pk, member("grigory"), AGAINST, ["dpp_hours_short"], "Часы не сходятся", today())
    votes(boris, vera=AGAINST, grigory=AGAINST)
    actions.close(sitting.pk, member("boris"), today())
    told = minutes.of(Sitting.objects.get(pk=sitting.pk))
    assert [(d.outcome, d.for_, d.against) for d in told.decisions] == [
        ("passed", 2, 1),
        ("not_passed", 0, 2),
    ]
    assert told.decisions[0].dissents[0].name.startswith("Морозов")
    assert told.decisions[0].dissents[0].words == "Часы не сходятся"
    assert told.decisions[1].recused == ("Зайцев Борис Николаевич",)
    assert (told.quorum, len(told.members)) == (2, 3)
    drawn = protocol.render(told)
    assert drawn.startswith(b"%PDF")
    assert drawn == protocol.render(minutes.of(Sitting.objects.get(pk=sitting.pk)))


def test_a_protocol_bears_the_day_it_was_signed_and_names_the_day_of_the_sitting():
    sitting, (case,) = convened()
    yesterday = today() - timedelta(days=1)
    Sitting.objects.update(on=yesterday)
    votes(case, boris=FOR, vera=FOR)
    actions.close(sitting.pk, member("boris"), today())
    told = minutes.of(Sitting.objects.get(pk=sitting.pk))
    assert (told.on, told.signed_on) == (yesterday, today())


@pytest.mark.django_db(transaction=True)
def test_one_person_votes_twice_at_once_and_one_vote_stands():
    _sitting, (case,) = convened()
    boris = member("boris")
    answers = at_once(
        partial(actions.vote, case.pk, boris, FOR, [], "", today()),
        partial(actions.vote, case.pk, boris, AGAINST, ["hours_short"], "", today()),
    )
    assert sum(isinstance(answer, Vote) for answer in answers) == 1
    assert [answer.refusal.code for answer in answers if isinstance(answer, NotAllowed)] == ["already_voted"]
    assert Vote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_closing_twice_at_once_closes_once():
    sitting, (case,) = convened()
    votes(case, boris=FOR, vera=FOR)
    boris = member("boris")
    close = partial(actions.close, sitting.pk, boris, today())
    answers = at_once(close, close)
    assert [answer.refusal.code for answer in answers if isinstance(answer, NotAllowed)] == ["sitting_closed"]
    assert Entry.objects.filter(act="sitting.closed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_vote_that_comes_while_the_chair_closes_is_counted_or_refused():
    sitting, (case,) = convened()
    votes(case, boris=FOR, vera=FOR)
    boris, grigory = member("boris"), member("grigory")
    answers = at_once(
        partial(actions.close, sitting.pk, boris, today()),
        partial(actions.vote, case.pk, grigory, FOR, [], "", today()),
    )
    assert isinstance(answers[0], Sitting)
    counted = isinstance(answers[1], Vote)
    assert counted or answers[1].refusal.code in {"sitting_closed", "case_postponed"}
    assert Vote.objects.filter(case=case).count() == (3 if counted else 2)
    present = [place["name"] for place in Sitting.objects.get(pk=sitting.pk).composition if place["present"]]
    assert ("Морозов Григорий Ильич" in present) == counted


@pytest.mark.django_db(transaction=True)
def test_boris_and_vera_call_a_sitting_at_once_and_there_is_one():
    commission()
    cases = [waiting("anna"), waiting("maria")]
    board, boris, vera = by_level("secondary"), member("boris"), member("vera")
    answers = at_once(
        partial(actions.convene, board, boris, today()), partial(actions.convene, board, vera, today())
    )
    assert answers[0] == answers[1]
    assert set(Case.objects.values_list("sitting_id", flat=True)) == {answers[0].pk}
    assert len(cases) == Case.objects.count()


@pytest.mark.django_db(transaction=True)
def test_an_application_enters_an_agenda_once():
    commission()
    anna = application()
    answers = at_once(partial(actions.enter, anna.pk, today()), partial(actions.enter, anna.pk, today()))
    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert Case.objects.count() == 1


def test_the_deployment_s_own_norms_are_read_from_its_file(settings, tmp_path, monkeypatch):
    act = {"valid_from": "2020-01-01", "valid_to": None, "act": "Приказ центра № 1"}
    corrections = tmp_path / "norms.json"
    corrections.write_text(json.dumps([{"key": "commission_review_wd", "value": 7, **act}]))
    monkeypatch.setenv("DOPUSK_NORMS_FILE", str(corrections))
    settings.NORMS_FILE = base("cabinet", slices=[])["NORMS_FILE"]
    assert actions.norms_at(today()).whole("commission_review_wd") == 7
