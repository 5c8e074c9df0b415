"""What later slices add to the status page: each registers a function, so that this slice imports none of them."""

from collections.abc import Callable
from typing import Any

from dopusk.cabinet.applications.models import Application

Part = Callable[[Application], tuple[str, dict[str, Any]] | None]

_parts: list[tuple[int, Part]] = []


def part(place: int) -> Callable[[Part], Part]:
    """Register a part: it answers with a template and its context, or None to show nothing. place: its order.

    A part that knows of registers that do not answer puts them under `silent`: [{"name", "since", "next_at"}].
    """

    def keep(function: Part) -> Part:
        _parts.append((place, function))
        _parts.sort(key=lambda pair: pair[0])
        return function

    return keep


def of(application: Application) -> list[tuple[str, dict[str, Any]]]:
    """Templates and contexts of all parts that have something to say about the application."""
    answers = (function(application) for _place, function in _parts)
    return [answer for answer in answers if answer is not None]
