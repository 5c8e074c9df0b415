"""Russian personal names: cleaned, compared, sorted, shortened, masked."""

import re
import unicodedata

from dopusk.kernel.invalid import Invalid

LONGEST = 100
_DASHES = re.compile(r"\s*[\-\u2010-\u2015\u2212]+\s*")
_APOSTROPHES = re.compile(r"[\u2018\u2019\u02bc`\u00b4]")
# Never with a capital inside a name: nobility, descent, «son of» and «daughter of».
_PARTICLES = frozenset(
    [
        "аль",
        "бинт",
        "дер",
        "де",
        "дель",
        "делла",
        "дю",
        "заде",
        "ибн",
        "кызы",
        "оглу",
        "оглы",
        "угли",
        "уулу",
        "фон",
        "цу",
        "эль",
    ]
)
# Names of their own as often as particles; kept small only when the rest of the name was given its capitals.
_DOUBTFUL = frozenset(["ас", "ах", "ван", "да", "ден", "ди", "ла", "ле"])
_WORD = re.compile(r"[А-Яа-яЁё']+")
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


def proper(text: str) -> str:
    """A name as a person typed it, cleaned and with its capitals: `фролова` and `ФРОЛОВА` are `Фролова`.

    A word that mixes small and capital letters stays as typed (`МакДональд`), but for a keyboard left in capitals
    (`фРОЛОВА`). Particles stay small (`фон Браун`, `Мамед-оглы`) unless they are the whole name.
    Raises `Invalid` as `clean` does.
    """
    text = clean(text)
    doubtful = frozenset[str]() if text.islower() or text.isupper() else _DOUBTFUL
    small = _PARTICLES | doubtful if _WORD.fullmatch(text) is None else frozenset[str]()
    made = _WORD.sub(lambda word: _capital(word.group(), small), text)
    return _capital_first(made) if made.islower() else made


def _capital(word: str, small: frozenset[str]) -> str:
    """One word of a name; after one letter with an apostrophe stands a capital too: `Д'Артаньян`."""
    if word.lower() in small and not word.istitle():
        return word.lower()
    if not (word.islower() or word.isupper() or (word[:1].islower() and word[1:].isupper())):
        return word
    parts = word.split("'")
    first, rest = parts[0], parts[1:]
    rest = [_capital_first(part) if len(first) == 1 else part.lower() for part in rest]
    return "'".join([_capital_first(first), *rest])


def _capital_first(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


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
