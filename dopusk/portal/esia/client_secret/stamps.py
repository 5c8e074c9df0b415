"""The `timestamp` of a request: `yyyy.MM.dd HH:mm:ss Z` (reference §2), and the ways it goes wrong."""

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

_DAY_AND_TIME: Final = r"(\d{4})\.(\d\d)\.(\d\d) (\d\d):(\d\d):(\d\d)"
_RIGHT: Final = re.compile(_DAY_AND_TIME + r" ([+-])(\d\d)(\d\d)", re.ASCII)
_PLUS_LOST: Final = re.compile(_DAY_AND_TIME + r"( {1,2})(\d\d)(\d\d)", re.ASCII)
_FORMS: Final = [
    ("timestamp_encoded", re.compile(r".*%[0-9A-Fa-f]{2}.*|\d{4}\.\d\d\.\d\d\+\d\d:.*", re.ASCII)),
    ("timestamp_unix", re.compile(r"\d{9,13}(\.\d+)?", re.ASCII)),
    ("timestamp_iso", re.compile(r"\d{4}-\d\d-\d\d[T ].*", re.ASCII)),
    ("timestamp_no_zone", re.compile(_DAY_AND_TIME, re.ASCII)),
    (
        "timestamp_zone_form",
        re.compile(_DAY_AND_TIME + r" ?(Z|[A-Za-z]{2,5}|[+-]\d\d(:\d\d)?|[+-]\d{4})", re.ASCII),
    ),
]
_QUARTER: Final = 900  # seconds: zones differ by whole quarters of an hour
_WIDEST: Final = 26 * 3600
_FIRST_YEAR, _LAST_YEAR = 1, 9999  # beyond them other zones have no moment


@dataclass(frozen=True)
class Stamp:
    """A timestamp as read. text: as it stands in the signed string. deviations: codes of what was forgiven."""

    moment: datetime
    text: str
    deviations: tuple[str, ...] = ()


def read(text: str, *, lenient: bool) -> Stamp | str:
    """The stamp, or the code of what is wrong with it. Quirk 16 of the reference, §10: a lost `+`, the hour 24."""
    deviations = []
    found = _RIGHT.fullmatch(text)
    if not found and _PLUS_LOST.fullmatch(text):
        if not lenient:
            return "timestamp_plus"
        deviations.append("timestamp_plus")
        text = _PLUS_LOST.sub(r"\1.\2.\3 \4:\5:\6 +\8\9", text)
        found = _RIGHT.fullmatch(text)
    if not found:
        return next((code for code, form in _FORMS if form.fullmatch(text)), "timestamp_form")
    year, month, day, hour, minute, second = (int(found[index]) for index in range(1, 7))
    if hour == 24:
        if not lenient:
            return "timestamp_hour_24"
        deviations.append("timestamp_hour_24")
        hour = 0
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
    except ValueError:
        return "timestamp_form"
    if not _FIRST_YEAR < moment.year < _LAST_YEAR:
        return "timestamp_form"
    return Stamp(moment, text, tuple(deviations))


def write(moment: datetime, zone: timezone) -> str:
    """A moment as requests have it, in a zone."""
    return f"{moment.astimezone(zone):%Y.%m.%d %H:%M:%S %z}"


def late(stamp: Stamp, now: datetime) -> int:
    """Whole seconds the client's clock is behind ours; negative when it is ahead. Ours is cut to the second, as his
    is written: times that read the same do not differ."""
    return math.floor((now - stamp.moment).total_seconds())


def clock_fault(seconds: int, tolerance: int) -> str:
    """Why this difference of clocks is too much, or nothing. A whole number of quarters is a wrong time zone."""
    if abs(seconds) <= tolerance:
        return ""
    rest = abs(seconds) % _QUARTER
    if abs(seconds) <= _WIDEST and min(rest, _QUARTER - rest) <= min(60, tolerance):
        return "clock_zone"
    return "clock_behind" if seconds > 0 else "clock_ahead"


def zone_of(stamp: Stamp) -> timezone:
    """The zone a timestamp names."""
    return timezone(stamp.moment.utcoffset() or timedelta())
