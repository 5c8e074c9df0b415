"""Russian personal names: cleaned, compared, sorted, shortened, masked."""

import re
import unicodedata

from dopusk.kernel.invalid import Invalid

LONGEST = 100
_DASHES = re.compile(r"\s*[\-\u2010-\u2015\u2212]+\s*")
_APOSTROPHES = re.compile(r"[\u2018\u2019\u02bc`\u00b4]")
_NAME = re.compile(r"[А-Яа-яЁё]+(?:[ '-]+[А-Яа-яЁё]+)*")


def clean(text: str) -> str:
    """A name as it is kept: one kind of hyphen and apostrophe, single spaces, letters as given.

    Raises `Invalid`: `name_empty`, `name_length`, `name_characters`.
    """
    text = _APOSTROPHES.sub("'", unicodedata.normalize("NFC", text))
    text = _DASHES.sub("-", " ".join(text.split()))
    if not text:
        raise Invalid("name_empty")
    if len(text) > LONGEST:
        raise Invalid("name_length", have=len(text), need=LONGEST)
    if not _NAME.fullmatch(text):
        raise Invalid("name_characters")
    return text


def sort_key(text: str) -> str:
    """Key by which names sort the Russian way under a C collation: case folded, ё→е, spaces tidied."""
    text = _DASHES.sub("-", " ".join(unicodedata.normalize("NFC", text).split()))
    return text.casefold().replace("ё", "е")


def same(one: str, other: str) -> bool:
    """Do two spellings name the same: blind to case, ё/е, hyphen or space."""
    return sort_key(one).replace("-", " ") == sort_key(other).replace("-", " ")


def full(last: str, first: str, patronymic: str = "") -> str:
    """`Орлова Анна Сергеевна`."""
    return " ".join(part for part in (last, first, patronymic) if part)


def short(last: str, first: str, patronymic: str = "") -> str:
    """`Орлова А. С.`."""
    return " ".join([last, *(f"{part[0]}." for part in (first, patronymic) if part)])


def mask(last: str, first: str, patronymic: str = "") -> str:
    """`О***** Анна С.`, for the public verification page."""
    hidden = last[:1] + "*" * (len(last) - 1)
    return " ".join(part for part in (hidden, first, f"{patronymic[0]}." if patronymic else "") if part)
