"""Cards of the first page of «Безопасность» that higher slices bring when they are ready."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Card:
    """One of them, in words of the page's language. lines: what there is, at most a few; url, label: where to go."""

    title: str
    text: str
    lines: list[str]
    url: str
    label: str


CARDS: Final[dict[str, Callable[[uuid.UUID], Card]]] = {}
