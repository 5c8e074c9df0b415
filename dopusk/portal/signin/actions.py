"""Signing in."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import index_of
from dopusk.portal.accounts.rules import meanings
from dopusk.portal.sessions.actions import Opened, Place, start
from dopusk.portal.sessions.rules import BY_PASSWORD
from dopusk.portal.signin import rules, sql
from dopusk.trust.sealing import blind_index

NEVER: Final = datetime.min.replace(tzinfo=timezone.get_default_timezone())


@dataclass(frozen=True)
class Mismatch:
    """Identifier and password do not fit together, whether or not such an account exists."""

    held_until: datetime | None


@dataclass(frozen=True)
class _Found:
    failures_here: int
    failures_everywhere: int
    held_until: datetime | None
    sub: uuid.UUID | None
    password: str | None
    demo: bool | None


def sign_in(identifier: str, password: str, place: Place) -> Opened | Mismatch | rules.Held:
    """Open a session, or say that it did not fit, or until when this network waits.

    The same work is done whether or not the account exists. Raises passwords.Busy.
    """
    known = meanings(identifier)
    normal = f"{known[0].kind}:{known[0].value}" if known else f"?:{identifier.strip().casefold()}"
    keys = {
        "here": blind_index(settings.SEALING_KEY, "signin throttle", f"{normal} {place.network}"),
        "everywhere": blind_index(settings.SEALING_KEY, "signin throttle", normal),
    }
    look = {"indexes": [index_of(one) for one in known], "forgotten_after": rules.FORGOTTEN_AFTER}
    found = statement.one(sql.LOOK_UP, {**keys, **look}, _Found)
    assert found is not None
    if found.held_until and found.held_until > timezone.now():
        return rules.Held(found.held_until)
    exists = found.sub is not None and (settings.SANDBOX or not found.demo)
    if passwords.fits(password, found.password if exists else None) and found.sub:
        words = f"Вы вошли на портал по паролю. Устройство: {place.device}; сеть {place.network}"
        return start(found.sub, place, amr=[BY_PASSWORD], words=words, opening=sql.OPEN, keys=keys)
    return _fail(found, found.sub if exists else None, place, keys)


def _fail(found: _Found, sub: uuid.UUID | None, place: Place, keys: dict[str, bytes]) -> Mismatch:
    failures = rules.Failures(found.failures_here + 1, found.failures_everywhere + 1)
    wait = rules.wait_after(failures)
    statement.one(
        sql.FAIL,
        {
            **keys,
            "wait": wait,
            "closed": wait if failures.everywhere >= rules.TRIES_IN_ALL else timedelta(0),
            "forgotten_after": rules.FORGOTTEN_AFTER,
            "subject": str(sub or ""),
            "words": "Неудачная попытка входа: пароль не подошёл. "
            f"Устройство: {place.device}; сеть {place.network}",
            "trace": trace.current(),
            "detail": json.dumps({"device": place.device, "network": place.network}, ensure_ascii=False),
        },
        tuple,
    )
    return Mismatch(timezone.now() + wait if wait else None)


def purge(batch: int = 1000) -> int:
    """Delete what ended long ago, a batch a transaction; returns how many rows went."""
    return statement.in_batches(sql.PURGE_THROTTLES, batch)
