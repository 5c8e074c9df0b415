"""What only a sandbox has: whoever is signed in without pages, and the test people to choose among."""

import uuid
from dataclasses import dataclass

from django.conf import settings

from dopusk.portal.accounts.models import Account
from dopusk.portal.esia.sandbox.people import SIXTEEN, Seat, by_snils
from dopusk.portal.esia.sandbox.seeding import account_of
from dopusk.portal.wire import Request

_LONGEST = 40  # characters of a header that are told


@dataclass(frozen=True)
class Offered:
    """A test person on the page: her seat and the account as it stands now."""

    seat: Seat
    account: Account

    @property
    def shut(self) -> bool:
        """Whether she cannot sign in."""
        return self.account.locked_at is not None


def person_for(request: Request) -> uuid.UUID | None:
    """Whom `ac` signs in by itself; None when pages are shown, as always outside a sandbox.

    The person of ESIA_AUTO_LOGIN. Where that is set, a request may name another test person by `X-Sandbox-Snils`.
    """
    if not settings.SANDBOX or not settings.ESIA_AUTO_LOGIN:
        return None
    seat = by_snils(request.header("X_SANDBOX_SNILS") or settings.ESIA_AUTO_LOGIN)
    account = account_of(seat) if seat else None
    return account.sub if account else None


def nobody(request: Request) -> str:
    """What `X-Sandbox-Snils` says when it counts and no test person has it; else an empty text."""
    named = request.header("X_SANDBOX_SNILS")
    if not named or not settings.SANDBOX or not settings.ESIA_AUTO_LOGIN:
        return ""
    seat = by_snils(named)
    return "" if seat and account_of(seat) else named[:_LONGEST]


def entrance() -> str:
    """Where `ac` sends whoever is not signed in: the test people of a stand-in, else the page of sign-in."""
    return "/sandbox/people/" if settings.SANDBOX and settings.ESIA_OFFERS_PEOPLE else "/signin/"


def offered() -> list[Offered]:
    """The test people who have accounts here, by their numbers."""
    found = [(seat, account_of(seat)) for seat in SIXTEEN]
    return [Offered(seat, account) for seat, account in found if account]
