"""An ЕСИА as a provider, from the side of an information system.

Version 1: `/aas/oauth2/ac` and `/te`, secrets are detached CMS with signed attributes. Version 2: `/aas/oauth2/v2/ac`
and `/v3/te`, secrets are raw signatures, with the hash of the certificate and PKCE. Person data come over REST.
What makes it safe: both markers are verified (markers.py) and name one person and one session; the answer of `te`
echoes a `state` of that request's own; the browser's `state` is sealed in a cookie (attempts.py), because this
protocol has no nonce one can rely on.
"""

import base64
import logging
import re
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.utils import timezone

from dopusk.cabinet.signin import esia_person, markers
from dopusk.cabinet.signin.configuration import Esia as Settings
from dopusk.cabinet.signin.configuration import signers
from dopusk.cabinet.signin.line import Line
from dopusk.cabinet.signin.provider import Answer, LogoutToken, PortalRefused
from dopusk.trust import certificates, cms, raw
from dopusk.web.environment import Misconfigured

log = logging.getLogger(__name__)
SCOPE = "openid fullname birthdate gender snils inn email mobile id_doc"
PERSON = "embed=(contacts.elements,documents.elements)"
ERROR = re.compile(r"ESIA-([0-9]{6})")
# what people understand; the rest is shown by its number
MEANT = {"007004": "access_denied", "007055": "unconfirmed", "007011": "invalid_grant"}
BUSY = "007008"
AC = {1: "/aas/oauth2/ac", 2: "/aas/oauth2/v2/ac"}
TE = {1: "/aas/oauth2/te", 2: "/aas/oauth2/v3/te"}


class Esia:
    """One ЕСИА."""

    def __init__(self, settings: Settings, *, transport: httpx.BaseTransport | None = None) -> None:
        self.settings = settings
        self.issuer = settings.issuer
        self._line = Line(transport)
        self._signers = signers(settings.marker_files)
        hashes = certificates.fingerprints(settings.certificate.der)
        self._hash = hashes["streebog256" if settings.gost else "sha256"]

    @property
    def origins(self) -> list[str]:
        """Of the settings: a sign-out may lead through several sites."""
        return list(self.settings.origins)

    def authorization_url(self, redirect_uri: str, *, state: str, nonce: str, verifier: str) -> str:
        """`ac` of the dialect's version."""
        query = {
            "client_id": self.settings.client,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "response_type": "code",
            "state": state,
            "access_type": "online",
            "timestamp": _timestamp(),
        }
        if self.settings.generation > 1:
            query["code_challenge"] = create_s256_code_challenge(verifier)  # type: ignore[no-untyped-call]
            query["code_challenge_method"] = "S256"
        return f"{self.settings.address}{AC[self.settings.generation]}?{urlencode(self._signed(query))}"

    def exchange(self, code: str, redirect_uri: str, *, nonce: str, verifier: str) -> Answer:
        """The person's card, its claims named as OpenID Connect names them."""
        tokens = self._tokens(code, redirect_uri, verifier)
        bearer = str(tokens.get("access_token", ""))
        identity = self._marker(str(tokens.get("id_token", "")), "id")
        access = self._marker(bearer, "access")
        oid = _one_person(identity, access)
        card = self._ask("GET", f"/rs/prns/{oid}?{PERSON}", headers={"Authorization": f"Bearer {bearer}"})
        claims = {**esia_person.claims(identity, card), "iss": self.issuer, "sub": oid}
        return Answer({**claims, "sid": str(identity.get("urn:esia:sid") or "")}, "")

    def spoke(self, iss: str) -> bool:
        """This protocol's answers do not say whose they are: one that does is another's."""
        return not iss

    def refusal(self, error: str, description: str) -> str:
        """By the number at the beginning of the description; without one, the word of RFC 6749."""
        found = ERROR.match(description)
        return _code(found[1]) if found else error[:60]

    def logout_url(self, back: str, id_token: str) -> str:
        """`/idp/ext/Logout`."""
        query = {"client_id": self.settings.client, "redirect_url": back}
        return f"{self.settings.address}/idp/ext/Logout?{urlencode(query)}"

    def logout_token(self, raw: str) -> LogoutToken:
        """The protocol knows no back-channel logout."""
        raise PortalRefused("not_supported")

    def proofing_url(self, back: str) -> str:
        """Of the settings."""
        return self.settings.account

    def leave_url(self) -> str:
        """Sign-out there, without a way back."""
        return f"{self.settings.address}/idp/ext/Logout?{urlencode({'client_id': self.settings.client})}"

    def _tokens(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        state = str(uuid.uuid4())  # of this request, not the one of `ac`
        form = {
            "client_id": self.settings.client,
            "code": code,
            "grant_type": "authorization_code",
            "state": state,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "timestamp": _timestamp(),
            "token_type": "Bearer",
        }
        if self.settings.generation > 1:
            form["code_verifier"] = verifier
        tokens = self._ask("POST", TE[self.settings.generation], data=self._signed(form))
        if tokens.get("state") != state:
            raise PortalRefused("state_differs")
        return tokens

    def _marker(self, marker: str, kind: str) -> dict[str, Any]:
        try:
            return self._read(marker, kind)
        except PortalRefused as refused:
            if refused.code not in {"marker_alg", "marker_signature"} or not self._signers_changed():
                raise
        return self._read(marker, kind)

    def _read(self, marker: str, kind: str) -> dict[str, Any]:
        client, now = self.settings.client, time.time()
        return markers.read(marker, kind, self._signers, issuer=self.issuer, client=client, now=now)

    def _signers_changed(self) -> bool:
        """Whether other certificates stand in the files by now: they may be changed while the site runs."""
        try:
            found = signers(self.settings.marker_files)
        except Misconfigured as error:  # half written, perhaps: those known go on
            log.error("certificates of the markers' signer: %s", error)  # noqa: TRY400 - the message says all
            return False
        changed, self._signers = found != self._signers, found
        return changed

    def _signed(self, values: Mapping[str, str]) -> dict[str, str]:
        """The parameters with `client_secret`: their values one after another, in the order of the version."""
        if self.settings.generation == 1:
            said = "".join(values[name] for name in ("scope", "timestamp", "client_id", "state"))
            key, certificate = self.settings.key, self.settings.certificate.der
            made = cms.sign(key, certificate, said.encode(), attached=False, attributes=True)
            return {**values, "client_secret": _base64url(made)}
        # scope_org, which we do not send, would stand between scope and timestamp
        names = ("client_id", "scope", "timestamp", "state", "redirect_uri", "code")
        said = "".join(values.get(name, "") for name in names)
        made = raw.sign(self.settings.key, said.encode())
        return {**values, "client_secret": _base64url(made), "client_certificate_hash": self._hash}

    def _ask(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """The JSON of an answer. A refusal is told by its number, wherever in the body it stands: it may be HTML."""
        response = self._line.call(method, self.settings.address + path, **arguments)
        if not response.is_error and not response.is_redirect:
            return self._line.body(response)
        found = ERROR.search(response.text)
        if not found or found[1] == BUSY:
            raise self._line.down()
        raise PortalRefused(_code(found[1]))


def _code(number: str) -> str:
    return MEANT.get(number, f"ESIA-{number}")


def _timestamp() -> str:
    """`2026.11.22 14:36:11 +0300`."""
    return timezone.localtime().strftime("%Y.%m.%d %H:%M:%S %z")


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _one_person(identity: Mapping[str, Any], access: Mapping[str, Any]) -> str:
    """Her oid; raises PortalRefused when the two markers do not mean one person in one session."""
    subject = identity.get("urn:esia:sbj")
    inner = subject.get("urn:esia:sbj:oid") if isinstance(subject, Mapping) else None
    oid = str(identity.get("sub") or "")
    if not re.fullmatch(r"[0-9]{1,19}", oid) or not (oid == str(inner) == str(access.get("urn:esia:sbj_id"))):
        raise PortalRefused("marker_person")
    if identity.get("urn:esia:sid") != access.get("urn:esia:sid"):
        raise PortalRefused("marker_session")
    return oid
