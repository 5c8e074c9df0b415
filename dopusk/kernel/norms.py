"""Numbers of the law in a dated table: an old application is judged by the norms of its day.

Every row says which act it stands on and how sure we are (`source`: `act` an official text, `secondary`
a retelling, `assumed` ours until confirmed, `disputed` sources disagree). A deployment corrects any of them
with a JSON file:

    [{"key": "min_dpp_hours", "value": 74, "valid_from": "2027-01-01", "valid_to": null, "act": "Приказ № …"}]

Values are integers, fractions as `"2/3"`, dates as `"2026-12-31"`, or words, each of the kind the built-in row of
its key has. A row of the file stands before the built-in rows on the days it covers. A wrong row keeps sites from
starting (check `dopusk.E002`).
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from dopusk.kernel.invalid import Invalid

_709N = "Приказ Минздрава России от 28.10.2022 № 709н"
_34N = "Приказ Минздрава России от 20.01.2026 № 34н"
_323FZ = "Федеральный закон от 21.11.2011 № 323-ФЗ, ст. 69"
_CENTRES = "Требования центров аккредитации к файлам"
_1082N = "Приказ Минздрава России от 22.11.2021 № 1082н"
_63FZ = "Федеральный закон от 06.04.2011 № 63-ФЗ «Об электронной подписи», ст. 6"
# How an act is signed: by the press of a button, as the signer likes, or by an enhanced electronic signature alone.
SIGNING = ("simple", "offered", "required")
TIE_BREAK = ("chair", "none")  # whose vote decides when votes are equal; nobody's: the case is postponed
_709N_FROM, _709N_TO = date(2023, 1, 1), date(2028, 12, 31)


@dataclass(frozen=True)
class Norm:
    """One number of the law, the days on which it holds (both included; None: open) and its act."""

    key: str
    value: int | Fraction | date | str
    valid_from: date
    valid_to: date | None
    act: str
    source: str = "assumed"

    def holds(self, day: date) -> bool:
        """Is the norm in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _by_709n(key: str, value: int | Fraction | str, source: str) -> Norm:
    return Norm(key, value, _709N_FROM, _709N_TO, _709N, source)


TABLE: tuple[Norm, ...] = (
    Norm("term_years", 5, date(2016, 1, 1), None, _323FZ, "secondary"),
    _by_709n("stage_pass_percent", 70, "assumed"),
    _by_709n("retakes_per_stage", 2, "secondary"),
    _by_709n("retake_request_wd", 2, "secondary"),
    _by_709n("attempts_after_failed_stage", 1, "secondary"),
    _by_709n("break_years", 5, "secondary"),
    _by_709n("min_total_hours", 144, "secondary"),
    _by_709n("min_dpp_hours", 72, "disputed"),
    _by_709n("dpp_hours_warn_below", 74, "disputed"),
    _by_709n("report_period_years", 5, "secondary"),
    _by_709n("report_review_wd", 10, "assumed"),
    _by_709n("apply_window_months", 12, "disputed"),
    _by_709n("recommended_lead_months_agreed", 2, "act"),
    _by_709n("recommended_lead_months_not_agreed", 3, "act"),
    _by_709n("center_review_wd", 20, "secondary"),
    _by_709n("commission_review_wd", 15, "secondary"),
    _by_709n("whole_review_wd", 35, "secondary"),
    _by_709n("protocol_signing_days", 0, "secondary"),
    _by_709n("protocol_publication_wd", 2, "secondary"),
    _by_709n("quorum_fraction", Fraction(1, 2), "assumed"),  # more than this part of the members
    _by_709n("majority_fraction", Fraction(1, 2), "assumed"),  # more than this part of the votes
    _by_709n("tie_break", "chair", "assumed"),
    _by_709n("recusal_required", 1, "assumed"),
    _by_709n("appeal_filing_wd", 2, "assumed"),
    _by_709n("appeal_review_min_wd", 3, "assumed"),
    _by_709n("appeal_review_wd", 10, "assumed"),
    _by_709n("court_months", 3, "assumed"),
    _by_709n("clarifications_allowed", 0, "assumed"),
    Norm("extract_days", 3, date(2022, 3, 1), None, _1082N, "secondary"),
    Norm("state_fee", 0, date(2016, 1, 1), None, _323FZ, "assumed"),
    Norm("file_megabytes", 10, date(2016, 1, 1), None, _CENTRES, "secondary"),
    # The law leaves the kind of signature to the rules of each system; these are ours until a centre says its own.
    Norm("sign_application_periodic", "offered", date(2016, 1, 1), None, _63FZ, "assumed"),
    Norm("sign_intake_decision", "simple", date(2016, 1, 1), None, _63FZ, "assumed"),
    Norm("sign_commission_closing", "simple", date(2016, 1, 1), None, _63FZ, "assumed"),
    # Accreditations that ended in 2025: their holders may work until this day.
    Norm("expired_2025_practise_until", date(2026, 12, 31), date(2026, 1, 27), date(2027, 1, 1), _34N, "act"),
)
_WORDS = {row.key: SIGNING for row in TABLE if row.value in SIGNING} | {"tie_break": TIE_BREAK}
_OURS = {row.key: row.value for row in TABLE}
_FIELDS = ("key", "value", "valid_from", "valid_to", "act")


class Norms:
    """The norms in force on one day."""

    def __init__(self, day: date, rows: Iterable[Norm]) -> None:
        self.day = day
        self._rows: dict[str, Norm] = {}
        for row in rows:  # earlier rows stand before later ones
            if row.holds(day):
                self._rows.setdefault(row.key, row)

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def norm(self, key: str) -> Norm:
        """The row with its act and dates. Raises `Invalid("norm_missing")` when none holds on the day."""
        if key not in self._rows:
            raise Invalid("norm_missing", key=key, day=self.day.isoformat())
        return self._rows[key]

    def value(self, key: str) -> int | Fraction:
        """A number. Raises `Invalid`: `norm_missing`, `norm_not_a_number`."""
        value = self.norm(key).value
        if isinstance(value, int | Fraction):
            return value
        raise Invalid("norm_not_a_number", key=key)

    def whole(self, key: str) -> int:
        """A whole number (days, hours, years). Raises `Invalid`: `norm_missing`, `norm_not_whole`."""
        value = self.value(key)
        if isinstance(value, int):
            return value
        raise Invalid("norm_not_whole", key=key)

    def word(self, key: str) -> str:
        """A word such as `chair`. Raises `Invalid`: `norm_missing`, `norm_not_a_word`."""
        value = self.norm(key).value
        if isinstance(value, str):
            return value
        raise Invalid("norm_not_a_word", key=key)


def _parse_value(raw: object) -> int | Fraction | date | str:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if not isinstance(raw, str) or not raw:
        raise Invalid("norm_value")
    if re.fullmatch(r"\d+/[1-9]\d*", raw):
        return Fraction(raw)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        return date.fromisoformat(raw)
    return raw


def read(text: str) -> tuple[Norm, ...]:
    """Rows of a deployment's JSON file; every row is one the sites can live by, or none is taken.

    Raises `Invalid`: `norms_json` (line, column), `norms_format` (no list of rows), and, with the row counted from 1
    and its key: `norm_row` (no such fields), `norm_field` (one nobody knows, or that is missing), `norm_key`,
    `norm_value`, `norm_kind` (a word where a number stands), `norm_word`, `norm_days`.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as broken:
        raise Invalid("norms_json", line=broken.lineno, column=broken.colno) from broken
    if not isinstance(raw, list):
        raise Invalid("norms_format")
    return tuple(_read_row(row, number) for number, row in enumerate(raw, start=1))


def _read_row(raw: object, number: int) -> Norm:
    if not isinstance(raw, dict):
        raise Invalid("norm_row", row=number)
    key = raw.get("key")
    where = {"row": number, "key": key if isinstance(key, str) else ""}
    for name in raw:
        if name not in _FIELDS:
            raise Invalid("norm_field", **where, field=name, known=list(_FIELDS))
    for name in ("key", "value", "valid_from", "act"):
        if name not in raw:
            raise Invalid("norm_field", **where, field=name, known=list(_FIELDS))
    if not isinstance(key, str) or key not in _OURS:
        raise Invalid("norm_key", **where)
    if not isinstance(raw["act"], str) or not raw["act"].strip():
        raise Invalid("norm_field", **where, field="act", known=list(_FIELDS))
    since, until = _read_day(raw["valid_from"], where), None
    if raw.get("valid_to"):
        until = _read_day(raw["valid_to"], where)
        if until < since:
            raise Invalid("norm_days", **where)
    return Norm(key, _read_value(raw["value"], where), since, until, raw["act"], "deployment")


def _read_day(raw: object, where: dict[str, Any]) -> date:
    try:
        return date.fromisoformat(raw)  # type: ignore[arg-type]  # what is no text is refused by it
    except (TypeError, ValueError) as wrong:
        raise Invalid("norm_days", **where) from wrong


def _read_value(raw: object, where: dict[str, Any]) -> int | Fraction | date | str:
    """Of the kind our own row has: whoever asks for hours cannot use a word."""
    try:
        value = _parse_value(raw)
    except ValueError as wrong:  # no value at all, or no day of the calendar
        raise Invalid("norm_value", **where) from wrong
    ours = _OURS[where["key"]]
    if where["key"] in _WORDS:
        if value not in _WORDS[where["key"]]:
            raise Invalid("norm_word", **where, words=list(_WORDS[where["key"]]))
        return value
    kind = "fraction" if isinstance(ours, Fraction) else "date" if isinstance(ours, date) else "whole"
    good = {
        "whole": isinstance(value, int) and value >= 0,
        "fraction": isinstance(value, int | Fraction) and 0 <= value <= 1,
        "date": isinstance(value, date),
    }
    if not good[kind]:
        raise Invalid("norm_kind", **where, kind=kind)
    return value


@lru_cache(maxsize=8)
def _read_file(path: Path, _modified_ns: int) -> tuple[Norm, ...]:
    try:
        return read(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as wrong:
        raise Invalid("norms_format") from wrong


def at(day: date, file: Path | None = None) -> Norms:
    """The norms of that day; `file` is a deployment's JSON of corrections (read again when it changes)."""
    corrections = _read_file(file, file.stat().st_mtime_ns) if file else ()
    return Norms(day, (*corrections, *TABLE))
