"""Requests that wait for a person's answer: whoever sends her here tells which service asks, and what for."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from dopusk.portal.clients.rules import Registration

Reader = Callable[[Mapping[str, str]], tuple[Registration | None, frozenset[str]]]
# By the path the person comes back to; filled by higher slices when they are ready. A reader takes the parameters.
READERS: Final[dict[str, Reader]] = {}
# What else she should know before she answers, in her language; by the same paths.
NOTES: Final[dict[str, Callable[[Mapping[str, str]], list[str]]]] = {}


def notes(next_path: str) -> list[str]:
    """What else the waiting request asks for, in sentences; none when there is nothing to add."""
    parts = urlsplit(next_path)
    teller = NOTES.get(parts.path)
    return teller({name: values[0] for name, values in parse_qs(parts.query).items()}) if teller else []


def asked(next_path: str) -> tuple[Registration | None, frozenset[str]]:
    """The service and the scopes of the waiting request; nothing when it is not one."""
    parts = urlsplit(next_path)
    reader = READERS.get(parts.path)
    if reader is None:
        return None, frozenset()
    return reader({name: values[0] for name, values in parse_qs(parts.query).items()})
