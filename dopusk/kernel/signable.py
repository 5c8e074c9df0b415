"""The text people sign: one that says itself where, when and for what it was shown, so that it serves nothing else.

UTF-8 without a mark at its beginning, every line ended by CRLF (so that programs which bring text to that form, as
S/MIME wants, change nothing). A head of six lines, an empty line, the body:

    Допуск: текст для подписания, 1
    Что подписывается: Вход на портал «допуск»
    Адрес: https://portal.example.org
    Составлено: 2026-11-23T09:30:00+03:00
    Годится до: 2026-11-23T09:40:00+03:00
    Номер: 6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11

    Фамилия: …

A program that signs for a browser (the agent) compares the address with the page's own origin and signs no other
text. Written and read in exactly one way: ``read(write(x)) == x`` and no other bytes are accepted.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from dopusk.kernel.invalid import Invalid

MAGIC: Final = "Допуск: текст для подписания, 1"
LARGEST: Final = 256 * 1024  # bytes
_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
# C0 and C1 controls, line and paragraph separators, marks that turn the direction of writing or cannot be seen: all of
# Unicode's Default_Ignorable_Code_Point (letters that fill, selectors of variants, tags in which a text can be hidden),
# and the Braille pattern without dots
_UNSEEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LABELS: Final = ("Что подписывается", "Адрес", "Составлено", "Годится до", "Номер")


@dataclass(frozen=True)
class Signable:
    """What a text to be signed says.

    title: the act in one line. origin: of the page, as browsers write it. made_at, good_until: aware, whole seconds.
    number: by which the site knows it again. lines: the body.
    """

    title: str
    origin: str
    made_at: datetime
    good_until: datetime
    number: UUID
    lines: tuple[str, ...] = field(default=())

    def write(self) -> bytes:
        """The exact bytes; Invalid as :func:`read` has it."""
        return _written(_sound(self))


def one_line(text: str) -> str:
    """A text of anybody's as part of a line: whatever cannot be seen becomes a space."""
    return _UNSEEN.sub(" ", text)


def read(content: bytes) -> Signable:
    """What the bytes say.

    Invalid: ``signable_size``, ``signable_form`` (no such text), ``signable_unseen`` (a line with characters nobody
    sees), ``signable_origin``, ``signable_time``.
    """
    if len(content) > LARGEST:
        raise Invalid("signable_size", largest=LARGEST)
    try:
        lines = content.decode("utf-8").split("\r\n")
        if lines[0] != MAGIC or lines[6] != "" or lines[-1] != "":
            raise Invalid("signable_form")
        title, origin, made_at, good_until, number = (
            _labelled(line, label) for line, label in zip(lines[1:6], _LABELS, strict=True)
        )
        found = Signable(
            title,
            origin,
            datetime.fromisoformat(made_at),
            datetime.fromisoformat(good_until),
            UUID(number),
            tuple(lines[7:-1]),
        )
    except (ValueError, IndexError) as broken:
        raise broken if isinstance(broken, Invalid) else Invalid("signable_form") from None
    if _written(_sound(found)) != content:
        raise Invalid("signable_form")
    return found


def _labelled(line: str, label: str) -> str:
    name, _, value = line.partition(": ")
    if name != label or not value:
        raise Invalid("signable_form")
    return value


def _sound(said: Signable) -> Signable:
    if not said.title.strip() or any(_UNSEEN.search(line) for line in (said.title, *said.lines)):
        raise Invalid("signable_unseen")
    if not _ORIGIN.fullmatch(said.origin):
        raise Invalid("signable_origin")
    times = (said.made_at, said.good_until)
    if any(one.tzinfo is None or one.microsecond for one in times) or said.good_until < said.made_at:
        raise Invalid("signable_time")
    return said


def _written(said: Signable) -> bytes:
    values = (
        said.title,
        said.origin,
        said.made_at.isoformat(),
        said.good_until.isoformat(),
        str(said.number),
    )
    head = (f"{label}: {value}" for label, value in zip(_LABELS, values, strict=True))
    content = "".join(line + "\r\n" for line in (MAGIC, *head, "", *said.lines)).encode()
    if len(content) > LARGEST:
        raise Invalid("signable_size", largest=LARGEST)
    return content
