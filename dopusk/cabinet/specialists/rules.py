"""What two sources say about one person, side by side. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from dopusk.kernel import names


@dataclass(frozen=True)
class Row:
    """One field. agrees None: one of the sources says nothing."""

    field: str
    portal: str
    register: str
    agrees: bool | None


def _exactly(one: str, other: str) -> bool:
    return one == other


COMPARE: dict[str, Callable[[str, str], bool]] = {
    "last_name": names.same,
    "first_name": names.same,
    "patronymic": names.same,
}


def compare(portal: dict[str, str], register: dict[str, str]) -> tuple[Row, ...]:
    """Rows in the order of the portal's fields. Values are texts ready to be read; "" for unknown."""
    return tuple(_row(field, told, register.get(field, "")) for field, told in portal.items())


def _row(field: str, told: str, held: str) -> Row:
    agrees = COMPARE.get(field, _exactly)(told, held) if told and held else None
    return Row(field, told, held, agrees)
