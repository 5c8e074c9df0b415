"""Which questions can be asked of what is known, with which wrong answers.

`rank` gives every text its place in an order that only we can foretell and that never changes for one person:
which of several true answers is asked about, which wrong ones stand beside it and which three questions are
asked follow from it. Asking twice therefore shows the same options, and an option that appears in the pool
later displaces at most one other.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from dopusk.kernel import names

ASKED, MOST_WRONG, LEAST_WRONG = 3, 4, 3
YEARS_AROUND = 14  # how wide the years of one question lie
GROWN_UP = 18  # nobody has such a diploma earlier
ALIKE = 0.6  # part of all their words that two answers may share

Rank = Callable[[str], bytes]


class Kind(StrEnum):
    """What a question is about."""

    INSTITUTION = "institution"  # where she studied
    DIPLOMA_YEAR = "diploma_year"  # in which year she got her diploma
    SPECIALTY = "specialty"  # in what she was trained
    EMPLOYER = "employer"  # where she works or worked
    POST = "post"  # as what
    BIRTH_PLACE = (
        "birth_place"  # as her passport says; asked only when nothing else is left: a thief may hold it
    )


LAST_RESORT = frozenset({Kind.BIRTH_PLACE})


@dataclass(frozen=True)
class Material:
    """What one question may be made of. asked: true answers to ask about; true: all that is true of her and must
    not stand among the wrong ones; pool: where wrong ones come from."""

    kind: Kind
    asked: tuple[str, ...]
    true: tuple[str, ...]
    pool: tuple[str, ...]


@dataclass(frozen=True)
class Posed:
    """A question with its right answer and three or four wrong ones."""

    kind: Kind
    right: str
    wrong: tuple[str, ...]


# Words that tell nothing apart: legal forms, and what every name of the sandbox has.
_EMPTY = frozenset(
    [
        "г",
        "гбуз",
        "гауз",
        "гбпоу",
        "гуп",
        "фгбоу",
        "во",
        "ооо",
        "имени",
        "им",
        "и",
        "в",
        "на",
        "по",
        "учебный",
        "учебная",
        "учебное",
        "учебной",
    ]
)


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"\d+|[^\W\d_]+", names.sort_key(text))
    return frozenset(found) - _EMPTY or frozenset(found)


def _same_word(one: str, other: str) -> bool:
    """Equal, or two endings of one long word; numbers only when equal."""
    if one == other or one.isdigit() or other.isdigit():
        return one == other
    stem = max(4, max(len(one), len(other)) - 3)
    return one[:stem] == other[:stem] and min(len(one), len(other)) >= stem


def near(one: str, other: str) -> bool:
    """Might a person who means one of the answers point at the other. Years: less than two apart."""
    if one.isdecimal() and other.isdecimal():
        return abs(int(one) - int(other)) < 2
    left, right = _words(one), _words(other)
    left_shared = sum(any(_same_word(word, twin) for twin in right) for word in left)
    right_shared = sum(any(_same_word(word, twin) for twin in left) for word in right)
    if left_shared == len(left) or right_shared == len(right):
        return True
    shared = min(left_shared, right_shared)
    return shared / (len(left) + len(right) - shared) > ALIKE


def shape(text: str) -> str:
    """What a name looks like beside its own words: `ГБУЗ, Тверская область` of `ГБУЗ «…» (учебная), Тверская область`.

    Wrong answers of the right one's shape come first, so that it does not stand out.
    """
    bare = re.sub(r"«[^»]*»|\([^)]*\)|№\s*\d+", " ", text)
    if bare == text:
        first = text.split(" ", maxsplit=1)[0]
        return first if first.endswith(".") else ""
    return " ".join(bare.split())


def pose(material: Material, rank: Rank) -> Posed | None:
    """A question of this material; None when it has no true answer or fewer than three wrong ones."""
    if not material.asked:
        return None
    right = min(material.asked, key=rank)
    avoided = [*material.true, right]
    wrong: list[str] = []
    for option in sorted(set(material.pool), key=lambda text: (shape(text) != shape(right), rank(text))):
        if not any(near(option, other) for other in (*avoided, *wrong)):
            wrong.append(option)
            if len(wrong) == MOST_WRONG:
                break
    return Posed(material.kind, right, tuple(wrong)) if len(wrong) >= LEAST_WRONG else None


def choose(materials: Iterable[Material], rank: Rank) -> tuple[Posed, ...] | None:
    """Three questions, or None when three cannot be made."""
    posed = [one for material in materials if (one := pose(material, rank))]
    posed.sort(key=lambda one: (one.kind in LAST_RESORT, rank(f"question {one.kind}")))
    return tuple(posed[:ASKED]) if len(posed) >= ASKED else None


def of_years(years: Iterable[int], born: int, this_year: int, rank: Rank) -> Material:
    """Of years of diplomas. The right year may stand anywhere among the wrong ones: not always in the middle.

    born: year of birth, which the asker knows: no year is offered in which she was a child.
    """
    asked = tuple(str(year) for year in sorted(set(years)))
    if not asked:
        return Material(Kind.DIPLOMA_YEAR, (), (), ())
    right = int(min(asked, key=rank))
    first = right - int.from_bytes(rank("years")[:4], "big") % (YEARS_AROUND + 1)
    first = max(min(first, this_year - YEARS_AROUND), min(born + GROWN_UP, right))
    pool = tuple(str(year) for year in range(first, min(first + YEARS_AROUND, this_year) + 1))
    return Material(Kind.DIPLOMA_YEAR, asked, asked, pool)
