"""Kept records said in the language of the page. What is kept stays Russian, as it was written."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils import formats
from django.utils.translation import get_language, gettext

HOLE = re.compile(r"%\\\((\w+)\\\)s")  # of a text that re.escape has been over
DAY = re.compile(r"(?P<d1>\d{2})\.(?P<m1>\d{2})\.(?P<y1>\d{4})|(?P<y2>\d{4})-(?P<m2>\d{2})-(?P<d2>\d{2})")


class Sentences:
    """The sentences a site keeps, as msgids with %(holes)s; what it keeps otherwise is shown as it is."""

    def __init__(self, texts: Iterable[str]) -> None:
        """texts: msgids, the more special first where two could match."""
        self._known = [
            (text, re.compile(HOLE.sub(r"(?P<\1>.+)", re.escape(text)), re.DOTALL)) for text in texts
        ]

    def say(self, words: str) -> str:
        """The record in the current language; unchanged in Russian, and where no sentence fits."""
        if (get_language() or "ru").startswith("ru"):
            return words
        for text, pattern in self._known:
            found = pattern.fullmatch(words)
            if found:
                return gettext(text) % {name: _value(kept) for name, kept in found.groupdict().items()}
        return gettext(words)


def _value(kept: str) -> str:
    """A day, a list of names the catalogue may know, or something of the person's own."""
    found = DAY.fullmatch(kept)
    if found:
        year, month, day = (int(found[f"{part}1"] or found[f"{part}2"]) for part in "ymd")
        return formats.date_format(date(year, month, day), "j E Y")
    return "; ".join(", ".join(_names(part.split(", "))) for part in kept.split("; "))


def _names(parts: list[str]) -> Iterator[str]:
    """Names of a list, the longest known first: a name may have commas of its own."""
    while parts:
        taken = next((n for n in range(len(parts), 1, -1) if _known(", ".join(parts[:n]))), 1)
        name = ", ".join(parts[:taken])
        yield _known(name) or name
        parts = parts[taken:]


def _known(name: str) -> str:
    """The name in the current language, "" if the catalogue has none; it may stand there with a capital."""
    said = gettext(name)
    if said != name:
        return said
    capital = name[:1].upper() + name[1:]
    said = gettext(capital)
    return said[:1].lower() + said[1:] if said != capital else ""
