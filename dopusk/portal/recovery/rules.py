"""What gives access back, at the assurance the account had; how often one may try; how long services stay closed.

Nobody gets back in by less than the account was worth (NIST SP 800-63B-4 §4.2): what was proved with documents is not
given away for one SMS. Control questions are never asked here. Support is no way in: it neither sees nor sets
passwords.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

LASTS: Final = timedelta(minutes=30)  # a recovery, from its first page to the new password
CODE_TRIES: Final = 10  # wrong codes in one recovery, before it has to be begun anew
CODE_LIVES: Final = timedelta(minutes=10)
AGAIN_AFTER: Final = timedelta(seconds=60)
WINDOW: Final = timedelta(hours=1)
STARTS_HERE: Final = (
    5  # recoveries of one identifier from one network within WINDOW; of a network: see slice codes
)
DATA_WINDOW: Final = timedelta(hours=6)
DATA_TRIES: Final = 5  # of an account, within DATA_WINDOW: numbers of documents
FACTOR_TRIES: Final = 10  # of an account, within DATA_WINDOW: codes of the second step
NOT_ME_FOR: Final = timedelta(days=10)


class Evidence(StrEnum):
    """One thing a person shows. data: СНИЛС, passport and birth date as the portal holds them; factor: a code of her
    app or a recovery code."""

    PHONE = "phone"
    EMAIL = "email"
    SNILS = "snils"
    FACTOR = "factor"
    DATA = "data"


CONTACTS: Final = (Evidence.PHONE, Evidence.EMAIL)


@dataclass(frozen=True)
class Held:
    """What an account could show. level: of assurance; have: all its possible evidence."""

    level: str
    have: frozenset[Evidence]


Way = frozenset[Evidence]


def ways(held: Held, *, lost_factor: bool = False) -> tuple[Way, ...]:
    """The sets of evidence each of which gives access back; the usual one first. Empty: only by support in person.

    lost_factor: she has lost her second factor as well and asks to have it taken off.
    """
    contacts = [one for one in CONTACTS if one in held.have]
    if lost_factor:
        return _without_factor(held, frozenset(contacts))
    both = [frozenset(contacts)] if len(contacts) == 2 else []
    match held.level:
        case "confirmed":
            found = [
                *both,
                *(frozenset({one, more}) for more in (Evidence.FACTOR, Evidence.DATA) for one in contacts),
            ]
        case "standard":
            found = [*both, *(frozenset({one, Evidence.SNILS}) for one in contacts)]
        case _:
            found = [frozenset({one}) for one in contacts]
    return tuple(way for way in found if way <= held.have)


def _without_factor(held: Held, contacts: Way) -> tuple[Way, ...]:
    """A contact and the data of proofing, whatever the level (a lost telephone often was the second factor too);
    both contacts where nothing was proved with documents. Never one contact alone."""
    if Evidence.DATA in held.have:
        return tuple(frozenset({one, Evidence.DATA}) for one in CONTACTS if one in contacts)
    return (contacts,) if len(contacts) == 2 else ()


def enough(possible: tuple[Way, ...], shown: frozenset[Evidence]) -> bool:
    """Whether what was shown gives access back."""
    return any(way <= shown for way in possible)


def next_steps(possible: tuple[Way, ...], shown: frozenset[Evidence]) -> tuple[Evidence, ...]:
    """What may be shown next: everything that leads on from what was shown, in the order it is offered."""
    offered = dict.fromkeys(
        one
        for way in sorted(possible, key=lambda way: len(way - shown))
        for one in Evidence
        if one in way and one not in shown
    )
    return tuple(offered)


def factor_stays(*, asked: bool, sms: bool, shown: frozenset[Evidence], phone_replaced: bool) -> bool:
    """Whether a second factor stops at sign-in whoever has shown no more than this.

    asked: sign-in will ask for one; sms: a code by SMS will do. Then a telephone that was shown here, or put in here,
    answers the second step as well, and is no second proof; a factor that was shown is.
    """
    if not asked or Evidence.FACTOR in shown:
        return asked
    return not (sms and (phone_replaced or Evidence.PHONE in shown))


def cooling(level: str, *, factor_stays: bool, hours: int, now: datetime) -> datetime | None:
    """Until when services that demand a confirmed account stay closed after a recovery; None when they do not.

    A second factor that stays (`factor_stays`) is asked for at sign-in, so a thief with her contacts is stopped there.
    """
    if level != "confirmed" or factor_stays or hours <= 0:
        return None
    return now + timedelta(hours=hours)


def held_until(times: list[datetime], most: int, window: timedelta, now: datetime) -> datetime | None:
    """When the next try is possible, if `most` of them fall into the window already."""
    recent = sorted(at for at in times if at > now - window)
    return recent[-most] + window if len(recent) >= most else None
