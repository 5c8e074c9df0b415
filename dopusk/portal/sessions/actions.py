"""Beginning and ending sessions."""

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.sessions import rules, sql
from dopusk.portal.sessions.models import Session
from dopusk.web.journal.actions import record


@dataclass(frozen=True)
class Place:
    """Where an attempt comes from. device: in words; old_cookie: the session this browser had before;
    device_cookie: what it was given when somebody signed in there."""

    network: str
    device: str
    old_cookie: str = ""
    device_cookie: str = ""


@dataclass(frozen=True)
class Opened:
    """A new session: its cookie, and the one by which the browser is known from now on."""

    cookie: str
    sid: uuid.UUID
    sub: uuid.UUID
    device_cookie: str


class Ending(Protocol):
    """What a higher slice does inside the transaction that has just ended these sessions of a person.

    renewed: she has just signed in again in the same browser, so nothing is urgent.
    """

    def __call__(self, sub: uuid.UUID, sids: list[uuid.UUID], *, renewed: bool) -> None: ...


ENDING: Final[list[Ending]] = []


class Lasting(Protocol):
    """What a higher slice does, in the caller's transaction, with what a person's services got to keep after she has
    signed out: it ends too. actor: her `sub`, an operator's, or "system"."""

    def __call__(self, sub: uuid.UUID, *, actor: str) -> None: ...


LASTING: Final[list[Lasting]] = []


def ended(sub: uuid.UUID, sids: list[uuid.UUID], *, renewed: bool = False) -> None:
    """Let them know; whoever ends a session by a statement of its own calls this in the same transaction."""
    for hears in ENDING:
        hears(sub, sids, renewed=renewed)


class Shut(Exception):
    """Nobody signs in to this account now: it is locked or closed, or its password has just been changed."""


def idle_end() -> timedelta:
    """How long a session lives without being used."""
    lasts: timedelta = settings.SESSION_IDLE_END
    return lasts


def start(
    sub: uuid.UUID,
    place: Place,
    *,
    amr: list[str],
    words: str,
    object_: str = "",
    opening: str = sql.OPEN,
    keys: Mapping[str, Any] | None = None,
    kept: str | None = None,
) -> Opened:
    """Open a session, end the one this browser had, note it in the journal; one statement, one commit.

    amr: how identity was proved (RFC 8176). words: what the journal says; object_: what of hers it was done with.
    opening, keys: a caller's own statement that ends in `sql.OPENING`, and the further values it names. kept: the
    password's hash as it was checked.
    The browser becomes a known device of hers. Raises Shut.
    """
    known = place.device_cookie if rules.is_device_cookie(place.device_cookie) else secrets.token_urlsafe(32)
    opened = Opened(cookie=secrets.token_urlsafe(32), sid=uuid.uuid4(), sub=sub, device_cookie=known)
    values: dict[str, Any] = {
        **(keys or {}),
        "kept": kept,
        "device_id": uuid.uuid4(),
        "device_token": rules.cookie_hash(known),
        "sid": opened.sid,
        "sub": sub,
        "token": rules.cookie_hash(opened.cookie),
        "old_token": rules.cookie_hash(place.old_cookie),
        "length": rules.SESSION_LENGTH,
        "network": place.network,
        "device": place.device,
        "amr": amr,
        "words": words,
        "object": object_,
        "trace": trace.current(),
        "detail": json.dumps({"device": place.device, "network": place.network}, ensure_ascii=False),
    }

    def run() -> tuple[Any, ...] | None:
        row = statement.one(opening, values, lambda *columns: columns)
        if row and row[1]:
            ended(row[2], [row[1]], renewed=row[2] == sub)
        return row

    # only a browser that had a session may have ended one: all others need no transaction beyond the statement
    row = statement.together(run) if place.old_cookie else run()
    if row is None:
        raise Shut
    return opened


@transaction.atomic
def prove_again(sid: uuid.UUID, amr: list[str]) -> None:
    """Note that the person of a session has just proved her identity once more; what was proved before stays."""
    session = Session.objects.select_for_update().filter(pk=sid, ended_at=None).first()
    if session:
        session.proved_at = timezone.now()
        session.amr = rules.together(session.amr, amr)
        session.save(update_fields=["proved_at", "amr"])


def renew(sid: uuid.UUID) -> str:
    """A new cookie for a living session; the old one opens nothing any more (ASVS 5.0 7.2.4)."""
    cookie = secrets.token_urlsafe(32)
    Session.objects.filter(pk=sid, ended_at=None).update(token_hash=rules.cookie_hash(cookie))
    return cookie


def sign_out(sid: uuid.UUID) -> None:
    """End a session; codes and tokens given in it end with it, and services hear of it."""
    values = {"sid": sid, "words": "Вы вышли с портала", "trace": trace.current()}

    def run() -> None:
        if sub := statement.one(sql.CLOSE, values, lambda sub: sub):
            ended(sub, [sid])

    statement.together(run)


def end_all(
    sub: uuid.UUID, *, but: uuid.UUID | None = None, lasting: bool = False, actor: str, words: str
) -> int:
    """End a person's sessions, tokens with them, and keep one if named; returns how many. Journalled when any ended.

    lasting: end also what was given to outlive sessions, because somebody else may have been in one of them.
    """
    with transaction.atomic():
        living = Session.objects.filter(account_id=sub, ended_at=None, expires_at__gt=timezone.now())
        others = living.exclude(pk=but) if but else living
        sids = list(others.select_for_update().order_by("pk").values_list("pk", flat=True))
        if sids:
            Session.objects.filter(pk__in=sids).update(ended_at=timezone.now())
            ended(sub, sids)
        for hears in (
            LASTING if lasting else ()
        ):  # after the sessions: what they were giving this moment is seen now
            hears(sub, actor=actor)
        if sids:
            record(
                actor=actor, act="sessions.ended", subject=str(sub), words=words, detail={"ended": len(sids)}
            )
    return len(sids)


def purge(batch: int = 1000) -> int:
    """Delete sessions and devices that ended long ago, a batch a transaction; returns how many rows went."""
    return statement.in_batches(sql.PURGE_SESSIONS, batch) + statement.in_batches(sql.PURGE_DEVICES, batch)
