"""What guessers try first: the list with small changes, walks over the keyboard, words about the owner. No Django.

The list itself comes from outside (`passwords.py` takes Django's). Everything here works on a password in NFKC.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise
from typing import Final

ENGLISH: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~{}:\"<>?"
RUSSIAN: Final = "ёйцукенгшщзхъфывапролджэячсмитьбю.ёхъжэбю,"
_AS_ENGLISH: Final = {ord(ru): en for en, ru in zip(ENGLISH, RUSSIAN, strict=True) if ru not in ".,"}
_AS_RUSSIAN: Final = {ord(en): ru for en, ru in zip(ENGLISH, RUSSIAN, strict=True)}
_LEET: Final = str.maketrans("013457@$!", "oleastasi")
_LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
    "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "",
    "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
# Rows and columns of the keyboard, digits, both alphabets: a walk along any of them is one guess.
_WALKS: Final = (
    "1234567890", "abcdefghijklmnopqrstuvwxyz", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
    "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "q1", "w2", "e3", "r4", "t5", "y6", "u7", "i8", "o9",
    "1йфя", "2цыч", "3увс", "4кам", "5епи", "6нрт", "7гоь",
)  # fmt: skip
_STEPS: Final = frozenset(pair for walk in _WALKS for pair in (*pairwise(walk), *pairwise(walk[::-1])))
FRESH: Final = 6  # characters a walk or a repetition cannot foretell, at least
_LEFT: Final = 8  # characters that must remain when what is known of the owner is taken out
_SHORTEST_WORD: Final = 4


def twins(text: str) -> set[str]:
    """The text, and as the same keys write it in the other layout; lower case."""
    lower = text.lower()
    return {lower, lower.translate(_AS_ENGLISH), lower.translate(_AS_RUSSIAN)}


def _cores(text: str) -> Iterator[str]:
    """A word without what people hang on it to please a form: digits and signs around, signs within."""
    yield text
    yield re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    yield re.sub(r"[\W\d_]+", "", text)


def _unit(text: str) -> str:
    """The shortest text that gives this one when repeated."""
    return text[: (text + text).find(text, 1)] if text else ""


def listed(password: str, common: Collection[str]) -> bool:
    """Whether a list of common passwords (lower case) leads to it: as it stands, typed in the other layout, with
    digits and signs added, letters like signs, doubled, or two of the list together."""
    for twin in twins(password):
        for core in {*_cores(twin), *_cores(twin.translate(_LEET))}:
            if core in common or _unit(core) in common:
                return True
            if any(core[:cut] in common and core[cut:] in common for cut in _cuts(core)):
                return True
    return False


def _cuts(core: str) -> range:
    return range(_SHORTEST_WORD, len(core) - _SHORTEST_WORD + 1)


def repeats(password: str) -> bool:
    """Whether it is mostly one sign, one short piece again and again, or a walk over the keyboard or an alphabet."""
    lower = password.lower()
    unit = _unit(lower)
    core = unit if len(unit) < len(lower) else lower
    fresh = sum(
        1
        for before, sign in zip(" " + core, core, strict=False)
        if sign != before and (before, sign) not in _STEPS
    )
    return fresh < FRESH or len(set(core)) < FRESH - 1


def personal(password: str, context: Iterable[str]) -> bool:
    """Whether little remains of it when what is known of the owner is taken out: names, mail, telephone, numbers.

    Names count in Latin letters and in the other layout too.
    """
    pieces = sorted({piece for text in context for piece in _pieces(text)}, key=len, reverse=True)
    bare = re.sub(r"[\W_]+", "", password)  # a telephone with its brackets is a telephone
    tried = twins(password) | twins(bare)
    return any(_remains(twin, pieces) < min(_LEFT, len(password)) for twin in tried)


def _remains(text: str, pieces: list[str]) -> int:
    """How many characters are left without the pieces; all of them when no piece is there at all."""
    found = False
    for piece in pieces:
        if piece in text:
            found, text = True, text.replace(piece, "")
    letters = len(re.sub(r"[\W\d_]+", "", text))
    return letters if found else max(len(text), _LEFT)


def _pieces(text: str) -> Iterator[str]:
    lower = text.lower()
    for word in re.findall(r"[^\W\d_]{3,}", lower):
        yield word
        yield "".join(_LATIN.get(sign, sign) for sign in word)
    digits = re.sub(r"\D", "", text)
    if len(digits) >= _SHORTEST_WORD:
        yield digits
        if len(digits) > 10:
            yield digits[-10:]
            yield digits[:9]
    if len(digits) >= 10:
        yield digits[-7:]
