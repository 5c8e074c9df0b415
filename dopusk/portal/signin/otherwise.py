"""A sign-in that begins by something else than a password: the second step where it is due, or the session."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.portal import statement
from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import actions as factors
from dopusk.portal.sessions.actions import Place, Shut
from dopusk.portal.sessions.models import Device
from dopusk.portal.sessions.rules import DEVICES_KNOWN, cookie_hash
from dopusk.portal.signin import actions, rules, sql
from dopusk.portal.signin.actions import Awaiting, Locked, SignedIn
from dopusk.portal.signin.models import Pending
from dopusk.portal.signin.rules import Held, Step


@transaction.atomic
def begin(
    way: str, key: str, sub: uuid.UUID, place: Place, *, amr: list[str], next_path: str
) -> SignedIn | Awaiting | Locked:
    """Her session, or the second step she has chosen to be asked for; no password of hers is due to be changed here.

    way: of `ways.WAYS`; key: what its slice knows the act by. amr: RFC 8176. Raises Shut for an account that is over.
    """
    account = Account.objects.select_for_update().filter(pk=sub, closed_at=None).first()
    if account is None:
        raise Shut
    if account.locked_at:
        return Locked(account.locked_at, account.lock_reason)
    known = _known_device(sub, place.device_cookie)
    if "mfa" in amr or factors.asked(account, known_device=known) is None:
        return SignedIn(actions.enter_by(way, key, sub, place, amr), known)
    cookie = secrets.token_urlsafe(32)
    Pending.objects.create(
        token_hash=cookie_hash(cookie),
        account=account,
        password=account.password,
        amr=amr,
        second_due=True,
        device_known=known,
        next_path=next_path,
        way=way,
        way_key=key,
        good_until=timezone.now() + rules.PENDING_LASTS,
    )
    return Awaiting(cookie, Step.SECOND)


def _known_device(sub: uuid.UUID, cookie: str) -> bool:
    """Whether this browser is one of those she used last, as `sql.RESERVE` has it."""
    latest = Device.objects.filter(account_id=sub).order_by("-seen_at")[:DEVICES_KNOWN]
    return cookie_hash(cookie) in {bytes(one) for one in latest.values_list("token_hash", flat=True)}


@dataclass(frozen=True)
class _Knocked:
    held_until: datetime | None
    now: datetime


def knock(place: Place) -> Held | None:
    """Count a look at something that costs us much and cannot be guessed; a network that knocks too often waits.

    Of no person: nothing of accounts can be learnt from it. Each minute forgives some (`rules.KNOCKS_FORGIVEN`).
    """
    found = statement.one(
        sql.KNOCK,
        {
            "salt": actions.salt(settings.SEALING_KEY),
            "network": place.network.encode(),
            "forgiven": rules.KNOCKS_FORGIVEN_A_MINUTE,
            "most": rules.KNOCKS,
            "wait": rules.KNOCK_WAIT,
        },
        _Knocked,
    )
    if found is None or found.held_until is None or found.held_until <= found.now:
        return None
    return Held(found.held_until)


def welcome(place: Place) -> None:
    """What was brought last was right, and is not counted."""
    statement.one(
        sql.UNKNOCK,
        {"salt": actions.salt(settings.SEALING_KEY), "network": place.network.encode()},
        tuple,
    )
