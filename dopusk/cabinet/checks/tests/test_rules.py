"""Each rule passes, fails and stays unknown for its own reasons; the law's numbers are those of the day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.checks import rules
from dopusk.cabinet.checks.tests import facts as known
from dopusk.cabinet.checks.tests.facts import DAY, facts, silent, with_record
from dopusk.cabinet.registries import base
from dopusk.kernel import dates, norms

NORMS = norms.at(DAY)


def ask(rule, given_facts, day=DAY):
    found = next(one for one in rules.judge(given_facts, day, norms.at(day)) if one.rule == rule)
    return (found.outcome, found.evidence["code"])


def test_everything_of_annas_is_in_order():
    outcomes = rules.judge(facts("anna"), DAY, NORMS)
    assert {one.outcome for one in outcomes} == {"passed"}
    assert len(outcomes) == len(rules.RULES)


def test_everything_of_marias_is_in_order_although_one_course_does_not_count():
    outcomes = {one.rule: one for one in rules.judge(facts("maria"), DAY, NORMS)}
    assert {one.outcome for one in outcomes.values()} == {"passed"}
    assert [row["code"] for row in outcomes["total_hours"].evidence["documents"]].count(
        "other_specialty"
    ) == 1


def test_viktor_lacks_eighteen_hours_and_sees_which_course_did_not_count():
    outcomes = {one.rule: one for one in rules.judge(facts("viktor", "31.08.49"), DAY, NORMS)}
    assert {rule for rule, one in outcomes.items() if one.outcome == "failed"} == {"total_hours"}
    hours = outcomes["total_hours"]
    assert (hours.evidence["have"], hours.evidence["need"], hours.evidence["lacking"]) == (126, 144, 18)
    not_counted = [row for row in hours.evidence["documents"] if not row["counted"]]
    assert [(row["hours"], row["code"]) for row in not_counted] == [(18, "other_specialty")]
    assert (hours.remedy, hours.fixer) == ("more_hours", "applicant")
    assert "709н" in hours.norm


@pytest.mark.parametrize(
    ("place", "register", "unknown"),
    [
        ("snils", "snils", {"snils_agrees"}),
        (
            "record",
            "frmr",
            {
                "identity_in_frmr", "not_struck_off", "education_fits", "total_hours", "dpp_hours",
                "no_career_break", "window_open", "position_in_nomenclature",
            },
        ),
        (
            "dictionaries",
            "dictionaries",
            {"specialty_in_force", "education_fits", "no_career_break", "position_in_nomenclature"},
        ),
    ],
)  # fmt: skip
def test_a_silent_register_makes_unknown_and_nothing_else(place, register, unknown):
    outcomes = rules.judge(replace(facts("anna"), **{place: silent(register)}), DAY, NORMS)
    assert {one.rule for one in outcomes if one.outcome == "unknown"} == unknown
    assert {one.outcome for one in outcomes if one.rule not in unknown} <= {"passed"}
    for one in outcomes:
        if one.rule in unknown:
            assert (one.register, one.since) == (register, known.DOWN_SINCE)


def test_with_every_register_silent_nothing_passes():
    quiet = rules.Facts(
        facts("anna").identity, "34.02.01", silent("snils"), silent("frmr"), silent("dictionaries")
    )
    assert {one.outcome for one in rules.judge(quiet, DAY, NORMS)} == {"unknown"}


def test_without_a_norm_of_the_day_the_answer_is_unknown():
    day = date(2031, 1, 15)
    assert ask("total_hours", facts("anna", day=day), day) == ("unknown", "norm_missing")


def test_who_is_not_in_frmr_passes_nothing_that_rests_on_it():
    outcomes = rules.judge(replace(facts("anna"), record=None), DAY, NORMS)
    failed = {one.rule for one in outcomes if one.evidence["code"] == "frmr_missing"}
    assert failed == {
        "identity_in_frmr", "not_struck_off", "education_fits", "total_hours", "dpp_hours",
        "no_career_break", "window_open", "position_in_nomenclature",
    }  # fmt: skip
    assert {one.fixer for one in outcomes if one.rule in failed} == {"employer"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (base.SnilsAnswer(found=False), "snils_not_found"),
        (base.SnilsAnswer(True, ("lastName",)), "snils_differs"),
    ],
)
def test_a_snils_that_is_not_hers_fails(answer, code):
    assert ask("snils_agrees", replace(facts("anna"), snils=answer)) == ("failed", code)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"last_name": "Смирнова"}, ["last_name"]),
        ({"birth_date": date(1996, 4, 13)}, ["birth_date"]),
        ({"first_name": "Алла", "patronymic": ""}, ["first_name", "patronymic"]),
    ],
)
def test_another_name_in_frmr_fails_and_is_named(change, fields):
    anna = facts("anna")
    outcome = rules.identity_in_frmr(
        with_record(anna, worker=replace(anna.record.worker, **change)), DAY, NORMS
    )
    assert (outcome.outcome, outcome.evidence["fields"]) == ("failed", fields)


def test_yo_and_case_do_not_make_another_name():
    anna = facts("anna")
    told = replace(anna.identity, last_name="ОРЛОВА", first_name="Аннa".replace("a", "а"))
    assert rules.identity_in_frmr(replace(anna, identity=told), DAY, NORMS).outcome == "passed"


def test_a_mark_of_death_fails():
    anna = facts("anna")
    dead = with_record(anna, worker=replace(anna.record.worker, death_date=DAY))
    assert ask("not_struck_off", dead) == ("failed", "marked_dead")


def test_an_excluded_accreditation_fails_and_a_later_good_one_heals():
    anna = facts("anna")
    held = replace(anna.record.accreditations[0], excluded=True)
    assert ask("not_struck_off", with_record(anna, accreditations=(held,))) == ("failed", "excluded")
    later = replace(held, excluded=False, passed_on=held.passed_on + timedelta(days=1))
    assert ask("not_struck_off", with_record(anna, accreditations=(held, later)))[0] == "passed"


@pytest.mark.parametrize(
    ("key", "day", "answer"),
    [
        ("31.08.23", date(2027, 2, 28), ("passed", "specialty_in_force")),
        ("31.08.23", date(2027, 3, 1), ("failed", "specialty_over")),
        ("palliative", date(2027, 8, 31), ("failed", "specialty_not_yet")),
        ("palliative", date(2027, 9, 1), ("passed", "specialty_in_force")),
        ("invented", DAY, ("failed", "specialty_unknown")),
    ],
)
def test_a_specialty_holds_on_its_first_and_last_day(key, day, answer):
    assert ask("specialty_in_force", facts("viktor", key), day) == answer


@pytest.mark.parametrize(
    ("key", "person", "answer"),
    [
        ("34.02.01", "anna", ("passed", "education_fits")),
        ("31.08.49", "viktor", ("passed", "education_fits")),
        ("31.08.49", "anna", ("failed", "level_mismatch")),
        ("34.02.01", "viktor", ("failed", "level_mismatch")),
        ("31.08.23", "viktor", ("failed", "residency_missing")),
    ],
)
def test_education_fits_by_level_diploma_and_residency(key, person, answer):
    assert ask("education_fits", facts(person, key)) == answer


def test_a_diploma_of_another_specialty_does_not_fit():
    anna = facts("anna")
    other = replace(anna.record.education[0], specialty="33.02.01")
    assert ask("education_fits", with_record(anna, education=(other,))) == ("failed", "diploma_mismatch")


def test_no_diploma_at_all_is_said_so():
    assert ask("education_fits", with_record(facts("anna"), education=())) == ("failed", "education_absent")


def test_a_diploma_given_after_the_day_does_not_count():
    anna = facts("anna")
    later = replace(anna.record.education[0], issued=DAY + timedelta(days=1))
    assert ask("education_fits", with_record(anna, education=(later,)))[0] == "failed"


def training(hours, kind="dpp", *, issued=None, specialty="34.02.01", registered=True):
    return base.Training("1", "Курс", hours, kind, specialty, "", issued or DAY, "", registered)


@pytest.mark.parametrize(
    ("dpp", "cme", "total", "programmes"),
    [
        (72, 72, ("passed", "hours_enough"), ("passed", "dpp_hours_just_enough")),
        (74, 70, ("passed", "hours_enough"), ("passed", "dpp_hours_enough")),
        (71, 73, ("passed", "hours_enough"), ("failed", "dpp_hours_short")),
        (72, 71, ("failed", "hours_short"), ("passed", "dpp_hours_just_enough")),
    ],
)
def test_the_edge_of_both_sums(dpp, cme, total, programmes):
    given_facts = with_record(facts("anna"), trainings=(training(dpp), training(cme, "cme")))
    assert ask("total_hours", given_facts) == total
    assert ask("dpp_hours", given_facts) == programmes


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (training(10, registered=False), "not_registered"),
        (training(10, specialty="34.02.02"), "other_specialty"),
        (training(10, issued=DAY + timedelta(days=1)), "in_future"),
        (training(10, issued=dates.add_years(DAY, -5) - timedelta(days=1)), "too_old"),
        (training(10, issued=dates.add_years(DAY, -5) + timedelta(days=3)), "before_accreditation"),
        (training(10), "counted"),
    ],
)
def test_every_course_says_why_it_counts_or_not(one, code):
    outcome = rules.total_hours(with_record(facts("anna"), trainings=(one,)), DAY, NORMS)
    assert [row["code"] for row in outcome.evidence["documents"]] == [code]


def card(began, ended=None, position="nurse-ward"):
    return base.Card("УГКБ № 1", "oid", "", position, position, began, ended)


@pytest.mark.parametrize(
    ("cards", "answer"),
    [
        ((), ("failed", "never_worked")),
        ((card(DAY + timedelta(days=1)),), ("failed", "never_worked")),
        ((card(date(2010, 1, 1), position="masseur"),), ("failed", "never_in_specialty")),
        ((card(date(2010, 1, 1)),), ("passed", "works_now")),
        ((card(date(2010, 1, 1), DAY + timedelta(days=30)),), ("passed", "works_now")),
        ((card(date(2010, 1, 1), dates.add_years(DAY, -5)),), ("passed", "worked_until")),
        (
            (card(date(2010, 1, 1), dates.add_years(DAY, -5) - timedelta(days=1)),),
            ("failed", "career_break"),
        ),
        (
            (card(date(2010, 1, 1), date(2015, 1, 1)), card(date(2016, 1, 1), position="masseur")),
            ("failed", "career_break"),
        ),
        ((card(date(2010, 1, 1), date(2015, 1, 1)), card(date(2024, 1, 1))), ("passed", "works_now")),
    ],
)
def test_the_break_in_work(cards, answer):
    assert ask("no_career_break", with_record(facts("anna"), cards=cards)) == answer


@pytest.mark.parametrize(
    ("ends", "answer"),
    [
        (dates.add_months(DAY, 12), ("passed", "window_open")),
        (dates.add_months(DAY, 12) + timedelta(days=1), ("failed", "window_not_open")),
        (DAY, ("passed", "window_open")),
        (DAY - timedelta(days=1), ("passed", "term_over")),
        (date(2025, 12, 31), ("passed", "term_prolonged")),
        (date(2024, 12, 31), ("passed", "term_over")),
    ],
)
def test_the_window_of_applying(ends, answer):
    anna = facts("anna")
    held = replace(anna.record.accreditations[0], ends=ends)
    assert ask("window_open", with_record(anna, accreditations=(held,))) == answer


def test_a_certificate_of_the_old_kind_opens_the_window_too():
    old = base.Certificate("34.02.01", "1", dates.add_years(DAY, -5), DAY + timedelta(days=10))
    assert (
        ask("window_open", with_record(facts("anna"), accreditations=(), certificates=(old,)))[0] == "passed"
    )


def test_who_holds_nothing_needs_another_kind():
    outcome = rules.window_open(with_record(facts("anna"), accreditations=()), DAY, NORMS)
    assert (outcome.evidence["code"], outcome.remedy) == ("nothing_held", "other_kind")


@pytest.mark.parametrize(
    ("cards", "answer"),
    [
        ((), ("failed", "no_position")),
        ((card(date(2020, 1, 1)),), ("passed", "position_fits")),
        ((card(date(2020, 1, 1), position="invented"),), ("failed", "position_unknown")),
        ((card(date(2020, 1, 1), position="milk"),), ("failed", "position_unknown")),
        ((card(date(2020, 1, 1), date(2023, 8, 1), "milk"),), ("failed", "position_unknown")),
        ((card(date(2020, 1, 1), position="masseur"),), ("failed", "position_other_specialty")),
        ((card(date(2020, 1, 1), position="masseur"), card(date(2022, 1, 1))), ("passed", "position_fits")),
        ((card(date(2020, 1, 1), date(2024, 1, 1)),), ("passed", "position_fits")),
    ],
)
def test_the_post_is_in_the_nomenclature(cards, answer):
    assert ask("position_in_nomenclature", with_record(facts("anna"), cards=cards)) == answer


days = st.dates(date(2023, 1, 1), date(2028, 12, 31))
trainings = st.builds(
    training,
    st.integers(1, 200),
    st.sampled_from(["dpp", "cme"]),
    issued=st.dates(date(2015, 1, 1), date(2029, 1, 1)),
    specialty=st.sampled_from(["34.02.01", "34.02.02"]),
    registered=st.booleans(),
)


@given(day=days, courses=st.lists(trainings, max_size=12))
def test_hours_are_the_sum_of_what_is_said_to_count(day, courses):
    outcome = rules.total_hours(
        with_record(facts("anna", day=day), trainings=tuple(courses)), day, norms.at(day)
    )
    rows = outcome.evidence["documents"]
    assert len(rows) == len(courses)
    assert outcome.evidence["have"] == sum(row["hours"] for row in rows if row["counted"])
    assert (outcome.outcome == "passed") == (outcome.evidence["have"] >= 144)
    for row in rows:
        if row["counted"]:
            assert dates.add_years(day, -5) <= date.fromisoformat(row["day"]) <= day


@given(day=days, courses=st.lists(trainings, max_size=8), more=trainings)
def test_another_course_never_takes_hours_away(day, courses, more):
    def have(some):
        given_facts = with_record(facts("anna", day=day), trainings=tuple(some))
        return rules.total_hours(given_facts, day, norms.at(day)).evidence["have"]

    assert have([*courses, more]) >= have(courses)


@given(day=days, courses=st.lists(trainings, max_size=8))
def test_programme_hours_never_exceed_all_hours(day, courses):
    given_facts = with_record(facts("anna", day=day), trainings=tuple(courses))
    dpp, total = (
        rule(given_facts, day, norms.at(day)).evidence["have"]
        for rule in (rules.dpp_hours, rules.total_hours)
    )
    assert dpp <= total


@given(day=days, ended=st.dates(date(2005, 1, 1), date(2029, 1, 1)))
def test_a_break_fails_exactly_when_it_is_longer_than_five_years(day, ended):
    given_facts = with_record(facts("anna", day=day), cards=(card(date(2004, 1, 1), ended),))
    outcome = rules.no_career_break(given_facts, day, norms.at(day))
    assert (outcome.outcome == "failed") == (dates.add_years(ended, 5) < day)


@given(day=days, ends=st.dates(date(2020, 1, 1), date(2034, 12, 31)))
def test_the_window_opens_once_and_never_shuts(day, ends):
    anna = facts("anna", day=day)
    held = with_record(anna, accreditations=(replace(anna.record.accreditations[0], ends=ends),))
    today, tomorrow = (
        rules.window_open(held, one, norms.at(day)).outcome for one in (day, day + timedelta(days=1))
    )
    assert not (today == "passed" and tomorrow == "failed")


FIRST, LONGEST = timedelta(seconds=5), timedelta(minutes=10)


@given(
    silent_for=st.timedeltas(timedelta(0), timedelta(days=30)),
    more=st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_pauses_double_with_the_silence_and_stay_within_their_bounds(silent_for, more):
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def pause(silence):
        return rules.next_try(now - silence, now, FIRST, LONGEST) - now

    assert FIRST <= pause(silent_for) <= LONGEST
    assert pause(silent_for) in {FIRST, LONGEST, silent_for}
    assert pause(silent_for + more) >= pause(silent_for)
