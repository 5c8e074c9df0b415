"""What support may do, and when it may not."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

LOOK_LASTS: Final = timedelta(hours=1)  # one look-up opens one account for so long
LOOKS_AN_HOUR: Final = 60  # of one operator, found or not: a person at a desk needs no more, a scraper does
TEMPORARY_LASTS: Final = timedelta(hours=72)  # a temporary password sent by SMS
KEPT: Final = timedelta(days=90)  # rows of look-ups; the journal keeps them for ever

# no letter looks like another, none needs Shift; 16 of 30 signs: 78 bits
_SIGNS: Final = "23456789abcdefghjkmnpqrstuvwxyz"


class Reason(StrEnum):
    """Why an operator opens somebody's account."""

    REQUEST = "request"
    INCIDENT = "incident"
    AUTHORITY = "authority"


class Why(StrEnum):
    """Why an operator acts on it."""

    ASKED = "asked"
    LEAKED = "leaked"
    INCIDENT = "incident"
    MISTAKE = "mistake"


class Act(StrEnum):
    """What support can do with an account."""

    UNLOCK = "unlock"
    LOCK = "lock"
    ORDER_PASSWORD = "order_password"  # noqa: S105 - a name, not a secret
    END_SESSIONS = "end_sessions"
    TAKE_FACTORS = "take_factors"
    SEND_PASSWORD = "send_password"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True)
class Stands:
    """An account as these rules see it. own: the operator's; locked_by: `Account.lock_reason`, empty when open;
    counted: failures are counted against it; sessions: how many live; second: a second factor is enrolled."""

    own: bool
    operators: bool
    closed: bool
    locked_by: str
    counted: bool
    must_change: str
    sessions: int
    second: bool = False


def fault(act: Act, stands: Stands, *, administrator: bool) -> str | None:
    """Why this may not be done, or None.

    `own_account`; `operators_account`: only one who also appoints operators; `account_closed`; `owner_locked`: she
    has shut it herself («это не я»), and only recovery shows who she is; `nothing_locked`, `already_locked`,
    `already_ordered`, `no_sessions`, `no_factor`, `not_operator_made`: there is nothing to do; `recovery_does`: of a
    person who is no operator, a lost second factor is taken off by recovery alone.
    """
    if stands.own:
        return "own_account"
    if stands.closed:
        return "account_closed"
    if stands.operators and not administrator:
        return "operators_account"
    match act:
        case Act.UNLOCK:
            if stands.locked_by in {"owner", "recovery"}:
                return "owner_locked"
            return None if stands.locked_by or stands.counted else "nothing_locked"
        case Act.LOCK:
            return "already_locked" if stands.locked_by else None
        case Act.ORDER_PASSWORD:
            return "already_ordered" if stands.must_change in {"ordered", "operator_made"} else None
        case Act.END_SESSIONS:
            return None if stands.sessions else "no_sessions"
        case Act.TAKE_FACTORS:
            if not stands.operators:
                return "recovery_does"
            return None if stands.second else "no_factor"
        case Act.SEND_PASSWORD:
            return None if stands.must_change == "operator_made" else "not_operator_made"


def temporary_password() -> str:
    """`k7mf-9tqx-…`: nobody at the desk sees it, the telephone shows it, a person types it once."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
