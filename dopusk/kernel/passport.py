"""Russian citizen's passport: number, issuer's code, and dates that cannot be (ПП № 2267 of 23.12.2023)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from dopusk.kernel import dates, digits, pasted
from dopusk.kernel.invalid import Invalid

FIRST_AT = 14  # years of age
REPLACED_AT = (20, 45)  # years of age
REPLACED_WITHIN_DAYS = 90  # after the birthday [M]
# Words around a number; `№` is folded to `No` before.
_AROUND = re.compile(r"(?i)паспорт|серия|номер|(?<![a-z])No?\.?(?=[\s\d])|[:;]")


@dataclass(frozen=True)
class Passport:
    """Series (4 digits) and number (6 digits)."""

    series: str
    number: str

    def __str__(self) -> str:
        return f"{self.series} {self.number}"


def parse_number(text: str) -> Passport:
    """Series and number from `9900 000603`, `99 00 № 000603`… Raises `Invalid("passport_format")`."""
    known = pasted.plain(text)
    if known is None:
        raise Invalid("passport_format")
    bare = _AROUND.sub(" ", known)
    try:
        ten = digits.of(bare, 10, "passport")
    except Invalid as refused:
        raise Invalid("passport_format", **refused.detail) from None
    return Passport(ten[:4], ten[4:])


def parse_issuer_code(text: str) -> str:
    """`690-001` from `690001` or `690-001`. Raises `Invalid("passport_issuer_code")`."""
    try:
        six = digits.of(text, 6, "passport")
    except Invalid as refused:
        raise Invalid("passport_issuer_code", **refused.detail) from None
    return f"{six[:3]}-{six[3:]}"


def issue_fault(birth: date, issued: date, today: date) -> str | None:
    """Why a passport could not have been issued on that day, or None.

    `passport_issued_in_future`, `passport_issued_too_early` (before the age of 14).
    """
    if issued > today:
        return "passport_issued_in_future"
    if issued < dates.add_years(birth, FIRST_AT):
        return "passport_issued_too_early"
    return None


def replace_by(birth: date, issued: date) -> date | None:
    """The last day before this passport must be replaced (at 20, at 45, plus 90 days), or None. [M]"""
    for age in REPLACED_AT:
        if issued < (birthday := dates.add_years(birth, age)):
            return birthday + timedelta(days=REPLACED_WITHIN_DAYS)
    return None
