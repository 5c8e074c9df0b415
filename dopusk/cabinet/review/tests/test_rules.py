"""Who may take a case at intake, and what it may be sent back with."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.review.rules import (
    BY_CODE,
    REASONS,
    Desk,
    Fault,
    Urgency,
    counts,
    due_on,
    may_decide,
    may_take,
    urgency,
    wrong_faults,
)
from dopusk.kernel import norms, workdays

ANNA, GALINA, STEPAN = "anna", "galina", "stepan"
DAYS = st.dates(date(2024, 1, 1), date(2028, 6, 30))


def desk(state="CENTER_REVIEW", applicant=ANNA, holder=None, decided=False):
    return Desk(state, applicant, holder, decided)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (desk(), None),
        (desk(holder=GALINA), None),
        (desk(holder=STEPAN), "taken_by_other"),
        (desk(applicant=GALINA), "own_application"),
        (desk(applicant=GALINA, holder=STEPAN), "own_application"),
        (desk(decided=True, holder=GALINA), "already_decided"),
        (desk(state="WITHDRAWN"), "not_in_review"),
        (desk(state="WITHDRAWN", holder=GALINA), "not_in_review"),
    ],
)
def test_galina_takes_a_case(case, code):
    refusal = may_take(case, GALINA)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (desk(holder=GALINA), None),
        (desk(), "not_taken"),
        (desk(holder=STEPAN), "taken_by_other"),
        (desk(applicant=GALINA, holder=GALINA), "own_application"),
        (desk(holder=GALINA, decided=True), "already_decided"),
        (desk(holder=GALINA, state="WITHDRAWN"), "not_in_review"),
    ],
)
def test_galina_decides_a_case(case, code):
    refusal = may_decide(case, GALINA)
    assert (refusal.code if refusal else None) == code


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ([], "reasons_missing"),
        ([Fault("not_a_reason", "diploma")], "reason_unknown"),
        ([Fault("signature_missing", "diploma")], "place_unfit"),
        ([Fault("signature_missing", "employer_agreement"), Fault("file_format", "nowhere")], "place_unfit"),
        ([Fault("signature_missing", "employer_agreement", "нет подписи")], None),
    ],
)
def test_a_refusal_of_intake_names_known_faults_in_fit_places(faults, code):
    refusal = wrong_faults(faults)
    assert (refusal.code if refusal else None) == code


def test_the_ten_reasons_of_intake_each_have_a_place_an_act_and_a_fixer():
    assert set(BY_CODE) == {
        "incomplete_set", "unreliable_data", "file_unreadable", "file_format", "signature_missing",
        "frmr_missing", "frmr_mismatch", "education_unconfirmed", "education_level_mismatch",
        "name_change_unproven",
    }  # fmt: skip
    for reason in REASONS:
        assert reason.fields
        assert reason.act
        assert reason.fixer in {"applicant", "employer", "school"}


@given(DAYS)
def test_the_check_ends_on_the_twentieth_working_day(registered):
    due = due_on(registered, norms.at(registered))
    assert workdays.is_working(due)
    assert workdays.between(registered, due) == 20


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (date(2026, 11, 20), Urgency.OVERDUE),
        (date(2026, 11, 23), Urgency.TODAY),
        (date(2026, 11, 24), Urgency.SOON),
        (date(2026, 11, 26), Urgency.SOON),
        (date(2026, 11, 27), Urgency.CALM),
    ],
)
def test_urgency_counts_working_days(due, expected):
    assert urgency(due, date(2026, 11, 23)) == expected


@given(DAYS, st.integers(0, 60), st.integers(0, 60))
def test_a_later_due_date_is_never_more_urgent(today, first, more):
    order = list(Urgency)
    early, late = today + timedelta(first - 30), today + timedelta(first - 30 + more)
    assert order.index(urgency(early, today)) <= order.index(urgency(late, today))


@given(DAYS, st.lists(st.integers(-20, 40), max_size=20))
def test_every_case_is_counted_once(today, shifts):
    assert sum(counts([today + timedelta(shift) for shift in shifts], today).values()) == len(shifts)
