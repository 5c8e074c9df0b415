"""Which certificate may be hers, whom a signature lets in, and how a certificate stands today.

The СНИЛС in the certificate decides whose it is; names are compared only to be shown. What is told depends on what
was shown: before the signature is right nothing is said of accounts, and a key its owner has blocked learns nothing
but that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dopusk.kernel import names

GOOD: Final = "good"
AMR: Final = (
    "pop",
)  # RFC 8176: possession of a key was proved; where it is kept, and whether a PIN was asked, is not
MOST: Final = 50  # certificates of one person
SOON: Final = timedelta(days=30)  # before its end she is told
CONFIRMED: Final = "confirmed"
# verdicts on a right signature: its certificate has been ended by the issuer
ENDED: Final = frozenset({"revoked_before", "revoked_unproved", "suspended"})


class Accepted(StrEnum):
    """DOPUSK_SIGNIN_CERTIFICATES: whose signatures open a session."""

    ADDED = "added"  # by certificates she has put into her cabinet
    ANY = "any"  # by any valid one with her СНИЛС; it is put there at once


class Reason(StrEnum):
    """Why she has blocked a certificate."""

    STOLEN = "stolen"  # somebody else may use the key: blocked for ever, with every certificate of this key
    LOST = "lost"
    NOT_NEEDED = "not_needed"
    NOT_MINE = "not_mine"  # blocked for ever too


FOR_EVER: Final = frozenset({Reason.STOLEN, Reason.NOT_MINE})


class Kept(StrEnum):
    """How a certificate stands in its owner's cabinet."""

    ABSENT = "absent"
    ADDED = "added"
    BLOCKED = "blocked"
    BLOCKED_FOR_EVER = "blocked_for_ever"


def kept(reason: str | None) -> Kept:
    """By the reason of its block: None when it is not there at all, empty when it is not blocked."""
    if reason is None:
        return Kept.ABSENT
    if not reason:
        return Kept.ADDED
    return Kept.BLOCKED_FOR_EVER if reason in FOR_EVER else Kept.BLOCKED


@dataclass(frozen=True)
class Knock:
    """A signature at the door. verdict: of the signature and its certificate ("good" or a code of validation).

    level: of the account with the СНИЛС of the certificate, empty when there is none.
    """

    verdict: str
    level: str = ""
    kept: Kept = Kept.ABSENT
    locked: bool = False
    accepted: Accepted = Accepted.ADDED


def may_sign_in(knock: Knock) -> str:
    """Empty when the signature opens a session, else the code of the refusal."""
    if knock.verdict != GOOD:
        return knock.verdict
    if not knock.level:
        return "certificate_unknown_person"
    if knock.kept in {Kept.BLOCKED, Kept.BLOCKED_FOR_EVER}:
        return "certificate_blocked"
    if knock.level != CONFIRMED:
        return "certificate_not_confirmed"
    if knock.locked:
        return "account_locked"
    if knock.kept is Kept.ABSENT and knock.accepted is Accepted.ADDED:
        return "certificate_required"
    return ""


@dataclass(frozen=True)
class Offer:
    """A certificate somebody puts into her cabinet by a signature. snils: of the certificate; hers: of the account."""

    verdict: str
    level: str
    snils: str
    hers: str
    kept: Kept = Kept.ABSENT
    have: int = 0


def may_add(offer: Offer) -> str:
    """Empty when it may be added, else the code of the refusal."""
    if offer.level != CONFIRMED:
        return "certificate_not_confirmed"
    if offer.verdict != GOOD:
        return offer.verdict
    if not offer.snils or offer.snils != offer.hers:
        return "someone_elses"
    if offer.kept is Kept.BLOCKED_FOR_EVER:
        return "certificate_blocked_for_ever"
    if offer.kept is Kept.ADDED:
        return "certificate_added_already"
    if offer.kept is Kept.ABSENT and offer.have >= MOST:
        return "certificate_too_many"
    return ""


@dataclass(frozen=True)
class Named:
    """A name as a certificate or an account has it."""

    last_name: str
    first_name: str
    patronymic: str


def differences(certificate: Named, account: Named) -> tuple[str, ...]:
    """Parts of the name that are written otherwise: nothing hangs on them, people want to know."""
    parts = ("last_name", "first_name", "patronymic")
    return tuple(part for part in parts if not names.same(getattr(certificate, part), getattr(account, part)))


class Standing(StrEnum):
    """How a certificate stands today."""

    GOOD = "good"
    BLOCKED = "blocked"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"
    UNTRUSTED = "untrusted"


_OF_CODES: Final = {
    GOOD: Standing.GOOD,
    "": Standing.UNKNOWN,
    "revocation_unknown": Standing.UNKNOWN,
    "suspended": Standing.SUSPENDED,
    "revoked_before": Standing.REVOKED,
    "revoked_unproved": Standing.REVOKED,
    "expired_at_signing": Standing.EXPIRED,
    "expired_unproved": Standing.EXPIRED,
    "not_yet_valid": Standing.NOT_YET,
}


def standing(
    code: str, *, blocked: bool, not_before: datetime, not_after: datetime, now: datetime
) -> Standing:
    """code: of the last check, empty before the first one. Her own block and the calendar need no check."""
    if blocked:
        return Standing.BLOCKED
    if code.startswith("revoked"):
        return Standing.REVOKED
    if now > not_after:
        return Standing.EXPIRED
    if now < not_before:
        return Standing.NOT_YET
    return _OF_CODES.get(code, Standing.UNTRUSTED)


def days_left(not_after: datetime, now: datetime) -> int:
    """Whole days until its end; 0 on the last one, negative afterwards."""
    return (not_after - now).days


def ends_soon(not_after: datetime, now: datetime) -> bool:
    """Whether it is time to get the next one."""
    return now <= not_after <= now + SOON


def grouped(text: str) -> str:
    """Long hexadecimal numbers in fours, so that people can compare them and lines can break."""
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
