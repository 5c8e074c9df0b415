"""The portal as an OpenID Connect provider, from the client's side.

Discovery and keys are fetched over HTTP with time-outs and kept for minutes. Authlib prepares and reads the
messages and checks the ID token's claims (OpenID Connect Core 3.1.3.7), joserfc its signature.
What makes it safe: PKCE S256 and a nonce of one attempt's own, `iss` and `aud` checked, only the algorithms
we expect, `sub` of UserInfo equal to the ID token's.
"""

import threading
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

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

from dopusk.cabinet.signin.line import Line
from dopusk.cabinet.signin.provider import Answer, LogoutToken, PortalRefused

SCOPE = "openid profile birthdate snils inn email phone identity_document"
FURTHER = "certificate"  # scope: asked for where the provider has it
ALGORITHMS = ["ES256"]
KEEP_SECONDS = 300.0
REFETCH_SECONDS = (
    5.0  # anybody may send a token of an unknown key: so often its key is looked for, and no oftener
)
LEEWAY_SECONDS = 30
LONGEST_TOKEN = 8192  # characters


class OpenId:
    """One OpenID provider."""

    def __init__(self, issuer: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.issuer = issuer
        self._line = Line(transport)
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._fetched = 0.0
        self._refetched = -REFETCH_SECONDS

    @property
    def origins(self) -> list[str]:
        """The issuer itself."""
        return ["{0.scheme}://{0.netloc}".format(urlsplit(self.issuer))]

    def authorization_url(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """RFC 6749 §4.1.1 with PKCE and a nonce."""
        found: str = prepare_grant_uri(  # type: ignore[no-untyped-call]
            self._provider()["authorization_endpoint"],
            client_id=settings.CLIENT_ID,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=self._scope(),
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),  # type: ignore[no-untyped-call]
            code_challenge_method="S256",
        )
        return found

    def exchange(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> Answer:
        """The claims of the ID token and of UserInfo together."""
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

    def spoke(self, iss: str) -> bool:
        """RFC 9207 §2.4: a provider that names itself in its answers does so in each."""
        named = self._provider().get("authorization_response_iss_parameter_supported") is True
        return iss == self.issuer if iss or named else True

    def refusal(self, error: str, description: str) -> str:
        """RFC 6749 §4.1.2.1: the code as it stands."""
        return error[:60]

    def logout_url(self, back: str, id_token: str) -> str:
        """OpenID Connect RP-Initiated Logout 1.0 §2."""
        query = {
            "client_id": settings.CLIENT_ID,
            "post_logout_redirect_uri": back,
            **({"id_token_hint": id_token} if id_token else {}),
        }
        return f"{self._provider()['end_session_endpoint']}?{urlencode(query)}"

    def logout_token(self, raw: str) -> LogoutToken:
        """Back-Channel Logout 1.0 §2.6: signed as ID tokens are, by the same keys."""
        try:
            token = self._decode(raw)
        except (JoseError, ValueError) as error:
            raise PortalRefused("logout_token") from error
        return LogoutToken(dict(token.header), dict(token.claims))

    def proofing_url(self, back: str) -> str:
        """The portal's own page."""
        return f"{settings.PORTAL_URL}/proofing/?{urlencode({'next': back})}"

    def leave_url(self) -> str:
        """The portal asks there whether to leave."""
        return f"{settings.PORTAL_URL}/oidc/logout"

    def _scope(self) -> str:
        supported = self._provider().get("scopes_supported")
        return f"{SCOPE} {FURTHER}" if isinstance(supported, list) and FURTHER in supported else SCOPE

    def _check(self, raw: str, access: str, nonce: str) -> dict[str, Any]:
        """The claims of a valid ID token of this provider, for this client and attempt."""
        try:
            token = self._decode(raw)
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

    def _decode(self, raw: str) -> jwt.Token:
        """Its signature is right; raises JoseError, ValueError. A key we have not seen is looked for once."""
        if len(raw) > LONGEST_TOKEN or raw.count(".") != 2:
            raise ValueError("this is no token")
        try:
            return self._opened(raw)
        except (
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:  # a header of a shape joserfc does not look for
            raise ValueError("this is no token") from error

    def _opened(self, raw: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=ALGORITHMS)
        try:
            return jwt.decode(raw, self._key_set(), registry=registry)
        except InvalidKeyIdError:  # the portal has changed its keys
            with self._lock:
                if time.monotonic() - self._refetched < REFETCH_SECONDS:
                    raise
                self._refetched = time.monotonic()
            return jwt.decode(raw, self._key_set(again=True), registry=registry)

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
        response = self._line.call(method, url, **arguments)
        body = self._line.body(response)
        if response.is_error:
            raise PortalRefused(str(body.get("error") or body.get("code") or response.status_code))
        return body
