"""Tokens: what they are given for, what is told of them, how a service gives one up."""

import dataclasses
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from dopusk.kernel import trace
from dopusk.portal import statement
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents import rules as consent_rules
from dopusk.portal.oidc import claims, keys, sql, token_sql
from dopusk.portal.oidc.actions import hashed
from dopusk.portal.oidc.rules.faults import Fault
from dopusk.portal.oidc.rules.token import (
    REFRESH_IDLE_SECONDS,
    REFRESH_LONGEST_SECONDS,
    TOKEN_SECONDS,
    CodeState,
    Presented,
    RefreshState,
    challenge_of,
    code_fault,
    is_of_ours,
    own_scopes,
    refresh_fault,
)

Given = dict[str, Any] | Fault


@dataclass(frozen=True)
class _Judged:
    unused: bool
    in_time: bool
    own: bool
    same_redirect: bool
    verified: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool
    key_shown: bool
    offline: bool
    sub: uuid.UUID
    sid: uuid.UUID
    nonce: str
    scopes: list[str]
    level: str
    signed_in: int
    amr: list[str]

    def state(self) -> CodeState:
        """The conditions alone."""
        return CodeState(**{one.name: getattr(self, one.name) for one in dataclasses.fields(CodeState)})


def exchange(presented: Presented, client: Registration) -> Given:
    """The token response for a code, or why not. A second use revokes what the first one gave."""
    if not is_of_ours(presented.get("code")):
        return Fault("invalid_grant", "code_unknown")
    access_token, refresh_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    refreshable = "refresh_token" in client.grant_types
    judged = statement.one(
        sql.EXCHANGE_REFRESHABLE if refreshable else sql.EXCHANGE,
        {
            "code": hashed(presented.get("code")),
            "client": client.client_id,
            "levels": client.levels,
            "redirect_uri": presented.get("redirect_uri"),
            "challenge": challenge_of(presented.get("code_verifier")),
            "jkt": presented.jkt,
            "token": hashed(access_token),
            "token_seconds": TOKEN_SECONDS,
            "refresh": hashed(refresh_token),
            "idle_seconds": REFRESH_IDLE_SECONDS,
            "trace": trace.current(),
            "reused_words": f"Код входа на «{client.name}» предъявлен второй раз; доступ по нему прекращён",
        },
        _Judged,
        may_repeat=False,
    )
    fault = code_fault(judged.state() if judged else None)
    if fault or judged is None:
        return fault or Fault("invalid_grant", "code_unknown")
    content = claims.id_token(
        client_id=client.client_id,
        sub=judged.sub,
        sid=judged.sid,
        signed_in=judged.signed_in,
        amr=judged.amr,
        level=judged.level,
        nonce=judged.nonce,
        access_token=access_token,
    )
    response = _response(access_token, presented.jkt, consent_rules.in_order(frozenset(judged.scopes)))
    if refreshable and judged.offline:
        response["refresh_token"] = refresh_token
    return {**response, "id_token": keys.sign(content, alg=client.id_token_alg)}


@dataclass(frozen=True)
class _Refreshed:
    own: bool
    unused: bool
    stands: bool
    in_time: bool
    key_shown: bool
    session_lives: bool
    consent_stands: bool
    admitted: bool
    within: bool
    scopes: list[str]

    def state(self) -> RefreshState:
        """The conditions alone."""
        return RefreshState(**{one.name: getattr(self, one.name) for one in dataclasses.fields(RefreshState)})


def refresh(presented: Presented, client: Registration) -> Given:
    """The token response for a refresh token, with the next one (RFC 6749 §6), or why not.

    No ID token comes along (OIDC Core §12.2 leaves it open): nobody has signed in anew.
    """
    if not is_of_ours(presented.get("refresh_token")):
        return Fault("invalid_grant", "refresh_unknown")
    access_token, refresh_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    judged = statement.one(
        token_sql.REFRESH,
        {
            "refresh": hashed(presented.get("refresh_token")),
            "client": client.client_id,
            "levels": client.levels,
            "scopes": sorted(presented.scopes),
            "jkt": presented.jkt,
            "token": hashed(access_token),
            "token_seconds": TOKEN_SECONDS,
            "next": hashed(refresh_token),
            "idle_seconds": REFRESH_IDLE_SECONDS,
            "longest_seconds": REFRESH_LONGEST_SECONDS,
            "trace": trace.current(),
            "reused_words": f"Ключ продления входа на «{client.name}» предъявлен второй раз; доступ по нему прекращён",
        },
        _Refreshed,
        may_repeat=False,
    )
    fault = refresh_fault(judged.state() if judged else None)
    if fault or judged is None:
        return fault or Fault("invalid_grant", "refresh_unknown")
    scopes = consent_rules.in_order(presented.scopes or frozenset(judged.scopes))
    return {**_response(access_token, presented.jkt, scopes), "refresh_token": refresh_token}


def for_service(presented: Presented, client: Registration) -> Given:
    """A token of a service for itself (RFC 6749 §4.4): no person, no refresh token; all its own scopes if none is
    named. It opens nothing here: other services ask about it by introspection."""
    access_token = secrets.token_urlsafe(32)
    scopes = sorted(presented.scopes or own_scopes(client))
    statement.one(
        token_sql.ISSUE_TO_SERVICE,
        {
            "token": hashed(access_token),
            "client": client.client_id,
            "scopes": scopes,
            "token_seconds": TOKEN_SECONDS,
            "jkt": presented.jkt,
        },
        tuple,
    )
    return _response(access_token, presented.jkt, scopes)


GIVEN_FOR: Final[Mapping[str, Callable[[Presented, Registration], Given]]] = {
    "authorization_code": exchange,
    "refresh_token": refresh,
    "client_credentials": for_service,
}


def _response(access_token: str, jkt: str, scopes: list[str]) -> dict[str, Any]:
    """RFC 6749 §5.1; RFC 9449 §5: the type says how the token is presented."""
    return {
        "access_token": access_token,
        "token_type": "DPoP" if jkt else "Bearer",
        "expires_in": TOKEN_SECONDS,
        **({"scope": " ".join(scopes)} if scopes else {}),
    }


@dataclass(frozen=True)
class _Known:
    """A living token. kind: `access`, `refresh` (a person's), `service`. issued_at: 0 where nobody keeps it."""

    kind: str
    client_id: str
    sub: str
    scopes: list[str]
    issued_at: int
    expires_at: int
    jkt: str


def introspect(token: str, client: Registration) -> dict[str, Any]:
    """What a service may know of a token (RFC 7662 §2.2).

    A person's tokens are known to the service they were given to, and are inactive for everybody else (§4 leaves it to
    us): they open userinfo here and nothing elsewhere, so a service that was handed another's has no business with
    it. A service's token for itself is made to be shown to others: any service may ask, and learns whose it is.
    """
    known = statement.one(token_sql.INTROSPECT, {"token": hashed(token)}, _Known)
    if known is None or (known.kind != "service" and known.client_id != client.client_id):
        return {"active": False}
    return {
        "active": True,
        "client_id": known.client_id,
        "sub": known.sub,
        "iss": settings.PORTAL_URL,
        "exp": known.expires_at,
        **({"iat": known.issued_at} if known.issued_at else {}),
        **({"scope": " ".join(known.scopes)} if known.scopes else {}),
        **({"token_type": "DPoP" if known.jkt else "Bearer"} if known.kind != "refresh" else {}),
        **({"cnf": {"jkt": known.jkt}} if known.jkt else {}),
    }


def give_up(token: str, client: Registration) -> Fault | None:
    """End a token at its service's own wish (RFC 7009): an access token alone, a refresh token with its whole grant.

    A token nobody has is as good as ended (§2.2); one of another service stays, and that is said (§2.1).
    """
    whose = statement.one(
        token_sql.REVOKE,
        {
            "token": hashed(token),
            "client": client.client_id,
            "words": f"Сервис «{client.name}» отказался от доступа к Вашим сведениям",
            "trace": trace.current(),
        },
        str,
    )
    foreign = whose is not None and whose != client.client_id
    return Fault("unauthorized_client", "token_foreign") if foreign else None
