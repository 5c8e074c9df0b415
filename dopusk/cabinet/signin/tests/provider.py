"""A small OpenID provider answering in process, to be wrong on purpose; the real portal is met in the journeys."""

import base64
import hashlib
import json
import time
from urllib.parse import parse_qs

import httpx
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

from dopusk.cabinet.signin import portal as client
from dopusk.cabinet.signin.oidc import OpenId
from dopusk.cabinet.signin.tests import people


class Provider:
    """Answers as the portal does for one person; `forge` changes the ID token, `told` what UserInfo says."""

    def __init__(self, key: str = "anna") -> None:
        self.issuer = settings.PORTAL_URL
        self.key = ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})
        self.signing_key, self.alg = self.key, "ES256"
        self.claims = people.claims(key)
        self.forge: dict[str, object] = {}
        self.told: dict[str, object] = {}
        self.down: set[str] = set()
        self.codes: dict[str, str] = {}  # code → nonce
        self.challenges: dict[str, str] = {}  # code → PKCE challenge
        self.asked: list[str] = []

    def install(self) -> "Provider":
        """Let the cabinet talk to this provider."""
        transport = httpx.MockTransport(self.answer)
        client._portals[self.issuer] = OpenId(self.issuer, transport=transport)
        return self

    def code_for(self, query: dict[str, list[str]]) -> str:
        """What the portal gives after sign-in for an authorization request."""
        code = f"code-{len(self.codes)}"
        self.codes[code] = query["nonce"][0]
        self.challenges[code] = query["code_challenge"][0]
        return code

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request of the cabinet."""
        path = request.url.path
        self.asked.append(path)
        if path in self.down or "*" in self.down:
            return httpx.Response(503)
        if path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.metadata())
        if path == "/oidc/jwks":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        if path == "/oidc/token":
            return self.token(request)
        return httpx.Response(200, json={**self.claims, **self.told})

    def metadata(self) -> dict[str, object]:
        """Discovery."""
        places = {
            "authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo",
            "jwks_uri": "jwks", "end_session_endpoint": "logout",
        }  # fmt: skip
        return {"issuer": self.issuer, **{name: f"{self.issuer}/oidc/{at}" for name, at in places.items()}}

    def token(self, request: httpx.Request) -> httpx.Response:
        """The token endpoint: each code once, its PKCE verifier checked, the client known by its secret."""
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        expected = base64.b64encode(f"{settings.CLIENT_ID}:{settings.CLIENT_SECRET}".encode()).decode()
        assert request.headers["Authorization"] == f"Basic {expected}"
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        nonce = self.codes.pop(form["code"], None)
        if nonce is None or self.challenges[form["code"]] != challenge:
            return httpx.Response(400, json={"error": "invalid_grant"})
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": settings.CLIENT_ID, "sub": self.claims["sub"], "nonce": nonce,
            "iat": now, "exp": now + 300, "auth_time": now, **self.forge,
        }  # fmt: skip
        header = {"alg": self.alg, "kid": "first"}
        if self.alg == "none":
            parts = [json.dumps(part).encode() for part in (header, claims)]
            raw = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."
        else:
            raw = jwt.encode(header, claims, self.signing_key)
        return httpx.Response(200, json={"access_token": "opaque", "token_type": "Bearer", "id_token": raw})
