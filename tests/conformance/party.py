"""A service with keys of its own, as the tests of the protocol need it: assertions, DPoP proofs, calls."""

import secrets
import time
import warnings
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from dopusk.portal.clients.actions import register
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.oidc.rules.assertion import TYPE
from dopusk.portal.oidc.rules.dpop import token_hash
from dopusk.portal.tests.browser import CALLBACK, CHALLENGE, PORTAL, VERIFIER, Browser, check_of, code_for

PHARMACY, SECRET = "pharmacy", "p" * 43
EVERY_GRANT = ["authorization_code", "refresh_token", "client_credentials"]
TOKEN, PAR = f"{PORTAL}/oidc/token", f"{PORTAL}/oidc/par"
INTROSPECT, REVOKE, USERINFO = (
    f"{PORTAL}/oidc/introspect",
    f"{PORTAL}/oidc/revoke",
    f"{PORTAL}/oidc/userinfo",
)
ABSENT: Any = object()  # of a claim or header: leave it out

EC, OTHER_EC = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
RSA, ED = RSAKey.generate_key(2048), OKPKey.generate_key("Ed25519")
KEYS: dict[str, Key] = {"ES256": EC, "RS256": RSA, "PS256": RSA, "EdDSA": ED, "Ed25519": ED}


def pharmacy(**changes: Any) -> None:
    """Register a second service; it may do everything, and shows a secret unless told otherwise."""
    values: dict[str, Any] = {
        "name": "Аптека",
        "secret": SECRET,
        "redirect_uris": [CALLBACK],
        "signed_out_uris": [],
        "scopes": [*CLAIMS, "prescriptions.read", "prescriptions.write"],
        "grant_types": EVERY_GRANT,
        **changes,
    }
    if values.get("auth_method") == "private_key_jwt":
        values.setdefault("jwks", public_set(EC, RSA, ED))
        values["secret"] = ""
    register(PHARMACY, **values)


def public_set(*keys: Key) -> dict[str, Any]:
    """A JWK Set of public keys, with their thumbprints as `kid`."""
    return {"keys": [{**key.as_dict(private=False), "kid": key.thumbprint()} for key in keys]}


def signed(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """A JWT; what is ABSENT is left out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode(_there(header), _there(claims), key, algorithms=[header["alg"]])


def _there(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}


def assertion(
    alg: str = "ES256", key: Key | None = None, header: dict[str, Any] | None = None, **claims: Any
) -> dict[str, str]:
    """The two parameters by which the pharmacy shows who it is (RFC 7523 §2.2)."""
    now = int(time.time())
    said = {
        "iss": PHARMACY,
        "sub": PHARMACY,
        "aud": PORTAL,
        "iat": now,
        "exp": now + 60,
        "jti": secrets.token_urlsafe(16),
        **claims,
    }
    text = signed({"alg": alg, **(header or {})}, said, key or KEYS[alg])
    return {"client_assertion_type": TYPE, "client_assertion": text}


def proof(
    address: str = TOKEN,
    method: str = "POST",
    *,
    alg: str = "ES256",
    key: Key | None = None,
    token: str = "",
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> dict[str, str]:
    """The header that shows a key (RFC 9449 §4)."""
    used = key or KEYS[alg]
    said = {
        "htm": method,
        "htu": address,
        "iat": int(time.time()),
        "jti": secrets.token_urlsafe(16),
        **({"ath": token_hash(token)} if token else {}),
        **claims,
    }
    head = {"typ": "dpop+jwt", "alg": alg, "jwk": used.as_dict(private=False), **(header or {})}
    return {"DPoP": signed(head, said, used)}


def ask(
    address: str,
    *,
    auth: tuple[str, str] | None = (PHARMACY, SECRET),
    headers: dict[str, str] | None = None,
    **values: str | None,
) -> httpx.Response:
    """A call of the pharmacy to an endpoint; None leaves a parameter out, `auth=None` the secret."""
    data = {name: value for name, value in values.items() if value is not None}
    basic = httpx.BasicAuth(*auth) if auth else httpx.Auth()
    return Browser().post(address, data=data, auth=basic, headers=headers or {})


def code(browser: Browser | None = None, who: str = "anna", **changes: str | None) -> str:
    """A fresh code of the pharmacy."""
    return code_for(
        browser or Browser(), who, **{"client_id": PHARMACY, "scope": "openid profile", **changes}
    )


def exchange(given: str, **more: Any) -> httpx.Response:
    """The code for tokens."""
    values = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    return ask(TOKEN, **{**values, "code": given, **more})


def lasting(browser: Browser | None = None, **more: Any) -> dict[str, Any]:
    """Tokens of an offline grant, refresh token among them."""
    given = code(browser, scope="openid profile snils offline_access", prompt="consent")
    answer = exchange(given, **more)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def refresh(token: str, **more: Any) -> httpx.Response:
    """A refresh token for new tokens."""
    return ask(TOKEN, **{"grant_type": "refresh_token", "refresh_token": token, **more})


def opens(token: str, *, scheme: str = "Bearer", headers: dict[str, str] | None = None) -> httpx.Response:
    """What userinfo says to a token."""
    return Browser().get(USERINFO, headers={"Authorization": f"{scheme} {token}", **(headers or {})})


def fault(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, error, and the code of the check."""
    told = answer.json()
    return answer.status_code, told["error"], check_of(told)


REQUEST = {
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "scope": "openid profile",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
