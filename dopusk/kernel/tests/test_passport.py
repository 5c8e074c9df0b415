"""Passports: spelling, dates that cannot be, and when one must be replaced."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import dates, passport
from dopusk.kernel.invalid import Invalid
from dopusk.kernel.passport import Passport

ANNA_BORN, TODAY = date(1996, 4, 12), date(2026, 11, 22)


@pytest.mark.parametrize(
    "text", ["9900000603", "9900 000603", "99 00 000603", "99 00 № 000603", "серия 9900 номер 000603"]
)
def test_annas_passport_is_read_in_any_usual_spelling(text):
    assert passport.parse_number(text) == Passport("9900", "000603")
    assert str(passport.parse_number(text)) == "9900 000603"


@pytest.mark.parametrize("text", ["", "9900 00060", "9900 0006031", "99OO 000603"])
def test_what_is_not_a_passport_number_is_refused(text):
    with pytest.raises(Invalid) as refused:
        passport.parse_number(text)
    assert refused.value.code == "passport_format"


def test_issuer_code_is_read_with_and_without_hyphen():
    assert passport.parse_issuer_code("690001") == passport.parse_issuer_code(" 690-001") == "690-001"
    with pytest.raises(Invalid) as refused:
        passport.parse_issuer_code("69-001")
    assert refused.value.code == "passport_issuer_code"


@pytest.mark.parametrize(
    ("issued", "fault"),
    [
        (date(2026, 11, 23), "passport_issued_in_future"),
        (date(2026, 11, 22), None),
        (date(2010, 4, 12), None),
        (date(2010, 4, 11), "passport_issued_too_early"),
        (date(1990, 1, 1), "passport_issued_too_early"),
    ],
)
def test_a_passport_is_issued_between_the_age_of_14_and_today(issued, fault):
    assert passport.issue_fault(ANNA_BORN, issued, TODAY) == fault


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2010, 5, 1), date(2016, 7, 11)),
        (date(2016, 5, 17), date(2041, 7, 11)),
        (date(2041, 4, 12), None),
    ],
)
def test_a_passport_is_replaced_at_20_and_at_45(issued, last):
    assert passport.replace_by(ANNA_BORN, issued) == last


def test_someone_born_on_29_february_gets_a_passport_too():
    assert passport.issue_fault(date(2004, 2, 29), date(2018, 3, 1), TODAY) is None
    assert passport.issue_fault(date(2004, 2, 29), date(2018, 2, 27), TODAY) == "passport_issued_too_early"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 60, date(2029, 2, 28)),
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
    ],
)
def test_terms_in_months_end_as_the_civil_code_says(start, months, end):
    assert dates.add_months(start, months) == end


DAYS = st.dates(date(1930, 1, 1), date(2090, 1, 1))


@given(DAYS, st.integers(-30, 30))
def test_adding_years_adds_that_many_years(start, years):
    end = dates.add_years(start, years)
    assert end.year == start.year + years
    assert (end.month, end.day) == (start.month, start.day) or (start.month, start.day, end.day) == (
        2,
        29,
        28,
    )


@given(DAYS, DAYS)
def test_full_years_are_the_most_that_fit(start, end):
    years = dates.full_years(start, end)
    assert dates.add_years(start, years) <= end < dates.add_years(start, years + 1)
