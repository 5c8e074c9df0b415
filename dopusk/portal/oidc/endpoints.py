"""The endpoints of the OpenID provider."""

import base64
import binascii
import hashlib
import hmac
import json
import logging
import time
import uuid
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote, unquote_plus, urlencode

from django.conf import settings
from django.core import signing

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.actions import secret_hash
from dopusk.portal.clients.rules import Registration
from dopusk.portal.consents.rules import CLAIMS
from dopusk.portal.oidc import actions, claims, keys
from dopusk.portal.oidc.rules.authorize import (
    AUTHORIZE,
    PROMPTS,
    RECIPIENT,
    Asked,
    agreed_since,
    signed_in_since,
)
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.oidc.rules.token import TOKEN, Presented
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.wire import Answer, Page, Request, Route, as_json, redirect

log = logging.getLogger(__name__)

FAULT: Final = "dopusk.oidc.fault"  # where the view finds what to explain
MISSING: Final = "/proofing/missing/"  # the page of slice proofing that names the missing step
AGAIN: Final = "again"  # our own parameter: what this request has already sent the person to do
AGAIN_SECONDS: Final = 900


def authorize(request: Request) -> Answer | Page:
    """OIDC Core §3.1.2: a code for a person who is signed in and has agreed; else she is sent to do so."""
    values, repeated = request.form if request.method == "POST" else request.query
    values = dict(values)
    again = values.pop(AGAIN, "")
    asked = Asked(values, repeated, clients.find(values.get("client_id", "")))
    fault = first_fault(RECIPIENT, asked)
    if fault:
        return Page({FAULT: fault})
    fault = first_fault(AUTHORIZE, asked)
    if fault:
        return _back(asked, fault)
    hinted = _hinted(asked)
    if isinstance(hinted, Fault):
        return _back(asked, hinted)
    done = _done_before(asked, again)
    after = signed_in_since(asked, done.get("signin"), time.time())
    agreed_after = agreed_since(asked, done.get("consent"))
    standing, code = actions.authorize(
        asked,
        request.cookies.get(COOKIE, ""),
        signed_in_since=after,
        agreed_since=agreed_after,
        hinted=hinted,
    )
    if standing and standing.granted:
        return _back(asked, None, code=code)
    if standing is None or standing.signed_in <= after:
        if "none" in asked.prompts:
            return _back(asked, Fault("login_required", "not_signed_in"))
        moment = standing.signed_in if standing else 0.0
        return _send(asked, "/signin/", {**done, "signin": moment} if after >= 0 else done)
    if hinted and standing.sub != hinted:
        return _back(asked, Fault("login_required", "another_person"))
    if standing.missing:  # before consent: nothing she could agree to lets her in
        if "none" in asked.prompts:  # OIDC Core §3.1.2.6
            return _back(asked, Fault("interaction_required", f"missing_{standing.missing}"))
        return _send(asked, MISSING, done)
    if "none" in asked.prompts:
        return _back(asked, Fault("consent_required", "not_agreed"))
    return _send(
        asked, "/consents/give/", {**done, "consent": standing.agreed} if agreed_after >= 0 else done
    )


def token(request: Request) -> Answer:
    """RFC 6749 §4.1.3 and OIDC Core §3.1.3: tokens for a code."""
    values, repeated = request.form
    client = _authenticated(request.header("AUTHORIZATION"))
    presented = Presented(values, repeated, request.is_form, client)
    fault = first_fault(TOKEN, presented)
    if fault is None and client is not None:
        outcome = actions.exchange(presented, client)
        if not isinstance(outcome, Fault):
            return as_json(HTTPStatus.OK, outcome, ("Pragma", "no-cache"))
        fault = outcome
    assert fault is not None
    log.info("token refused: %s", fault.code)
    if fault.error == "invalid_client":  # RFC 6749 §5.2
        challenge = ("WWW-Authenticate", 'Basic realm="dopusk", charset="UTF-8"')
        return as_json(HTTPStatus.UNAUTHORIZED, {"error": fault.error}, challenge)
    return as_json(HTTPStatus.BAD_REQUEST, {"error": fault.error})


def userinfo(request: Request) -> Answer:
    """OIDC Core §5.3; the token comes in the header only (RFC 6750 §2.1)."""
    scheme, _, value = request.header("AUTHORIZATION").partition(" ")
    if scheme.lower() != "bearer" or not value:
        return Answer(HTTPStatus.UNAUTHORIZED, [("WWW-Authenticate", 'Bearer realm="dopusk"')])
    told = actions.userinfo(value.strip())
    if told is None:
        refused = 'Bearer realm="dopusk", error="invalid_token"'
        return as_json(HTTPStatus.UNAUTHORIZED, {"error": "invalid_token"}, ("WWW-Authenticate", refused))
    return as_json(HTTPStatus.OK, told)


def jwks(request: Request) -> Answer:
    """RFC 7517 §5: public keys."""
    return as_json(HTTPStatus.OK, keys.public_set(), cache="public, max-age=300")


def discovery(request: Request) -> Answer:
    """OpenID Connect Discovery §3: what this provider can do, and no more."""
    here = settings.PORTAL_URL
    document: dict[str, Any] = {
        "issuer": here,
        "authorization_endpoint": f"{here}/oidc/authorize",
        "token_endpoint": f"{here}/oidc/token",
        "userinfo_endpoint": f"{here}/oidc/userinfo",
        "jwks_uri": f"{here}/oidc/jwks",
        "end_session_endpoint": f"{here}/oidc/logout",
        "scopes_supported": list(CLAIMS),
        "claims_supported": [
            *dict.fromkeys(claim for opened in CLAIMS.values() for claim in opened),
            "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(keys.KINDS),
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": sorted(PROMPTS),
        "acr_values_supported": list(claims.ACRS),
        "ui_locales_supported": ["ru", "en"],
        "claims_parameter_supported": False,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }  # fmt: skip
    return as_json(HTTPStatus.OK, document, cache="public, max-age=300")


GET, POST = frozenset({"GET"}), frozenset({"POST"})
ROUTES: Final = {
    "/.well-known/openid-configuration": Route(discovery, GET),
    "/oidc/jwks": Route(jwks, GET),
    "/oidc/authorize": Route(authorize, GET | POST),
    "/oidc/token": Route(token, POST),
    "/oidc/userinfo": Route(userinfo, GET | POST),
}


def _back(asked: Asked, fault: Fault | None, **values: str) -> Answer:
    """Back to the service: RFC 6749 §4.1.2, with `iss` (RFC 9207 §2)."""
    if fault:
        log.info("authorization refused: %s", fault.code)
        values = {"error": fault.error, "error_description": fault.code}
    if asked.get("state") and "state" not in asked.repeated:
        values["state"] = asked.get("state")
    values["iss"] = settings.PORTAL_URL
    address = asked.get("redirect_uri")
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(values)}")


def _send(asked: Asked, page: str, done: dict[str, float]) -> Answer:
    """To a page of ours, from which the person comes back to this request."""
    values = dict(asked.values)
    if done:
        values[AGAIN] = signing.dumps({"of": _fingerprint(asked), **done}, salt="oidc.again", compress=False)
    here = f"/oidc/authorize?{urlencode(values)}"
    return redirect(f"{page}?next={quote(here, safe='/')}")


def _done_before(asked: Asked, again: str) -> dict[str, float]:
    """What this same request has already sent the person to do: the moments its new sign-in or consent must follow."""
    if not again:
        return {}
    try:
        kept = signing.loads(again, salt="oidc.again", max_age=AGAIN_SECONDS)
    except signing.BadSignature:
        return {}
    return kept if kept.pop("of", "") == _fingerprint(asked) else {}


def _fingerprint(asked: Asked) -> str:
    body = json.dumps(sorted(asked.values.items()))
    return hashlib.sha256(body.encode()).hexdigest()[:32]


def _hinted(asked: Asked) -> uuid.UUID | Fault | None:
    """OIDC Core §3.1.2.1, `id_token_hint`: a token of ours, given to this client, expired or not."""
    if not asked.get("id_token_hint"):
        return None
    told = keys.opened(asked.get("id_token_hint"))
    if told is None or asked.client is None or told.get("aud") != asked.client.client_id:
        return Fault("invalid_request", "hint_invalid")
    return uuid.UUID(told["sub"])


def _authenticated(authorization: str) -> Registration | None:
    """RFC 6749 §2.3.1: id and secret, each form-encoded, in HTTP Basic."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return None
    client_id, _, secret = pair.partition(":")
    client = clients.find(unquote_plus(client_id))
    if client is None or not hmac.compare_digest(client.secret_hash, secret_hash(unquote_plus(secret))):
        return None
    return client
