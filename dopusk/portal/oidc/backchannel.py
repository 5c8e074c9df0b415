"""Telling services that a session of theirs is over: OpenID Connect Back-Channel Logout 1.0.

The message is put into the outbox by the transaction that ends the session; the logout token is made and signed
anew at each attempt, so that a late one is still fresh.
"""

import contextlib
import secrets
import socket
import threading
import time
import uuid
from collections import defaultdict
from datetime import timedelta
from typing import Any, Final

import httpx
from django.conf import settings
from django.utils import timezone

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.models import Client
from dopusk.portal.consents.models import Consent
from dopusk.portal.oidc import keys, sql
from dopusk.portal.oidc.models import Grant
from dopusk.web.journal.actions import record
from dopusk.web.outbox.actions import deliver_soon
from dopusk.web.outbox.senders import Refused, TryLater
from dopusk.web.outgoing.register import Breaker

KIND: Final = "oidc.logout"  # as written in sql.py
EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TOKEN_SECONDS: Final = 120  # §2.4: two minutes at most are advised
TOLD_WITHIN: Final = timedelta(days=1)  # no session of ours, and hardly one of a service, lives longer
RENEWED_WAIT: Final = timedelta(minutes=2)  # a service that has sent her to sign in again is let finish first
CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
WHOLE_SECONDS = 8.0  # for a whole answer: httpx bounds each pause in it, and a service could give it in drops

_breakers: dict[str, Breaker] = defaultdict(Breaker)
_client: httpx.Client | None = None
_first = threading.Lock()


def sessions_ended(sub: uuid.UUID, sids: list[uuid.UUID], *, renewed: bool) -> None:
    """The services that were entered in these sessions will hear of it; in the caller's transaction."""
    _put(sql.TELL_ENDED, {"sub": sub, "sids": sids}, RENEWED_WAIT if renewed else timedelta())


def services_closed(sub: uuid.UUID, client_ids: list[str]) -> None:
    """These services may serve the person no more: consent or confirmation is gone; in the caller's transaction."""
    if client_ids:
        _put(sql.TELL_SERVICES, {"sub": sub, "clients": client_ids}, timedelta())


def level_fell(sub: uuid.UUID, level: str) -> None:
    """Services that demand more than the level she now has lose what they held and hear of it; in the caller's
    transaction."""
    known = [one.value for one in Level]
    above = known[known.index(level) + 1 :]
    closed = list(
        Consent.objects.of(sub).filter(client__required_level__in=above).values_list("client_id", flat=True)
    )
    Grant.objects.filter(account_id=sub, client_id__in=closed, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    services_closed(sub, closed)


def _put(statement_: str, values: dict[str, Any], wait: timedelta) -> None:
    put = statement.one(statement_, {**values, "wait": wait, "trace": trace.current()}, lambda ids: ids)
    if put and not wait:
        deliver_soon(put)


def silent(sub: uuid.UUID, sid: uuid.UUID) -> list[str]:
    """Names of services entered in this session that cannot be told of its end: there she signs out herself."""
    entered = Grant.objects.filter(account_id=sub, session_id=sid, code_used_at__isnull=False)
    told_not = Client.objects.filter(pk__in=entered.values("client_id"), backchannel_logout_uri="")
    return list(told_not.order_by("name").values_list("name", flat=True))


def logout_token(client_id: str, alg: str, sub: str, sid: str | None) -> str:
    """§2.4: who left where; no nonce, so that it is never taken for an ID token. sid: None for all her sessions."""
    now = int(time.time())
    content = {
        "iss": settings.PORTAL_URL,
        "aud": client_id,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        "jti": secrets.token_urlsafe(16),
        "events": {EVENT: {}},
        "sub": sub,
        **({"sid": sid} if sid else {}),
    }
    return keys.sign(content, alg=alg, typ="logout+jwt")


def tell(key: str, payload: dict[str, Any]) -> None:
    """Take one logout token to its service (§2.5, §2.8); for the outbox.

    Whatever is not 2xx is tried again for a day: a service that refuses may merely not know our new key yet.
    Raises TryLater, Refused (`service_gone`, `too_late`).
    """
    client = clients.find(payload["client"])
    if client is None or not client.backchannel_logout_uri:
        raise Refused("service_gone")
    if time.time() - payload["at"] > TOLD_WITHIN.total_seconds():
        raise Refused("too_late", lambda: _untold(client.name, payload))
    token = logout_token(client.client_id, client.id_token_alg, payload["sub"], payload["sid"])
    status = _post(client.backchannel_logout_uri, token)
    if not httpx.codes.is_success(status):
        raise TryLater(f"HTTP {status}")


def _post(uri: str, token: str) -> int:
    """The status the service answers with; its body is not read, its redirects are not followed."""
    breaker = _breakers[uri]  # as many as registered addresses
    if breaker.resting():
        raise TryLater("resting after repeated failures")
    watch = _Watch()
    try:
        with (
            watch,
            _outside().stream(
                "POST", uri, data={"logout_token": token}, extensions={"trace": watch.note}
            ) as answer,
        ):
            status = answer.status_code
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # the last: a host no name can have
        breaker.failed(hanging=watch.over)
        raise TryLater(type(error).__name__) from error
    breaker.answered()
    return status


class _Watch:
    """Cuts the line of a call that takes longer than WHOLE_SECONDS, whatever comes on it."""

    def __init__(self) -> None:
        self.over = False
        self._line: socket.socket | None = None
        self._timer = threading.Timer(WHOLE_SECONDS, self._cut)
        self._timer.daemon = True

    def note(self, event: str, info: dict[str, Any]) -> None:
        """httpx tells each step; those that give a line are the connection and TLS over it."""
        found = info.get("return_value")
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"} and found:
            self._line = found.get_extra_info("socket")

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _cut(self) -> None:
        self.over = True
        if self._line:
            with contextlib.suppress(OSError):  # it is cut already
                self._line.shutdown(socket.SHUT_RDWR)


def _outside() -> httpx.Client:
    global _client
    with _first:
        if _client is None:
            timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
            # no line is kept for the next message: `_Watch` sees a line when it is made
            limits = httpx.Limits(max_keepalive_connections=0)
            _client = httpx.Client(timeout=timeout, limits=limits, follow_redirects=False)
        return _client


def purge(batch: int = 1000) -> int:
    """Forget messages that left, or were given up, a month ago; returns how many rows went."""
    return statement.in_batches(sql.PURGE_TOLD, batch)


def _untold(name: str, payload: dict[str, Any]) -> None:
    record(
        actor="system",
        act="oidc.logout_untold",
        subject=payload["sub"],
        object_=f"client:{payload['client']}",
        words=f"Сервис «{name}» сутки не отвечал и не узнал, что вход в него закончился",
        session=payload["sid"] or "",
    )
