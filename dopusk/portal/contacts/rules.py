"""What a person's contacts are, and what may be done with them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dopusk.portal.accounts.rules import Kind

NOT_ME_FOR: Final = timedelta(days=10)  # the old contact can undo a change so long
WAITS_FOR: Final = timedelta(hours=24)  # a new contact, until it is proved
KEPT: Final = timedelta(days=30)  # what was changed; the journal keeps that it was
KINDS: Final = (Kind.PHONE, Kind.EMAIL)
CHANNELS: Final = {Kind.PHONE: "sms", Kind.EMAIL: "mail"}


@dataclass(frozen=True)
class Waiting:
    """A new contact that is not proved yet. by: "owner" or "registration"."""

    id: uuid.UUID
    kind: str
    to: str
    by: str
    until: datetime


@dataclass(frozen=True)
class Contacts:
    """phone, email: those shown to be hers, or empty. waiting: new ones, at most one of a kind."""

    phone: str = ""
    email: str = ""
    waiting: tuple[Waiting, ...] = ()

    def of(self, kind: str) -> str:
        """The confirmed one of a kind, or empty."""
        return self.phone if kind == Kind.PHONE else self.email

    def waits(self, kind: str) -> Waiting | None:
        """The new one of a kind."""
        return next((one for one in self.waiting if one.kind == kind), None)


def reachable(contacts: Contacts) -> bool:
    """Whether a confirmed contact remains; without one access to services is limited."""
    return bool(contacts.phone or contacts.email)


def key(kind: str, value: str) -> str:
    """The spelling by which two contacts are the same."""
    return value.lower() if kind == Kind.EMAIL else value


def may_change(contacts: Contacts, kind: str, new: str) -> str:
    """Why this cannot become the new contact: `contact_same`; empty when it can."""
    return "contact_same" if key(kind, contacts.of(kind)) == key(kind, new) else ""


def may_remove(contacts: Contacts, kind: str) -> str:
    """Why a contact stays: `contact_none` (there is none), `contact_last` (no other is confirmed); or empty."""
    if not contacts.of(kind):
        return "contact_none"
    return "" if all(contacts.of(each) for each in KINDS) else "contact_last"


def may_revert(state: str, done_at: datetime | None, now: datetime) -> bool:
    """Whether a change can still be undone by whoever holds the old contact."""
    return state == "done" and done_at is not None and now < done_at + NOT_ME_FOR
