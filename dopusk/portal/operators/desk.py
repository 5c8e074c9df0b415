"""The cards of the operators' first page: higher slices add theirs in `apps.py`, as `CARDS["review"] = Card(…)`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from dopusk.portal.operators.rules import Right


@dataclass(frozen=True)
class Card:
    """One kind of work. address: name of its page, `slice:view`; waiting: how much of it waits, one query, or None;
    place: cards stand in this order."""

    right: Right
    title: str | Promise
    text: str | Promise
    address: str
    waiting: Callable[[], int] | None = None
    place: int = 50


CARDS: Final[dict[str, Card]] = {}


def of(rights: frozenset[Right]) -> list[Card]:
    """The cards of somebody with these rights."""
    return sorted((card for card in CARDS.values() if card.right in rights), key=lambda card: card.place)
