"""Giving codes, turning them into markers, clearing away."""

import hashlib
import json
import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import actions as consents
from dopusk.portal.consents import rules as consent_rules
from dopusk.portal.esia import markers, numbers, sql
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.models import Entry
from dopusk.portal.esia.rules import te
from dopusk.portal.esia.rules.ac import CODE_SECONDS, Entrant, Organisation
from dopusk.portal.esia.rules.permissions import Permission
from dopusk.portal.esia.rules.received import Received
from dopusk.portal.esia.scopes import in_marker, of_organisation, parsed
from dopusk.portal.oidc.replay import first_time
from dopusk.portal.oidc.rules.token import REFRESH_LONGEST_SECONDS
from dopusk.portal.sessions.actions import Opened, Place, idle_end, start
from dopusk.portal.sessions.rules import BY_PASSWORD, cookie_hash

CODE_OCTETS: Final = 48  # longer than a code of OpenID Connect: that endpoint knows its own by their length
UNASKED: Final = "Вы вошли на портал: песочница входит без страниц"
STATE_SECONDS: Final = 3600  # how long the `state` of te is remembered; `timestamp` shuts it out much sooner

# Where a person works, by her `sub`: a source of slice esia fills this in when it is ready.
ORGANISATIONS: Final[list[Callable[[uuid.UUID], list[Organisation]]]] = []


def _hashed(value: str) -> bytes:
    """Codes, refresh tokens and markers hold at least 122 random bits or a signature: a plain hash keeps them safe."""
    return hashlib.sha256(value.encode()).digest()


def _same(value: uuid.UUID) -> uuid.UUID:
    return value


def organisations_of(sub: uuid.UUID) -> tuple[Organisation, ...]:
    """Where a person works, as far as anybody here knows."""
    return tuple(one for source in ORGANISATIONS for one in source(sub))


def who(cookie: str) -> uuid.UUID | None:
    """The person signed in before this browser."""
    if not cookie:
        return None
    return statement.one(sql.WHO, {"session": cookie_hash(cookie), "idle": idle_end()}, _same)


def entrant(received: Received, sub: uuid.UUID) -> Entrant:
    """The person as the checks of ENTRANT see her."""
    return Entrant(received, numbers.oid_of(sub), organisations_of(sub))


@dataclass(frozen=True)
class Wanted:
    """What a good request asks for. scopes: names, with those of its consents; agreed_since: seconds since 1970."""

    received: Received
    client: Registration
    permissions: tuple[Permission, ...]
    agreed_since: float = -1.0

    @property
    def names(self) -> frozenset[str]:
        """Names of all scopes, without suffixes."""
        asked = {one.name for one in self.received.scopes or ()}
        return frozenset(asked | {name for one in self.permissions for name in one.scopes})

    @property
    def scope(self) -> str:
        """`scope` as it was asked, and what the consents add to it."""
        added = [name for one in self.permissions for name in one.scopes]
        return " ".join(dict.fromkeys([*self.received.get("scope").split(), *added]))


@dataclass(frozen=True)
class Standing:
    """How the person stands towards the system. agreed: when, in seconds since 1970; covers: to all it asks for.

    missing: what keeps her out whatever she agrees to (`level`, `cooling`, `contact`), or empty.
    """

    sub: uuid.UUID
    agreed: float
    covers: bool
    granted: bool
    missing: str


def authorize(wanted: Wanted, cookie: str, *, give: bool = True) -> tuple[Standing | None, str]:
    """Give a code if the person is signed in and has agreed; with `give` unset only look.

    Returns her standing (None: not signed in) and the code, which means something only if `granted`.
    """
    if not cookie:
        return None, ""
    received, code = wanted.received, secrets.token_urlsafe(CODE_OCTETS)
    standing = statement.one(
        sql.AUTHORIZE,
        {
            "session": cookie_hash(cookie),
            "idle": idle_end(),
            "client": wanted.client.client_id,
            "levels": wanted.client.levels,
            "grant": uuid.uuid4(),
            "scopes": sorted(wanted.names),
            "redirect_uri": received.get("redirect_uri"),
            "nonce": received.get("nonce"),
            "code": _hashed(code),
            "challenge": received.get("code_challenge") if received.generation > 1 else "",
            "code_seconds": CODE_SECONDS,
            "offline": received.get("access_type") == "offline",
            "give": give,
            "agreed_since": wanted.agreed_since,
            "version": received.generation,
            "scope": wanted.scope,
            "scope_org": received.get("scope_org"),
            "state": received.get("state"),
            "term": min((one.term for one in wanted.permissions), default=None),
            "words": f"Вы вошли на сервис «{wanted.client.name}»; "
            f"ему переданы: {consent_rules.in_words(wanted.names)}",
            "trace": trace.current(),
            "detail": json.dumps(
                {"scopes": sorted(wanted.names), "consents": [one.kind for one in wanted.permissions]}
            ),
        },
        Standing,
    )
    return standing, code


def enter_unasked(wanted: Wanted, sub: uuid.UUID, place: Place) -> Opened | None:
    """Sandbox: sign a test person in and agree for her; None when this browser is hers already.

    Raises sessions.actions.Shut.
    """
    hers = who(place.old_cookie) == sub
    opened = None if hers else start(sub, place, amr=[BY_PASSWORD], words=UNASKED)
    consents.give(sub, wanted.client, wanted.names, session=str(opened.sid) if opened else "")
    return opened


@dataclass(frozen=True)
class _Known:
    """What markers need to know of a grant, as EXCHANGE and REFRESH read it."""

    grant: uuid.UUID
    sub: uuid.UUID
    sid: uuid.UUID
    client_id: str
    nonce: str
    scope: str
    scope_org: str
    level: str
    signed_in: int
    amr: list[str]
    offline: bool
    token_alg: str
    numeric_sub: bool


@transaction.atomic
def exchange(received: Received, client: Registration, redirects: list[str]) -> dict[str, Any] | EsiaFault:
    """The answer for a code, or why not. A second use revokes what the first one gave.

    redirects: readings of `redirect_uri`, any of which will do. Raises gost.EngineMissing: the code stays unspent.
    """
    verifier = received.get("code_verifier") if received.generation > 1 else ""
    refresh = str(uuid.uuid4())
    row = statement.one(
        sql.EXCHANGE,
        {
            "code": _hashed(received.get("code")),
            "client": client.client_id,
            "levels": client.levels,
            "redirects": redirects,
            "version": received.generation,
            "challenge": te.challenge_of(verifier),
            "verifier_sound": te.verifier_is_sound(verifier),
            "state": received.get("state"),
            "state_hash": _hashed(f"esia te {client.client_id} {received.get('state')}"),
            "state_once": received.generation > 1 and not received.lenient,
            "refresh": _hashed(refresh),
            "refresh_seconds": settings.ESIA_REFRESH_SECONDS,
            "trace": trace.current(),
            "reused_words": f"Код входа на «{client.name}» предъявлен второй раз; доступ по нему прекращён",
        },
        lambda *columns: (te.CodeState(*columns[:11]), _Known(*columns[11:])),
        may_repeat=False,
    )
    fault = te.code_fault(row[0] if row else None, verifier)
    if fault or row is None:
        return fault or EsiaFault("007011", "code_unknown")
    return _issue(row[1], received, client, refresh if row[1].offline else "")


def begun(code: str, client_id: str) -> Entry | None:
    """What a code of this system was asked with; for the diagnosis of a refusal, so nothing is spent."""
    return Entry.objects.filter(grant__code_hash=_hashed(code), grant__client_id=client_id).first()


@transaction.atomic
def renew(received: Received, client: Registration) -> dict[str, Any] | EsiaFault:
    """The answer for a refresh token, with the next one, or why not. Raises gost.EngineMissing: it stays unspent."""
    following = str(uuid.uuid4())
    row = statement.one(
        sql.REFRESH,
        {
            "token": _hashed(received.get("refresh_token")),
            "client": client.client_id,
            "levels": client.levels,
            "redirect_uri": received.get("redirect_uri"),
            "version": received.generation,
            "next": _hashed(following),
            "refresh_seconds": settings.ESIA_REFRESH_SECONDS,
            "longest_seconds": REFRESH_LONGEST_SECONDS,
            "trace": trace.current(),
            "reused_words": f"Ключ обновления сервиса «{client.name}» предъявлен второй раз; доступ прекращён",
        },
        lambda *columns: (te.RefreshState(*columns[:6]), _Known(*columns[6:])),
        may_repeat=False,
    )
    fault = te.refresh_fault(row[0] if row else None)
    if fault or row is None:
        return fault or EsiaFault("007011", "refresh_unknown")
    return _issue(row[1], received, client, following)


@transaction.atomic
def serve(received: Received, client: Registration) -> dict[str, Any] | EsiaFault:
    """The answer to `prm_chg` of a system for itself: the person it names has agreed, and that stands (§3, §6).

    Raises gost.EngineMissing.
    """
    scope = te.consent_refresh(received)
    assert scope is not None
    assert scope.oid is not None
    alg = statement.one(sql.AGREED, {"oid": scope.oid, "client": client.client_id}, str)
    if alg is None:
        return EsiaFault("007019", "no_consent", str(scope))
    if not first_time(f"esia te:{client.client_id}", received.get("state"), time.time() + STATE_SECONDS):
        return EsiaFault("007011", "request_repeated", "state")
    marker = markers.service_marker(client.client_id, str(scope), scope.oid, int(time.time()), alg)
    keys = {
        "marker": _hashed(marker),
        "client": client.client_id,
        "scopes": [str(scope)],
        "seconds": settings.ESIA_MARKER_SECONDS,
    }
    statement.one(sql.SERVICE, keys, str)
    return _answer(received, marker)


def _issue(known: _Known, received: Received, client: Registration, refresh: str) -> dict[str, Any]:
    """Sign the markers, keep the hash of the one that opens REST. The grant's scopes count, whatever te asks (§6), but
    not those the system may ask for no more."""
    scopes = [one for one in parsed(f"{known.scope} {known.scope_org}") or [] if one.name in client.scopes]
    oid = numbers.oid_of(known.sub)
    organisations = organisations_of(known.sub) if any(map(of_organisation, scopes)) else ()
    bearer = markers.Bearer(
        client_id=known.client_id,
        sid=known.sid,
        oid=oid,
        scope=in_marker(scopes, oid, [one.oid for one in organisations]),
        level=known.level,
        amr=tuple(known.amr),
        signed_in=known.signed_in,
        nonce=known.nonce,
        numeric_sub=known.numeric_sub,
        now=int(time.time()),
    )
    marker = markers.access_marker(bearer, known.token_alg)
    keys = {"marker": _hashed(marker), "grant": known.grant, "seconds": settings.ESIA_MARKER_SECONDS}
    statement.one(sql.ISSUE, keys, _same)
    answer = _answer(received, marker)
    if any(one.name == "openid" for one in scopes):
        answer["id_token"] = markers.id_marker(bearer, known.token_alg)
    if refresh:
        answer["refresh_token"] = refresh
    return answer


def _answer(received: Received, marker: str) -> dict[str, Any]:
    """§4: `state` of this very request goes back."""
    return {
        "access_token": marker,
        "state": received.get("state"),
        "token_type": "Bearer",
        "expires_in": settings.ESIA_MARKER_SECONDS,
    }


@dataclass(frozen=True)
class Alive:
    """The grant behind a living marker."""

    sub: uuid.UUID
    client_id: str
    sid: uuid.UUID


def holder_of(marker: str) -> Alive | None:
    """Whose marker it is, while its grant, its consent and, unless it is offline, its session stand; else None."""
    return statement.one(sql.HOLDER, {"marker": _hashed(marker)}, Alive)


def entered_here(sid: uuid.UUID, client_id: str) -> bool:
    """Whether this session holds a sign-in of this system."""
    return statement.one(sql.SIGNED_IN_HERE, {"sid": sid, "client": client_id}, _same) is not None


def purge(batch: int = 1000) -> int:
    """Delete entries whose grants are gone; returns how many rows went."""
    return statement.in_batches(sql.PURGE_ENTRIES, batch)
