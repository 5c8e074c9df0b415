"""The Russian working calendar, 2024–2028."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import sittings, workdays
from dopusk.kernel.workdays import Certainty

DAYS = st.dates(date(2024, 1, 1), date(2028, 6, 1))


@pytest.mark.parametrize(("year", "count"), [(2024, 248), (2025, 247), (2026, 247)])
def test_a_year_by_decree_has_the_published_number_of_working_days(year, count):
    assert workdays.certainty(year) is Certainty.DECREE
    assert workdays.between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(
    ("year", "month", "count"),
    [
        (2024, 4, 21), (2024, 5, 20), (2024, 12, 21), (2025, 5, 18), (2025, 6, 19), (2025, 11, 19),
        (2026, 1, 15), (2026, 3, 21), (2026, 5, 19), (2026, 12, 22),
    ],
)  # fmt: skip
def test_months_have_the_published_number_of_working_days(year, month, count):
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    assert workdays.between(first - timedelta(days=1), last) == count


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 4, 27), True), (date(2024, 4, 29), False), (date(2024, 12, 28), True),
        (date(2025, 2, 24), True), (date(2025, 3, 10), True), (date(2025, 11, 1), True),
        (date(2025, 11, 3), False),
        (date(2026, 1, 9), False), (date(2026, 1, 12), True), (date(2026, 3, 9), False),
        (date(2026, 5, 11), False),
        (date(2026, 12, 31), False), (date(2026, 11, 21), False), (date(2026, 11, 23), True),
        (date(2027, 2, 23), False), (date(2027, 5, 3), False), (date(2027, 6, 14), False),
    ],
)  # fmt: skip
def test_particular_days(day, works):
    assert workdays.is_working(day) is works


def test_a_year_without_a_known_decree_says_it_is_computed():
    assert workdays.certainty(2027) is workdays.certainty(2028) is Certainty.RULE


def test_twenty_working_days_across_the_new_year():
    # Registered on Monday 21 December 2026: 22–25, 28–30 (7 days); 31.12–10.01 off; 11–22, 25–27 January.
    assert workdays.add(date(2026, 12, 21), 20) == date(2027, 1, 27)


def test_the_day_of_the_event_is_not_counted():
    assert workdays.add(date(2026, 11, 22), 1) == date(2026, 11, 23)
    assert workdays.add(date(2026, 11, 23), 1) == date(2026, 11, 24)
    assert workdays.add(date(2026, 11, 22), 0) == date(2026, 11, 22)


@given(DAYS, st.integers(1, 60))
def test_adding_lands_on_a_working_day_and_between_counts_it_back(start, n):
    end = workdays.add(start, n)
    assert workdays.is_working(end)
    assert workdays.between(start, end) == n
    assert workdays.between(end, start) == -n


@given(DAYS, st.integers(1, 40), st.integers(1, 40))
def test_adding_in_two_steps_is_adding_at_once(start, one, other):
    assert workdays.add(workdays.add(start, one), other) == workdays.add(start, one + other)


@given(DAYS, st.integers(1, 40))
def test_going_back_from_a_working_day_returns_to_it(start, n):
    day = workdays.add(start, 1)
    assert workdays.add(workdays.add(day, n), -n) == day


def test_the_sittings_of_2026_are_the_published_ones():
    assert len(sittings.planned(2026)) == 12
    assert sittings.next_on_or_after(date(2026, 11, 22)) == date(2026, 11, 24)
    assert sittings.next_on_or_after(date(2026, 11, 25)) == date(2026, 12, 22)


@given(st.integers(2023, 2035))
def test_commissions_sit_every_month_on_a_working_day(year):
    planned = sittings.planned(year)
    assert [day.month for day in planned] == list(range(1, 13))
    assert all(workdays.is_working(day) for day in planned)


def test_after_the_last_sitting_of_a_year_comes_the_first_of_the_next():
    assert sittings.next_on_or_after(date(2026, 12, 23)) == date(2027, 1, 26)
