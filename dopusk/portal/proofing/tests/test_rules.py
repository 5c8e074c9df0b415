"""What follows from the registers' answers, who may act, when: pure rules."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.proofing.rules import (
    FIRST_PAUSE,
    HOLD,
    LONGEST_PAUSE,
    TRIES,
    Answers,
    Beginner,
    Desk,
    PassportAnswer,
    Refusal,
    SnilsAnswer,
    Standing,
    Typed,
    birth_fault,
    disagreement,
    may_approve,
    may_begin,
    may_judge_appeal,
    may_restore,
    may_suspend,
    may_take,
    may_withdraw,
    origin_of,
    passport_fault,
    pause,
    scan_doubt,
    spent,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
HERS = SnilsAnswer(found=True)
VALID = PassportAnswer("valid")
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))
TEXTS = st.text(max_size=20)
SAID = st.builds(
    SnilsAnswer, st.booleans(), st.lists(st.sampled_from(["last_name", "birth_date"])).map(tuple)
)
PAPER = st.builds(
    PassportAnswer, st.sampled_from(["valid", "invalid", "not_found"]), st.lists(st.just("issued")).map(tuple)
)
TYPED = st.builds(Typed, *[TEXTS] * 4, DATES, *[TEXTS] * 3, DATES, *[TEXTS] * 3)


@pytest.mark.parametrize(
    ("answers", "code", "fields"),
    [
        (Answers(HERS, VALID), None, ()),
        (Answers(None, None), None, ()),
        (Answers(HERS, None), None, ()),
        (Answers(SnilsAnswer(found=False), VALID), "snils_not_found", ("snils",)),
        (Answers(SnilsAnswer(found=True, differs=("last_name",)), VALID), "snils_mismatch", ("last_name",)),
        (Answers(SnilsAnswer(found=True, differs=("last_name",)), None), "snils_mismatch", ("last_name",)),
        (Answers(HERS, PassportAnswer("not_found")), "passport_not_found", ("passport",)),
        (Answers(HERS, PassportAnswer("invalid")), "passport_invalid", ("passport",)),
        (Answers(None, PassportAnswer("invalid", ("last_name",))), "passport_invalid", ("passport",)),
        (Answers(HERS, PassportAnswer("valid", ("issued",))), "passport_mismatch", ("issued",)),
    ],
)
def test_what_the_answers_refuse(answers, code, fields):
    assert disagreement(answers) == (Refusal(code, fields) if code else None)


@given(st.none() | SAID, st.none() | PAPER)
def test_unknown_is_never_passed_and_answers_survive_being_kept(said, paper):
    answers = Answers(said, paper)
    agrees = disagreement(answers) is None and not answers.silent
    assert agrees == (said == HERS and paper == VALID)
    assert Answers.read(answers.kept()) == answers


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_tries_of_account_and_number_are_spent_apart(account, number):
    assert spent(account, number) == (account >= TRIES or number >= TRIES)


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_and_stay_bounded(tries, jitter):
    assert FIRST_PAUSE * 0.75 <= pause(tries, jitter) <= LONGEST_PAUSE
    assert pause(tries, 0) <= pause(tries + 1, 0)


@given(DATES, DATES, DATES)
def test_no_dates_break_the_judgement_of_a_passport(birth, issued, today):
    fault = passport_fault(birth, issued, today)
    if fault is None:
        assert issued <= today
        assert birth_fault(birth, today) in {None, "birth_date_impossible"}


@pytest.mark.parametrize(
    ("issued", "fault"),
    [
        (date(2017, 3, 14), None),
        (date(2011, 2, 18), "passport_overdue"),  # given at 14, should have been replaced at 20
        (date(2011, 2, 17), "passport_issued_too_early"),
        (date(2026, 11, 23), "passport_issued_in_future"),
    ],
)
def test_the_passport_of_daria_born_in_february_1997(issued, fault):
    assert passport_fault(date(1997, 2, 18), issued, TODAY) == fault


@pytest.mark.parametrize(
    ("birth", "fault"),
    [
        (date(1997, 2, 18), None),
        (date(2012, 11, 22), None),
        (date(2012, 11, 23), "age_under_14"),
        (date(2026, 11, 23), "birth_date_impossible"),
        (date(1905, 11, 22), "birth_date_impossible"),
    ],
)
def test_birth_dates(birth, fault):
    assert birth_fault(birth, TODAY) == fault


@pytest.mark.parametrize(
    ("size", "doubt"), [((1200, 900), None), ((600, 800), None), ((599, 2000), True), ((700, 700), True)]
)
def test_a_small_picture_is_doubted(size, doubt):
    assert (scan_doubt(*size) is not None) is bool(doubt)


@pytest.mark.parametrize(
    ("who", "snils", "code"),
    [
        (Beginner("simplified", under_way=False, suspended=False), "1", None),
        (Beginner("standard", under_way=False, suspended=False, known_snils="1"), "1", None),
        (Beginner("standard", under_way=False, suspended=False, known_snils="1"), "2", "snils_fixed"),
        (Beginner("confirmed", under_way=False, suspended=False), "", "already_confirmed"),
        (Beginner("standard", under_way=False, suspended=True), "", "suspended"),
        (Beginner("simplified", under_way=True, suspended=False), "", "under_way"),
    ],
)
def test_who_may_begin(who, snils, code):
    refusal = may_begin(who, snils)
    assert (refusal.code if refusal else None) == code


def desk(holder="", taken=None, answers=None):
    return Desk("owner", holder, taken, answers or Answers(HERS, VALID))


@pytest.mark.parametrize(
    ("case", "operator", "code"),
    [
        (desk(), "boris", None),
        (desk(), "owner", "own_attempt"),
        (desk("boris", NOW), "boris", None),
        (desk("vera", NOW - HOLD + timedelta(seconds=1)), "boris", "taken_by_other"),
        (desk("vera", NOW - HOLD), "boris", None),
    ],
)
def test_who_may_take_a_case(case, operator, code):
    refusal = may_take(case, operator, NOW)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("case", "operator", "code"),
    [
        (desk("boris", NOW), "boris", None),
        (desk("vera", NOW), "boris", "not_taken"),
        (desk("owner", NOW), "owner", "own_attempt"),
        (desk("boris", NOW, Answers(HERS, None)), "boris", "registers_silent"),
        (desk("boris", NOW, Answers(HERS, PassportAnswer("invalid"))), "boris", "registers_disagree"),
    ],
)
def test_who_may_approve(case, operator, code):
    refusal = may_approve(case, operator)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("level", "kind", "allowed"),
    [
        ("confirmed", "", {"suspend", "withdraw"}),
        ("standard", "suspended", {"withdraw", "restore"}),
        ("standard", "withdrawn", set()),
        ("standard", "", set()),
    ],
)
def test_what_may_be_done_to_a_confirmation(level, kind, allowed):
    acts = {"suspend": may_suspend, "withdraw": may_withdraw, "restore": may_restore}
    standing = Standing(level, kind, "anna")
    assert {name for name, may in acts.items() if may(standing, "oleg") is None} == allowed
    assert all(may(standing, "anna") == Refusal("own_account") for may in acts.values())


@pytest.mark.parametrize(
    ("operator", "judged", "code"),
    [
        ("vera", False, None),
        ("oleg", False, "own_decision"),
        ("anna", False, "own_account"),
        ("vera", True, "already_judged"),
    ],
)
def test_who_hears_an_appeal(operator, judged, code):
    refusal = may_judge_appeal("oleg", "anna", operator, judged=judged)
    assert (refusal.code if refusal else None) == code


@given(TYPED)
def test_what_was_typed_survives_being_kept(typed):
    assert Typed.read(typed.kept()) == typed


@given(st.text(max_size=60))
def test_an_origin_is_an_origin_or_nothing(text):
    origin = origin_of(text)
    assert origin == "" or (text.startswith(origin[:4]) and origin.split("://")[0] in {"http", "https"})
