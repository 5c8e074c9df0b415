"""A request of an information system, and what must hold of any of them."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from dopusk.portal.clients.rules import Registration
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.scopes import Scope, parsed

_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f]*")
_LINE_ENDS: Final = re.compile(r"[\r\n]")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LONGEST_STATE: Final = 1024
_UNREADABLE: Final = "�"  # what is no UTF-8 has been read as this


@dataclass(frozen=True)
class Received:
    """Parameters of a request. endpoint: `v1/ac`, `v1/te`, `v2/ac`, `v3/te`. repeated: names that came twice.

    lenient: known deviations of real clients are accepted from this system (reference §10). allowed: generations of
    the protocol it may speak, 1 and 2.
    """

    endpoint: str
    values: Mapping[str, str]
    repeated: frozenset[str]
    client: Registration | None
    lenient: bool = False
    allowed: frozenset[int] = frozenset({1, 2})

    def get(self, name: str) -> str:
        """A parameter; one without a value counts as absent."""
        return self.values.get(name, "")

    @property
    def generation(self) -> int:
        """1: CMS signatures at `ac` and `te`; 2: raw ones at `v2/ac` and `v3/te`."""
        return 1 if self.endpoint.startswith("v1/") else 2

    @cached_property
    def scopes(self) -> list[Scope] | None:
        """`scope` and `scope_org` together; None when one of them has no form of a scope."""
        return parsed(f"{self.get('scope')} {self.get('scope_org')}")


Check = Callable[[Received], EsiaFault | None]
Question = TypeVar("Question")


def first_fault(
    checks: Iterable[Callable[[Question], EsiaFault | None]], question: Question
) -> EsiaFault | None:
    """The first check that does not hold."""
    return next((fault for check in checks if (fault := check(question))), None)


def mandatory(*names: str) -> Check:
    """§2, §8 007014: the parameters are there; the first that is not is named."""

    def are_there(received: Received) -> EsiaFault | None:
        lacking = next((name for name in names if not received.get(name)), None)
        return EsiaFault("007014", "parameter_missing", lacking) if lacking else None

    return are_there


def certificate_is_named(received: Received) -> EsiaFault | None:
    """§3.4, §8 007014; a lenient system may send PKCS#7 (§10 quirk 11), so of its requests the judge says whether
    the hash is missing."""
    return None if received.lenient else mandatory("client_certificate_hash")(received)


def is_readable(received: Received) -> EsiaFault | None:
    """§8 007038: UTF-8 without control characters; of a client_secret in lines the judge says what it is."""
    for name, value in received.values.items():
        text = name + (_LINE_ENDS.sub("", value) if name == "client_secret" else value)
        if _UNREADABLE in text or not _PLAIN.fullmatch(text):
            return EsiaFault("007038", "parameters_unreadable", name if _PLAIN.fullmatch(name) else "")
    return None


def nothing_is_repeated(received: Received) -> EsiaFault | None:
    """§8 007003: each parameter once."""
    twice = min(received.repeated, default="")
    return EsiaFault("007003", "parameter_repeated", twice) if twice else None


def state_fits(received: Received) -> EsiaFault | None:
    """§2: a UUID as a rule; whatever it is, it has to go back in an address."""
    long = len(received.get("state")) > _LONGEST_STATE
    return EsiaFault("007003", "state_form", "state") if long else None


def generation_is_allowed(received: Received) -> EsiaFault | None:
    """§8 007005, §12: generations of the protocol are switched per system."""
    allowed = received.generation in received.allowed
    return None if allowed else EsiaFault("007005", "generation_off", f"v{received.generation}")


def scope_is_there(received: Received) -> EsiaFault | None:
    """§8 007013."""
    return None if received.get("scope").strip() else EsiaFault("007013", "scope_missing", "scope")


def notes(received: Received) -> list[str]:
    """What is worth telling of a request that is accepted all the same, by codes of `console.advice`."""
    return [] if _UUID.fullmatch(received.get("state")) else ["note_state"]
