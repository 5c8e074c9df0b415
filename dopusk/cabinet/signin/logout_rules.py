"""What a logout token must be (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6); no Django, no clock.

Its signature is right already: these are the checks of what it says, one small function each, as one list.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

EVENT = "http://schemas.openid.net/event/backchannel-logout"
TYPES = {"logout+jwt", "application/logout+jwt", "jwt"}
LEEWAY = 30  # seconds by which clocks may differ
OLDEST = 600  # seconds since it was issued
LONGEST = 255  # characters of sid, sub


@dataclass(frozen=True)
class Notice:
    """A session of the provider is over. sid: which; empty: all of the account's. sub: whose, empty when not said.

    jti: by which the token is known again. ends: Unix seconds, after which it is worth nothing.
    """

    sid: str
    sub: str
    jti: str
    ends: int


@dataclass(frozen=True)
class Said:
    """The token and who we are. now: Unix seconds."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    issuer: str
    client: str
    now: float


def fault(said: Said) -> str | None:
    """The code of the first check that the token does not stand, or None."""
    return next((code for code, right in CHECKS if not right(said)), None)


def notice(said: Said) -> Notice:
    """What a token without faults tells."""
    claims = said.claims
    return Notice(
        str(claims.get("sid") or ""), str(claims.get("sub") or ""), str(claims["jti"]), int(claims["exp"])
    )


def _is_a_logout_token(said: Said) -> bool:
    """§2.4: the type is recommended, and no token of another kind has this one. RFC 8725 §3.11."""
    return str(said.header.get("typ", "JWT")).lower() in TYPES


def _is_of_our_provider(said: Said) -> bool:
    """§2.6 step 4: `iss` as in ID tokens."""
    return bool(said.claims.get("iss") == said.issuer)


def _is_for_us(said: Said) -> bool:
    """§2.6 step 4: `aud` as in ID tokens; we trust no other audience beside us."""
    told = said.claims.get("aud")
    return told == said.client or (isinstance(told, list) and told == [said.client])


def _is_fresh(said: Said) -> bool:
    """§2.6 step 4: `iat` is not in the future and not long ago."""
    issued = said.claims.get("iat")
    return _number(issued) and said.now - OLDEST <= float(issued or 0) <= said.now + LEEWAY


def _has_not_run_out(said: Said) -> bool:
    """§2.6 step 4: `exp` is still to come, and soon: its `jti` is remembered till then."""
    ends = said.claims.get("exp")
    return _number(ends) and said.now - LEEWAY < float(ends or 0) <= said.now + OLDEST + LEEWAY


def _tells_of_a_logout(said: Said) -> bool:
    """§2.6 step 6: `events` is an object with this very member, which is an object."""
    events = said.claims.get("events")
    return isinstance(events, dict) and isinstance(events.get(EVENT), dict)


def _says_whose(said: Said) -> bool:
    """§2.6 step 5: `sub`, `sid`, or both, as texts."""
    told = [said.claims[name] for name in ("sub", "sid") if name in said.claims]
    return bool(told) and all(_word(one) for one in told)


def _has_no_nonce(said: Said) -> bool:
    """§2.6 step 7: an ID token must not pass for it."""
    return "nonce" not in said.claims


def _is_named(said: Said) -> bool:
    """§2.4: `jti`, by which it is taken once (step 8)."""
    return _word(said.claims.get("jti"))


def _word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST and value.isprintable()


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


CHECKS: tuple[tuple[str, Callable[[Said], bool]], ...] = (
    ("logout_type", _is_a_logout_token),
    ("logout_issuer", _is_of_our_provider),
    ("logout_audience", _is_for_us),
    ("logout_issued", _is_fresh),
    ("logout_expired", _has_not_run_out),
    ("logout_events", _tells_of_a_logout),
    ("logout_subject", _says_whose),
    ("logout_nonce", _has_no_nonce),
    ("logout_jti", _is_named),
)
