"""Russian telephone numbers."""

import re

from dopusk.kernel import pasted
from dopusk.kernel.invalid import Invalid

_LENGTH = 10  # national digits


def parse(text: str) -> str:
    """`+79001234567` from `8 900 123-45-67`, `+7 (900) …`, `900…`. Raises `Invalid("phone_format")`."""
    bare = re.sub(r"[\s()\-\u2010-\u2015\u2212.]", "", pasted.plain(text) or "")
    found = re.fullmatch(r"(?:\+7|7|8)?([0-9]{10})", bare)
    if not found:
        raise Invalid("phone_format")
    return "+7" + found[1]


def show(number: str) -> str:
    """`+7 900 123-45-67`."""
    rest = number[-_LENGTH:]
    return f"+7 {rest[:3]} {rest[3:6]}-{rest[6:8]}-{rest[8:]}"


def mask(number: str) -> str:
    """`+7 *** ***-**-67`, for lists and logs."""
    return f"+7 *** ***-**-{number[-2:]}"
