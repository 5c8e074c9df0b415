"""Days on which commissions sit. 2026 as published; other years by its pattern: last Tuesday. [M]"""

import calendar
from datetime import date

from dopusk.kernel import workdays

_TUESDAY = 1
PUBLISHED = {
    2026: tuple(
        date(2026, month, day)
        for month, day in (
            (1, 27), (2, 24), (3, 31), (4, 28), (5, 26), (6, 30),
            (7, 28), (8, 25), (9, 29), (10, 27), (11, 24), (12, 22),
        )
    ),
}  # fmt: skip


def _by_pattern(year: int, month: int) -> date:
    """The last Tuesday of the month (of December the last but one), or the working day before it."""
    last = calendar.monthrange(year, month)[1]
    day = last - (date(year, month, last).weekday() - _TUESDAY) % 7
    sitting = date(year, month, day - 7 if month == 12 else day)
    return sitting if workdays.is_working(sitting) else workdays.add(sitting, -1)


def planned(year: int) -> tuple[date, ...]:
    """The twelve sittings of a year."""
    return PUBLISHED.get(year) or tuple(_by_pattern(year, month) for month in range(1, 13))


def next_on_or_after(day: date) -> date:
    """The nearest sitting not earlier than `day`."""
    return next(sitting for year in (day.year, day.year + 1) for sitting in planned(year) if sitting >= day)
