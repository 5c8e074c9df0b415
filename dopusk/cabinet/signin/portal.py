"""The portal as an OpenID Connect provider, from the client's side.

Discovery and keys are fetched over HTTP with time-outs and kept for minutes. Authlib prepares and reads the
messages and checks the ID token's claims (OpenID Connect Core 3.1.3.7), joserfc its signature.
What makes it safe: PKCE S256 and a nonce of one attempt's own, `iss` and `aud` checked, only the algorithms
we expect, `sub` of UserInfo equal to the ID token's.
"""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.claims import ClaimsOption
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from dopusk.kernel import trace

SCOPE = "openid profile birthdate snils inn email phone identity_document"
ALGORITHMS = ["ES256"]
TIMEOUT = httpx.Timeout(8.0, connect=2.0)
KEEP_SECONDS = 300.0
LEEWAY_SECONDS = 30


class PortalDown(Exception):
    """The portal gave no usable answer; since: when this process first noticed."""

    def __init__(self, since: datetime) -> None:
        super().__init__("portal")
        self.since = since


class PortalRefused(Exception):
    """The portal, or our own check of its answer, said no. code: "invalid_grant", "id_token"…"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What a code was exchanged for. claims: of the ID token and UserInfo together; id_token: as it came."""

    claims: dict[str, Any]
    id_token: str


class Portal:
    """One provider. Safe for threads; one a process."""

    def __init__(self, issuer: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.issuer = issuer
        self.client = httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False)
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._down_since: datetime | None = None

    def authorization_url(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """Where to send the browser. Raises PortalDown."""
        found: str = prepare_grant_uri(  # type: ignore[no-untyped-call]
            self._provider()["authorization_endpoint"],
            client_id=settings.CLIENT_ID,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),  # type: ignore[no-untyped-call]
            code_challenge_method="S256",
        )
        return found

    def exchange(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> Answer:
        """Claims for a code. Raises PortalDown, PortalRefused."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        auth = httpx.BasicAuth(settings.CLIENT_ID, settings.CLIENT_SECRET)
        tokens = self._ask("POST", self._provider()["token_endpoint"], data=form, auth=auth)
        access, raw = str(tokens.get("access_token", "")), str(tokens.get("id_token", ""))
        claims = self._check(raw, access, nonce)
        bearer = {"Authorization": f"Bearer {access}"}
        told = self._ask("GET", self._provider()["userinfo_endpoint"], headers=bearer)
        if told.get("sub") != claims["sub"]:
            raise PortalRefused("userinfo_sub")
        return Answer({**told, **claims}, raw)

    def logout_url(self, back: str, id_token: str) -> str:
        """Where to send the browser to sign out at the portal too. Raises PortalDown."""
        query = {
            "client_id": settings.CLIENT_ID,
            "post_logout_redirect_uri": back,
            **({"id_token_hint": id_token} if id_token else {}),
        }
        return f"{self._provider()['end_session_endpoint']}?{urlencode(query)}"

    def _check(self, raw: str, access: str, nonce: str) -> dict[str, Any]:
        """The claims of a valid ID token of this provider, for this client and attempt."""
        registry = JWSRegistry(algorithms=ALGORITHMS)
        try:
            try:
                token = jwt.decode(raw, self._key_set(), registry=registry)
            except InvalidKeyIdError:  # the portal has changed its keys
                token = jwt.decode(raw, self._key_set(again=True), registry=registry)
            options: dict[str, ClaimsOption] = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": settings.CLIENT_ID},
            }
            params = {"nonce": nonce, "client_id": settings.CLIENT_ID, "access_token": access}
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=LEEWAY_SECONDS)  # type: ignore[no-untyped-call]
        except (JoseError, ValueError) as error:
            raise PortalRefused("id_token") from error
        return dict(claims)

    def _provider(self) -> dict[str, Any]:
        """The metadata. Asked for outside the lock: a portal that hangs keeps nobody waiting for another's time-out."""
        with self._lock:
            if self._metadata and time.monotonic() - self._fetched <= KEEP_SECONDS:
                return self._metadata
        found = self._ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise PortalRefused("issuer")
        with self._lock:
            self._metadata, self._keys, self._fetched = found, None, time.monotonic()
        return found

    def _key_set(self, *, again: bool = False) -> KeySet:
        address, kept = self._provider()["jwks_uri"], self._keys
        if kept is not None and not again:
            return kept
        found: Any = self._ask("GET", address)
        keys = KeySet.import_key_set(found)
        with self._lock:
            self._keys = keys
        return keys

    def _ask(self, method: str, url: str, **arguments: Any) -> dict[str, Any]:
        headers = {
            "Accept": "application/json",
            "X-Trace-Id": trace.current(),
            **arguments.pop("headers", {}),
        }
        try:
            response = self.client.request(method, url, headers=headers, **arguments)
            if response.status_code >= 500:
                raise PortalDown(self._failed())
            body = response.json()
        except (httpx.TransportError, ValueError) as error:
            raise PortalDown(self._failed()) from error
        self._down_since = None
        if not isinstance(body, dict):
            raise PortalDown(self._failed())
        if response.is_error:
            raise PortalRefused(str(body.get("error") or body.get("code") or response.status_code))
        return body

    def _failed(self) -> datetime:
        self._down_since = self._down_since or datetime.now(UTC)
        return self._down_since


_portals: dict[str, Portal] = {}


def portal() -> Portal:
    """The provider this site trusts; made once, because an HTTP client costs more than a whole sign-in."""
    address = settings.PORTAL_URL
    if address not in _portals:
        _portals.setdefault(address, Portal(address))
    return _portals[address]
