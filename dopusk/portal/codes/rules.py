"""How long codes and links live, how often they may be asked for and guessed at.

Every count is kept for one purpose alone: whoever misuses registration with somebody's number fills the counts of
registration with that number, and her sign-in, which has counts of its own, goes on as ever.

What is counted, for each purpose:

- *place*: this number, asked by this account or (where nobody is known yet) from this browser. Sixty seconds between
  two codes; ten wrong answers shut it, for half an hour, then for twice as long each time, up to a day. A right
  answer forgets them.
- *number*: this number, whoever asks. Caps on messages, so that nobody's telephone is flooded; and a ceiling on wrong
  answers from all places together (NIST SP 800-63B-4 §3.2.2: at most 100 in a row). Only for the open purposes,
  at which anybody can aim, does a stranger reach this count: he can close registration or recovery by SMS with a
  number for some hours, never sign-in.
- *account*: this account, whatever number.
- *network*: open purposes only, all of them together (`DOPUSK_CODES_NETWORK_HOURLY`: a mobile operator may keep
  thousands of people behind one address); behind the first factor a neighbour must not be in the way.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

DIGITS: Final = 6
KEPT: Final = timedelta(days=2)  # codes and links that are over
FORGOTTEN_AFTER: Final = timedelta(days=8)  # counts that nobody touched; longer than any lock or window


class UnknownPurpose(ValueError):
    """A caller names a purpose that is in no table: nothing is sent, nothing fits."""


class Per(StrEnum):
    """What a count belongs to."""

    PLACE = "place"
    NUMBER = "number"
    ACCOUNT = "account"
    NETWORK = "network"


@dataclass(frozen=True)
class Purpose:
    """open: anybody can ask, without having shown anything. channels: ways its codes may take; empty for links."""

    open: bool
    channels: frozenset[str] = frozenset()


_SMS, _BOTH = frozenset({"sms"}), frozenset({"sms", "mail"})
PURPOSES: Final = {
    "registration.phone": Purpose(open=True, channels=_SMS),
    "registration.email": Purpose(open=False),
    "contacts.phone": Purpose(open=False, channels=_SMS),
    "contacts.email": Purpose(open=False),
    "recovery.phone": Purpose(open=True, channels=_SMS),
    "recovery.email": Purpose(open=True, channels=_BOTH),
    "signin.second": Purpose(open=False, channels=_SMS),
    "signin.again": Purpose(open=False, channels=_BOTH),
    "not_me": Purpose(open=False),
}


def purpose(name: str) -> Purpose:
    """Raises UnknownPurpose."""
    try:
        return PURPOSES[name]
    except KeyError:
        raise UnknownPurpose(name) from None


@dataclass(frozen=True)
class Cap:
    """At most so many messages within a window."""

    per: Per
    most: int
    within: timedelta

    @property
    def code(self) -> str:
        """`number_cap`, `account_cap`, `network_cap`."""
        return f"{self.per}_cap"


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limits:
    """The numbers in force from a day on. tries: wrong answers at one place before it shuts; ceiling: on one number
    from all places."""

    since: date
    code_lives: timedelta = timedelta(minutes=10)
    again_after: timedelta = timedelta(seconds=60)
    tries: int = 10
    ceiling: int = 50
    lock: timedelta = timedelta(minutes=30)
    longest_lock: timedelta = _DAY
    caps: tuple[Cap, ...] = (
        Cap(Per.NUMBER, 5, _HOUR),
        Cap(Per.NUMBER, 10, _DAY),
        Cap(Per.ACCOUNT, 10, _HOUR),
        Cap(Per.ACCOUNT, 20, _DAY),
        Cap(Per.NETWORK, 60, _HOUR),
        Cap(Per.NETWORK, 300, _DAY),
    )


LIMITS: Final = (Limits(since=date(2026, 1, 1)),)


def limits_on(day: date, table: tuple[Limits, ...] = LIMITS) -> Limits:
    """The limits of a day; the oldest for days before all."""
    return max((one for one in table if one.since <= day), key=lambda one: one.since, default=table[0])


def with_network(limits: Limits, hourly: int) -> Limits:
    """The limits with a deployment's own cap a network: so many an hour, five times as many a day."""
    others = tuple(cap for cap in limits.caps if cap.per is not Per.NETWORK)
    caps = (*others, Cap(Per.NETWORK, hourly, _HOUR), Cap(Per.NETWORK, 5 * hourly, _DAY))
    return replace(limits, caps=caps)


@dataclass(frozen=True)
class Count:
    """What is known of one key: when messages went, wrong answers since the last lock, locks since the last right
    answer, until when it is shut."""

    sent: tuple[datetime, ...] = ()
    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True)
class Sent:
    """A code is on its way, or it looks as if it were. again_at: when another may be asked for."""

    id: uuid.UUID
    again_at: datetime
    good_until: datetime


@dataclass(frozen=True)
class Held:
    """Nothing was sent. code: `too_soon`, `number_cap`, `account_cap`, `network_cap`, `wrong_codes`."""

    until: datetime
    code: str


@dataclass(frozen=True)
class Right:
    """The code fits and is used up. to: what it proved."""

    to: str
    sub: uuid.UUID | None


@dataclass(frozen=True)
class Wrong:
    """It does not fit."""

    tries_left: int


@dataclass(frozen=True)
class Gone:
    """Nothing fits any more. code: `expired` (also: a newer one was sent), `used`, `locked` (until says when another
    may be asked for), `unknown`."""

    code: str
    until: datetime | None = None


@dataclass(frozen=True)
class Link:
    """What a link in a letter stands for. to: the address it went to; detail: the caller's own facts."""

    sub: uuid.UUID | None
    to: str
    detail: dict[str, Any]
    made_at: datetime


def may_send(counts: dict[Per, Count], limits: Limits, now: datetime) -> Held | None:
    """Why another message may not go, the longest wait of all; None when it may."""
    held = [
        Held(count.locked_until, "wrong_codes")
        for count in counts.values()
        if count.locked_until and count.locked_until > now
    ]
    place = counts.get(Per.PLACE, Count())
    if place.sent and place.sent[-1] + limits.again_after > now:
        held.append(Held(place.sent[-1] + limits.again_after, "too_soon"))
    for cap in limits.caps:
        within = [at for at in counts.get(cap.per, Count()).sent if at > now - cap.within]
        if len(within) >= cap.most:
            held.append(Held(within[-cap.most] + cap.within, cap.code))
    return max(held, key=lambda one: one.until, default=None)


def after_sending(count: Count, limits: Limits, now: datetime) -> Count:
    """The count with one more message; those too old to matter are forgotten."""
    longest = max([limits.again_after, *(cap.within for cap in limits.caps)])
    recent = tuple(at for at in count.sent if at > now - longest)
    return Count((*recent, now), count.failures, count.locks, count.locked_until)


def most_tries(per: Per, limits: Limits) -> int:
    """Wrong answers before a count of this kind shuts."""
    return limits.tries if per is Per.PLACE else limits.ceiling


def after_wrong(count: Count, per: Per, limits: Limits, now: datetime) -> Count:
    """The count with one more wrong answer, shut when it was the last allowed."""
    failures = count.failures + 1
    if failures < most_tries(per, limits):
        return Count(count.sent, failures, count.locks, count.locked_until)
    wait = min(limits.lock * 2 ** min(count.locks, 16), limits.longest_lock)
    return Count(count.sent, 0, count.locks + 1, now + wait)


def after_right(count: Count) -> Count:
    """The count with its wrong answers forgotten."""
    return Count(count.sent)


def tidy(text: str) -> str:
    """The digits of a code as people paste it: `482 913`, `482-913`. Empty when it is no code."""
    bare = "".join(sign for sign in text if not sign.isspace() and sign not in "-‐‑‒–—")
    return bare if bare.isascii() and bare.isdigit() and len(bare) == DIGITS else ""
