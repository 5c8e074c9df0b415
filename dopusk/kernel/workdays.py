"""Working days of the five-day week in Russia, from a dated table.

Base: ТК РФ ст. 112. A public holiday on a Saturday or Sunday moves the day off to the next working day,
except the January ones, two of which the Government moves by decree each year, with any swaps it finds fit.
`DECREES` holds what each decree did. For years whose decree we could not confirm the calendar is computed
from ст. 112 alone, and `certainty(year)` says so: such a year shows two working days more than it will have,
and none of the swaps.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

_DAY = timedelta(days=1)
# (month, day) by ТК РФ ст. 112
_JANUARY = frozenset((1, day) for day in range(1, 9))
_OTHER_HOLIDAYS = ((2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4))


class Certainty(StrEnum):
    """Where a year's calendar comes from."""

    DECREE = "decree"
    RULE = "rule"


@dataclass(frozen=True)
class Decree:
    """What the Government moved in a year: days off added, Saturdays made working, and the act."""

    act: str
    days_off: frozenset[date]
    working: frozenset[date] = frozenset()


DECREES = {
    2024: Decree(
        "Постановление Правительства РФ от 10.08.2023 № 1314",
        frozenset(
            {date(2024, 4, 29), date(2024, 4, 30), date(2024, 5, 10), date(2024, 12, 30), date(2024, 12, 31)}
        ),
        frozenset({date(2024, 4, 27), date(2024, 11, 2), date(2024, 12, 28)}),
    ),
    2025: Decree(
        "Постановление Правительства РФ от 04.10.2024 № 1335",
        frozenset(
            {date(2025, 5, 2), date(2025, 5, 8), date(2025, 6, 13), date(2025, 11, 3), date(2025, 12, 31)}
        ),
        frozenset({date(2025, 11, 1)}),
    ),
    2026: Decree(
        "Постановление Правительства РФ от 24.09.2025 № 1466",
        frozenset({date(2026, 1, 9), date(2026, 12, 31)}),
    ),
}
# Holidays on a weekend whose day off the decree itself moved far away: ст. 112 does not move it again.
_MOVED_BY_DECREE = frozenset({date(2025, 2, 23), date(2025, 3, 8)})


def certainty(year: int) -> Certainty:
    """`decree` where the year's transfers are known, `rule` where only ст. 112 was applied."""
    return Certainty.DECREE if year in DECREES else Certainty.RULE


@lru_cache(maxsize=64)
def _days_off(year: int) -> frozenset[date]:
    """Weekdays of the year on which nobody works."""
    off = {date(year, month, day) for month, day in (*_JANUARY, *_OTHER_HOLIDAYS)}
    decree = DECREES.get(year)
    if decree:
        off |= decree.days_off
    for month, day in _OTHER_HOLIDAYS:
        holiday = date(year, month, day)
        if holiday.weekday() < 5 or holiday in _MOVED_BY_DECREE:
            continue
        while holiday.weekday() >= 5 or holiday in off:
            holiday += _DAY
        off.add(holiday)
    return frozenset(off)


def is_working(day: date) -> bool:
    """Is it a working day of the five-day week (a Saturday made working by decree is)."""
    decree = DECREES.get(day.year)
    if decree and day in decree.working:
        return True
    return day.weekday() < 5 and day not in _days_off(day.year)


def add(start: date, n: int) -> date:
    """The n-th working day after `start` (before it, if n < 0); `start` itself when n is 0.

    The day of the event is not counted (ГК РФ ст. 191), whether or not it is a working day.
    """
    step = _DAY if n >= 0 else -_DAY
    day, left = start, abs(n)
    while left:
        day += step
        left -= is_working(day)
    return day


def between(start: date, end: date) -> int:
    """Working days after `start` up to and including `end`: `between(d, add(d, n)) == n` for n ≥ 0.

    Negative when `end` is earlier: minus the working days after `end` up to `start`.
    """
    if end < start:
        return -between(end, start)
    return sum(is_working(start + i * _DAY) for i in range(1, (end - start).days + 1))
