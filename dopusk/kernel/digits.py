"""Digits out of a document number as people write it."""

import re

from dopusk.kernel import pasted
from dopusk.kernel.invalid import Invalid

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212.,/]+")
# What a number is called, in front of it: `СНИЛС: 112-…`; `№` is folded to `No` before.
_CALLED = {"snils": "снилс", "inn": "инн", "ogrn": "огрнип|огрн"}


def of(text: str, need: int, kind: str) -> str:
    """Exactly `need` ASCII digits of `text`, written with any usual separators.

    Raises `Invalid` with `<kind>_characters` or `<kind>_length` (detail `have`, `need`).
    """
    known = pasted.plain(text)
    if known is None:
        raise Invalid(f"{kind}_length", have=len(text), need=need)
    known = re.sub(rf"(?i)^\s*(?:{_CALLED.get(kind, '')})?\s*(?:No\.?)?\s*:?", "", known)
    bare = _SEPARATORS.sub("", known)
    if not (bare.isascii() and bare.isdigit()) and bare:
        raise Invalid(f"{kind}_characters")
    if len(bare) != need:
        raise Invalid(f"{kind}_length", have=len(bare), need=need)
    return bare


def weighted(digits: str, weights: tuple[int, ...]) -> int:
    """Sum of digits multiplied by weights, pair by pair from the left."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
