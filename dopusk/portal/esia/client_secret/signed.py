"""What a signed request is, and the system that is said to have signed it. Pure: no database, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from dopusk.trust.certificates import Certificate

TOLERANCE_SECONDS: Final = (
    300  # how far `timestamp` may be from our clock; no public figure exists (reference, head)
)


@dataclass(frozen=True)
class Signed:
    """A request whose `client_secret` is to be judged.

    endpoint: `v1/ac`, `v1/te`, `v2/ac` or `v3/te`. grant_type: empty at ac. values: parameters as received, after form
    decoding. ac_state, ac_scope: what the code was asked with, when that is known; they serve diagnosis only.
    """

    endpoint: str
    grant_type: str
    values: Mapping[str, str]
    ac_state: str = ""
    ac_scope: str = ""

    def get(self, name: str) -> str:
        """A parameter; absent is empty (reference §3)."""
        return self.values.get(name, "")

    @property
    def first_generation(self) -> bool:
        """v1: PKCS#7 over the short string."""
        return self.endpoint.startswith("v1/")


@dataclass(frozen=True)
class Registered:
    """A certificate of a system. hashes: as `certificates.fingerprints` names them, lower case hex."""

    certificate: Certificate
    hashes: Mapping[str, str]
    disabled: bool = False

    @property
    def gost(self) -> bool:
        """Whether its key is of GOST R 34.10-2012."""
        return self.certificate.algorithm.startswith("gost")

    def state(self, now: datetime) -> str:
        """`active`, `disabled`, `expired` or `not_yet_valid`."""
        if self.disabled:
            return "disabled"
        if now > self.certificate.not_after:
            return "expired"
        return "not_yet_valid" if now < self.certificate.not_before else "active"


@dataclass(frozen=True)
class SystemView:
    """A system as judges and markers see it; `esia.systems.find` gives it.

    token_alg, numeric_sub, lenient, v1, v2: as in `esia.models.System`. tolerance_seconds: for `timestamp`, both ways.
    """

    mnemonic: str
    lenient: bool = False
    v1: bool = True
    v2: bool = True
    certificates: tuple[Registered, ...] = ()
    token_alg: str = "RS256"  # noqa: S105 - an algorithm
    numeric_sub: bool = False
    redirect_uris: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    tolerance_seconds: int = TOLERANCE_SECONDS
