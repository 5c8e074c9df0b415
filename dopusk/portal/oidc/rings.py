"""Families of signing keys, for the command `keys`: the provider's own; higher slices add theirs when ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import isinf
from typing import Final, Protocol

from dopusk.portal.oidc import keys
from dopusk.portal.oidc.keys import Rotation
from dopusk.portal.oidc.models import SigningKey


class Rotate(Protocol):
    """Brings in the next key of an algorithm; `now`: it signs at once, before services have learnt of it."""

    def __call__(self, alg: str, *, now: bool) -> Rotation: ...


@dataclass(frozen=True)
class Shown:
    """A key as the operator is told of it. signs_from: in seconds since 1970; until: when its turn is over, or None."""

    alg: str
    kid: str
    signs_from: float
    until: float | None


@dataclass(frozen=True)
class Family:
    """algs: all it can sign with. used: those that have a key now. published: its keys that others should know."""

    algs: frozenset[str]
    used: Callable[[], Iterable[str]]
    rotate: Rotate
    published: Callable[[], Iterable[Shown]]


def _used() -> list[str]:
    return sorted(SigningKey.objects.filter(retired_at=None).values_list("alg", flat=True))


def _published() -> list[Shown]:
    return [
        Shown(one.alg, one.kid, one.signs_from, None if isinf(one.signs_until) else one.signs_until)
        for one in keys.published()
    ]


FAMILIES: Final[dict[str, Family]] = {
    "oidc": Family(frozenset(keys.KINDS), _used, lambda alg, *, now: keys.rotate(alg, now=now), _published),
}


def rotate(alg: str | None, families: Iterable[str], *, now: bool) -> dict[str, list[Rotation]]:
    """Rotate one algorithm, or all in use, of these families. Raises LookupError when none of them has the algorithm.

    An algorithm asked for by name that no family uses yet gets its first key in the first family that knows it.
    """
    done: dict[str, list[Rotation]] = {}
    for name in families:
        family = FAMILIES[name]
        used = list(family.used())
        turn = [one for one in used if alg in {None, one}]
        if turn:
            done[name] = [family.rotate(one, now=now) for one in turn]
    if done:
        return done
    knows = next((name for name in families if alg in FAMILIES[name].algs), None)
    if alg is None or knows is None:
        raise LookupError(alg)
    return {knows: [FAMILIES[knows].rotate(alg, now=now)]}
