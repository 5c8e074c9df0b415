"""The state machine, the steps as data, the choice of a specialty."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.applications import choices, rules
from dopusk.cabinet.applications.models import STATES
from dopusk.cabinet.registries.tests import known

WHOLE = {
    "contacts": {"email": "anna@example.org", "phone": "+79000000003"},
    "specialty": {"specialty_key": "34.02.01"},
    "report": {"agreement": "agreed"},
    "documents": {"looked_through": True},
    "consent": {"given": True, "version": "2026-11-01"},
}
SCANS = {"activity_report", "employer_agreement"}


def test_the_table_of_states_and_the_column_agree():
    assert {state.value for state in rules.State} == set(STATES)
    assert set(rules.TRANSITIONS) == set(rules.State)


@pytest.mark.parametrize(
    ("state", "to", "code"),
    [
        ("DRAFT", "SUBMITTED", None),
        ("DRAFT", "DRAFT", "already_there"),
        ("DRAFT", "RECORDED", "wrong_state"),
        ("SUBMITTED", "DRAFT", "wrong_state"),
        ("CENTER_REVIEW", "AT_COMMISSION", None),
        ("AT_COMMISSION", "WITHDRAWN", "wrong_state"),
        ("RECORDED", "WITHDRAWN", "wrong_state"),
    ],
)
def test_moves(state, to, code):
    refusal = rules.may_move(state, to)
    assert (refusal.code if refusal else None) == code


@given(st.lists(st.sampled_from(list(rules.State)), max_size=30))
def test_nothing_submitted_ever_becomes_a_draft_again(turns):
    state = rules.State.DRAFT
    for turn in turns:
        if rules.may_move(state, turn) is None:
            state = turn
            assert state != rules.State.DRAFT


@pytest.mark.parametrize(
    ("state", "outcome", "active"),
    [
        ("DRAFT", "", True),
        ("AT_COMMISSION", "", True),
        ("PROTOCOL_PUBLISHED", "passed", True),
        ("PROTOCOL_PUBLISHED", "not_passed", False),
        ("RECORDED", "passed", False),
        ("INTAKE_REFUSED", "", False),
        ("WITHDRAWN", "", False),
    ],
)
def test_what_stands_in_the_way_of_a_second_application(state, outcome, active):
    assert rules.is_active(state, outcome) is active


@pytest.mark.parametrize(
    ("state", "outcome", "code"),
    [
        ("INTAKE_REFUSED", "", None),
        ("WITHDRAWN", "", None),
        ("PROTOCOL_PUBLISHED", "not_passed", None),
        ("PROTOCOL_PUBLISHED", "passed", "nothing_to_mend"),
        ("CENTER_REVIEW", "", "nothing_to_mend"),
    ],
)
def test_what_may_be_copied(state, outcome, code):
    refusal = rules.may_copy(state, outcome)
    assert (refusal.code if refusal else None) == code


def test_a_whole_draft_lacks_nothing():
    assert rules.missing(WHOLE, SCANS) == ()
    assert rules.may_submit("DRAFT", WHOLE, SCANS) is None


def test_an_empty_draft_lacks_every_step():
    assert [one.step for one in rules.missing({}, ())] == ["contacts", "contacts", *rules.STEP_KEYS[1:]]


@pytest.mark.parametrize(
    ("step", "answers", "kinds", "code"),
    [
        ("contacts", {"email": "a@example.org"}, SCANS, "phone_missing"),
        ("contacts", {**WHOLE["contacts"], "unfinished": {"phone": "12"}}, SCANS, "phone_unfinished"),
        ("report", {"agreement": "agreed"}, {"activity_report"}, "employer_agreement_missing"),
        ("report", {"agreement": "agreed"}, {"employer_agreement"}, "activity_report_missing"),
        (
            "report",
            {"agreement": "refused"},
            {"activity_report", "reasoned_refusal"},
            "refusal_reason_missing",
        ),
        (
            "report",
            {"agreement": "refused", "refusal_reason": "нет цифр"},
            SCANS,
            "reasoned_refusal_missing",
        ),
        ("consent", {"given": False, "version": "2026-11-01"}, SCANS, "consent_missing"),
    ],
)
def test_what_a_step_lacks(step, answers, kinds, code):
    assert [one.code for one in rules.missing({**WHOLE, step: answers}, kinds)] == [code]
    refusal = rules.may_submit("DRAFT", {**WHOLE, step: answers}, kinds)
    assert refusal is not None
    assert refusal.detail["step"] == step


def test_who_does_not_work_needs_no_agreement():
    data = {**WHOLE, "report": {"agreement": "not_working"}}
    assert rules.missing(data, {"activity_report"}) == ()


answers = st.dictionaries(st.text(max_size=5), st.text(max_size=5) | st.booleans(), max_size=4)


@given(answers, answers)
def test_a_form_that_has_seen_other_answers_may_not_overwrite_them(kept, seen):
    refusal = rules.may_save("DRAFT", kept, rules.stamp(seen))
    assert (refusal is None) == (kept == seen)


@pytest.mark.parametrize(
    ("place", "step"),
    [
        ("contacts", "contacts"),
        ("employer_agreement", "report"),
        ("diploma", "documents"),
        ("frmr", ""),
    ],
)
def test_a_fault_leads_to_its_step(place, step):
    assert rules.step_of_mark(place) == step


def test_a_nurse_chooses_among_nursing_and_a_physician_among_his_residencies():
    nurse = choices.suitable(known.record("anna"), known.DICTIONARIES, known.DAY)
    assert [one.specialty.key for one in nurse] == ["34.02.01"]
    assert nurse[0].held_until is not None
    physician = choices.suitable(known.record("viktor"), known.DICTIONARIES, known.DAY)
    assert [one.specialty.key for one in physician] == ["31.08.49"]


def test_a_specialty_that_is_over_cannot_be_chosen_even_if_it_is_held():
    record = known.record("viktor")
    held = replace(record.accreditations[0], specialty="31.08.23")
    record = replace(record, accreditations=(held,))
    day = date(2027, 2, 28)
    assert "31.08.23" in {one.specialty.key for one in choices.suitable(record, known.DICTIONARIES, day)}
    day = date(2027, 3, 1)
    assert "31.08.23" not in {one.specialty.key for one in choices.suitable(record, known.DICTIONARIES, day)}
