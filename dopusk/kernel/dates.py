"""Terms in months and years, as ГК РФ ст. 192 п. 3 counts them."""

import calendar
from datetime import date


def add_months(start: date, months: int) -> date:
    """The same day of a later (or earlier) month; where there is none, the last day of that month."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(start.day, last))


def add_years(start: date, years: int) -> date:
    """The same day of a later (or earlier) year; 29 February becomes 28 February where there is none."""
    return add_months(start, years * 12)


def full_years(start: date, end: date) -> int:
    """Whole years from `start` to `end` (an age, a length of service); negative if `end` is earlier."""
    return end.year - start.year - (add_years(start, end.year - start.year) > end)
