"""Quorum, majority, ties, recusals, closing, the choice of a sitting."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.commission import rules
from dopusk.cabinet.commission.rules import (
    AGAINST,
    Ballot,
    Choice,
    Item,
    Outcome,
    Place,
    Question,
    Slot,
    Tally,
    Terms,
    Verdict,
    choose_sitting,
    decide,
    may_close,
    may_vote,
)
from dopusk.kernel import norms, workdays

TODAY = date(2026, 11, 24)
THREE = Terms(3, Fraction(1, 2), Fraction(1, 2), "chair")
FOR, AGAINST_, RECUSE = Choice.FOR, Choice.AGAINST, Choice.RECUSE
BORIS, VERA, GRIGORY = "boris", "vera", "grigory"


def votes(boris=None, vera=None, grigory=None):
    given = {BORIS: boris, VERA: vera, GRIGORY: grigory}
    return [Ballot(who, choice, chair=who == BORIS) for who, choice in given.items() if choice]


@pytest.mark.parametrize(
    ("ballots", "code", "by_chair"),
    [
        (votes(), "no_quorum", False),
        (votes(boris=FOR), "no_quorum", False),
        (votes(boris=FOR, vera=RECUSE), "no_quorum", False),
        (votes(boris=RECUSE, vera=RECUSE, grigory=FOR), "no_quorum", False),
        (votes(boris=FOR, vera=FOR), "passed", False),
        (votes(boris=FOR, vera=FOR, grigory=AGAINST_), "passed", False),
        (votes(boris=AGAINST_, vera=AGAINST_, grigory=FOR), "not_passed", False),
        (votes(boris=FOR, vera=AGAINST_), "passed", True),
        (votes(boris=AGAINST_, vera=FOR), "not_passed", True),
        (votes(boris=AGAINST_, vera=FOR, grigory=RECUSE), "not_passed", True),
        (votes(boris=RECUSE, vera=FOR, grigory=AGAINST_), "tie_without_chair", False),
        (votes(vera=FOR, grigory=AGAINST_), "tie_without_chair", False),
        (votes(boris=RECUSE, vera=FOR, grigory=FOR), "passed", False),
    ],
)
def test_three_members_decide(ballots, code, by_chair):
    verdict = decide(ballots, THREE)
    assert (verdict.code, verdict.by_chair) == (code, by_chair)
    assert verdict.need == 2


@pytest.mark.parametrize(
    ("members", "fraction", "need"),
    [(1, "1/2", 1), (2, "1/2", 2), (3, "1/2", 2), (4, "1/2", 3), (5, "1/2", 3), (6, "2/3", 5), (5, "2/3", 4)],
)
def test_a_quorum_is_more_than_its_part_of_the_members(members, fraction, need):
    assert Terms(members, Fraction(fraction), Fraction(1, 2), "chair").quorum_need == need


@given(st.integers(1, 40), st.fractions(min_value=0, max_value=Fraction(9, 10), max_denominator=12))
def test_the_quorum_is_the_least_number_above_the_fraction(members, fraction):
    need = Terms(members, fraction, Fraction(1, 2), "chair").quorum_need
    assert need > fraction * members >= need - 1


MANY = st.lists(st.sampled_from(list(Choice)), min_size=1, max_size=15)


@given(MANY, st.integers(0, 5))
def test_the_order_of_votes_does_not_matter(choices, absent):
    ballots = [Ballot(str(n), choice, chair=n == 0) for n, choice in enumerate(choices)]
    by = Terms(len(ballots) + absent, Fraction(1, 2), Fraction(1, 2), "chair")
    assert decide(ballots, by) == decide(ballots[::-1], by)


@given(MANY, st.integers(0, 5))
def test_a_decision_needs_a_quorum_and_follows_the_majority(choices, absent):
    ballots = [Ballot(str(n), choice, chair=n == 0) for n, choice in enumerate(choices)]
    verdict = decide(ballots, Terms(len(ballots) + absent, Fraction(1, 2), Fraction(1, 2), "chair"))
    counted = verdict.tally
    assert counted.cast + counted.recused == len(choices)
    if verdict.outcome:
        assert counted.cast >= verdict.need
        ahead = counted.for_ - counted.against
        assert (ahead > 0) == (verdict.outcome == Outcome.PASSED) or ahead == 0
        assert verdict.by_chair == (ahead == 0)


@given(MANY)
def test_one_more_vote_for_never_turns_passed_into_not_passed(choices):
    ballots = [Ballot(str(n), choice, chair=n == 0) for n, choice in enumerate(choices)]
    by = Terms(len(ballots) + 1, Fraction(1, 2), Fraction(1, 2), "chair")
    if decide(ballots, by).outcome == Outcome.PASSED:
        assert decide([*ballots, Ballot("more", FOR)], by).outcome == Outcome.PASSED


def question(open_=True, on=TODAY, decided=False, own=False, voted=False):
    return Question(open_, on, decided, own, voted)


@pytest.mark.parametrize(
    ("asked", "choice", "reasons", "words", "code"),
    [
        (question(), FOR, [], "", None),
        (question(), AGAINST_, ["hours_short"], "", None),
        (question(), RECUSE, ["own_employee"], "", None),
        (question(), RECUSE, ["other_conflict"], "Учились вместе", None),
        (question(on=TODAY - timedelta(1)), FOR, [], "", None),
        (question(open_=False), FOR, [], "", "sitting_closed"),
        (question(on=TODAY + timedelta(1)), FOR, [], "", "sitting_not_yet"),
        (question(voted=True), FOR, [], "", "already_voted"),
        (question(decided=True), FOR, [], "", "case_postponed"),
        (question(own=True), FOR, [], "", "own_case"),
        (question(own=True), AGAINST_, ["hours_short"], "", "own_case"),
        (question(own=True), RECUSE, ["own_case"], "", None),
        (question(), AGAINST_, [], "", "reason_missing"),
        (question(), RECUSE, [], "", "reason_missing"),
        (question(), FOR, ["hours_short"], "", "reason_unfit"),
        (question(), AGAINST_, ["own_employee"], "", "reason_unfit"),
        (question(), RECUSE, ["other_conflict"], " ", "words_missing"),
    ],
)
def test_boris_votes(asked, choice, reasons, words, code):
    refusal = may_vote(asked, choice, reasons, words, TODAY)
    assert (refusal.code if refusal else None) == code


def test_the_reasons_against_are_the_codes_of_the_commission():
    assert set(AGAINST) == {
        "experience_short", "career_break", "hours_short", "dpp_hours_short", "training_off_specialty",
        "position_not_in_nomenclature", "residency_missing",
    }  # fmt: skip


PASSED = Item("2026-000001", postponed=False, verdict=Verdict("passed", Tally(2, 0, 0), 2))
OPEN = Item("2026-000002", postponed=False, verdict=Verdict("no_quorum", Tally(1, 0, 0), 2))
TIE = Item("2026-000003", postponed=False, verdict=Verdict("tie_without_chair", Tally(1, 1, 1), 2))
PUT_OFF = Item("2026-000004", postponed=True, verdict=Verdict("no_quorum", Tally(0, 0, 0), 2))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"items": [PASSED, PUT_OFF]}, None),
        ({"items": [PUT_OFF]}, None),
        ({"items": [PASSED, OPEN]}, "cases_undecided"),
        ({"items": [PASSED, TIE]}, "cases_undecided"),
        ({"items": []}, "agenda_empty"),
        ({"place": Place.SECRETARY}, "chair_only"),
        ({"place": None}, "chair_only"),
        ({"on": TODAY + timedelta(1)}, "sitting_not_yet"),
        ({"on": TODAY - timedelta(1)}, None),
        ({"open_": False}, "sitting_closed"),
    ],
)
def test_the_chair_closes_a_sitting(changed, code):
    case = {"open_": True, "on": TODAY, "place": Place.CHAIR, "items": [PASSED], "today": TODAY, **changed}
    refusal = may_close(**case)
    assert (refusal.code if refusal else None) == code


def test_undecided_cases_are_named():
    refusal = may_close(open_=True, on=TODAY, place=Place.CHAIR, items=[PASSED, OPEN, TIE], today=TODAY)
    assert refusal.detail["numbers"] == ["2026-000002", "2026-000003"]


SLOTS = st.lists(
    st.builds(Slot, st.uuids().map(str), st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.booleans()),
    max_size=12,
)


@given(SLOTS)
def test_a_case_goes_into_the_nearest_open_sitting(slots):
    chosen = choose_sitting(slots, TODAY)
    fit = [slot for slot in slots if slot.open_ and slot.on >= TODAY]
    assert (chosen is None) == (not fit)
    if chosen:
        assert chosen.open_
        assert chosen.on == min(slot.on for slot in fit)


@given(st.dates(date(2024, 1, 1), date(2028, 6, 30)))
def test_deadlines_are_in_working_days(day):
    by = norms.at(day)
    assert workdays.between(day, rules.due_on(day, by)) == 15
    assert workdays.between(day, rules.publish_by(day, by)) == 2


def test_terms_come_from_the_norms_of_the_day():
    assert rules.terms(3, norms.at(TODAY)) == THREE


def test_a_protocol_is_numbered_within_its_year():
    assert rules.protocol_number(2026, 12) == "2026-0012"
