"""What is asked: number, code and the face of the answer, out of an address as people and machines write it."""

import re
from typing import Final
from urllib.parse import parse_qs

from dopusk.cabinet.certificates import numbers

_EXACT_NUMBER: Final = re.compile(r"[0-9]{13}")
_EXACT_QUERY: Final = re.compile(rf"code=([{numbers.ALPHABET}]{{{numbers.CODE_LENGTH}}})(?:&format=json)?")
_LONGEST_QUERY: Final = 500  # characters; a longer one asks nothing


def read(number: str, query: str) -> tuple[str | None, str | None]:
    """Number and code out of an address; None stands for a value that no certificate can have.

    number: the last part of the path; query: the raw query string.

    Written exactly, as our QR codes have it, both are taken by pattern; else as leniently as people type.
    """
    exact = _EXACT_QUERY.fullmatch(query)
    if exact and _EXACT_NUMBER.fullmatch(number):
        return number, exact[1]
    codes = parse_qs(query).get("code", []) if len(query) <= _LONGEST_QUERY else []
    return numbers.parse_number(number), numbers.parse_code(codes[0]) if codes else None


def wants_json(accept: str, query: str) -> bool:
    """Whether a machine asks: `?format=json`, or Accept names JSON and not HTML."""
    if accept == "application/json":
        return True
    return "format=json" in query or ("application/json" in accept and "text/html" not in accept)
