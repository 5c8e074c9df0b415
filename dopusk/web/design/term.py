"""The five-year bar of an accreditation, measured for SVG: no inline style, so that the strict CSP holds."""

import datetime as dt
from dataclasses import dataclass

from dopusk.kernel import dates

WIDTH = 1000
SOON = 180  # days before the end when the term asks for attention


@dataclass(frozen=True)
class Mark:
    """A year on the bar: x in units of WIDTH."""

    x: int
    year: int


@dataclass(frozen=True)
class Bar:
    """A term laid out over WIDTH units. phase: before, running, soon or over."""

    start: dt.date
    end: dt.date
    today: dt.date
    phase: str
    x: int
    marks: tuple[Mark, ...]

    @property
    def percent(self) -> int:
        """How much of the term has passed, 0 to 100."""
        return self.x * 100 // WIDTH


def draw(start: dt.date, end: dt.date, today: dt.date) -> Bar:
    """Lay the term out; `end` before `start` counts as a term of one day."""
    length = max((end - start).days, 1)

    def place(when: dt.date) -> int:
        return min(max((when - start).days * WIDTH // length, 0), WIDTH)

    whole = dates.full_years(start, end)
    marks = tuple(
        Mark(place(at), at.year)
        for at in (dates.add_years(start, n) for n in range(1, whole + 1))
        if at < end
    )
    if today < start:
        phase = "before"
    elif today > end:
        phase = "over"
    else:
        phase = "soon" if (end - today).days <= SOON else "running"
    return Bar(start, end, today, phase, place(today), marks)
