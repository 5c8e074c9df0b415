"""Requests that wait for a person's answer: whoever sends her here tells which service asks, and what for."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

from dopusk.portal.clients.rules import Registration

Reader = Callable[[Mapping[str, str]], tuple[Registration | None, frozenset[str]]]
# By the path the person comes back to; filled by higher slices when they are ready. A reader takes the parameters.
READERS: Final[dict[str, Reader]] = {}


def asked(next_path: str) -> tuple[Registration | None, frozenset[str]]:
    """The service and the scopes of the waiting request; nothing when it is not one."""
    parts = urlsplit(next_path)
    reader = READERS.get(parts.path)
    if reader is None:
        return None, frozenset()
    return reader({name: values[0] for name, values in parse_qs(parts.query).items()})
