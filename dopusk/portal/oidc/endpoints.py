"""The endpoints of the OpenID provider."""

import hashlib
import json
import logging
import time
import uuid
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core import signing

from dopusk.portal.oidc import actions, keys, requests, service_endpoints
from dopusk.portal.oidc.authentication import examined, is_new
from dopusk.portal.oidc.discovery import discovery
from dopusk.portal.oidc.rules import signed
from dopusk.portal.oidc.rules.authorize import (
    AUTHORIZE,
    RECIPIENT,
    Asked,
    agreed_since,
    language_of,
    signed_in_since,
)
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.wire import Answer, Page, Request, Route, as_json, redirect

log = logging.getLogger(__name__)

FAULT: Final = "dopusk.oidc.fault"  # where the view finds what to explain
SIGNIN: Final = "/signin/"
MISSING: Final = "/proofing/missing/"  # the page of slice proofing that names the missing step
AGAIN: Final = "again"  # our own parameter: what this request has already sent the person to do
AGAIN_SECONDS: Final = 900
CLOCKS: Final = 5.0  # seconds by which the clocks that stamp sign-ins and consents may be behind ours


def authorize(request: Request) -> Answer | Page:
    """OIDC Core §3.1.2: a code for a person who is signed in and has agreed; else she is sent to do so."""
    values, repeated = request.form if request.method == "POST" else request.query
    values = dict(values)
    again = values.pop(AGAIN, "")
    asked, stale = requests.read(values, repeated)
    fault = stale if stale and not asked.pushed else first_fault(RECIPIENT, asked)
    if fault:
        return Page({FAULT: fault})
    fault = stale or first_fault(AUTHORIZE, asked)
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
        moment = _from_now(standing.signed_in if standing else 0.0)
        return _send(request, asked, SIGNIN, {**done, "signin": moment} if after >= 0 else done)
    if hinted and standing.sub != hinted:
        return _back(asked, Fault("login_required", "another_person"))
    if standing.missing:  # before consent: nothing she could agree to lets her in
        if "none" in asked.prompts:  # OIDC Core §3.1.2.6
            return _back(asked, Fault("interaction_required", f"missing_{standing.missing}"))
        return _send(request, asked, MISSING, done)
    if "none" in asked.prompts:
        return _back(asked, Fault("consent_required", "not_agreed"))
    moment = _from_now(standing.agreed)
    return _send(
        request, asked, "/consents/give/", {**done, "consent": moment} if agreed_after >= 0 else done
    )


def userinfo(request: Request) -> Answer:
    """OIDC Core §5.3; the token comes in the header only (RFC 6750 §2.1), with a proof if it is bound to a key
    (RFC 9449 §7.1)."""
    scheme, _, value = request.header("AUTHORIZATION").partition(" ")
    token, by_key = value.strip(), scheme.lower() == "dpop"
    if scheme.lower() not in {"bearer", "dpop"} or not token:
        return Answer(HTTPStatus.UNAUTHORIZED, _challenges("", ""))
    proof = examined(request, token) if by_key else None
    if isinstance(proof, Fault):
        return _unopened(scheme, proof)
    told = actions.userinfo(token, proof.thumbprint if proof else "")
    if told is None:
        return _unopened(scheme, Fault("invalid_token", "token"))
    fault = is_new(proof) if proof else None
    return _unopened(scheme, fault) if fault else as_json(HTTPStatus.OK, told)


def _unopened(scheme: str, fault: Fault) -> Answer:
    log.info("userinfo refused: %s", fault.code)
    return as_json(HTTPStatus.UNAUTHORIZED, fault.told, *_challenges(scheme.lower(), fault.error))


def _challenges(scheme: str, error: str) -> list[tuple[str, str]]:
    """RFC 6750 §3, RFC 9449 §7.1: both ways of presenting a token, the error with the one that was used."""
    ways = {"bearer": 'Bearer realm="dopusk"', "dpop": f'DPoP realm="dopusk", algs="{" ".join(signed.ALGS)}"'}
    return [
        ("WWW-Authenticate", f'{way}, error="{error}"' if one == scheme else way) for one, way in ways.items()
    ]


def jwks(request: Request) -> Answer:
    """RFC 7517 §5: public keys."""
    return as_json(HTTPStatus.OK, keys.public_set(), cache="public, max-age=300")


GET, POST = frozenset({"GET"}), frozenset({"POST"})
ROUTES: Final = {
    "/.well-known/openid-configuration": Route(discovery, GET),
    "/oidc/jwks": Route(jwks, GET),
    "/oidc/authorize": Route(authorize, GET | POST),
    "/oidc/par": Route(service_endpoints.par, POST),
    "/oidc/token": Route(service_endpoints.token, POST),
    "/oidc/introspect": Route(service_endpoints.introspect, POST),
    "/oidc/revoke": Route(service_endpoints.revoke, POST),
    "/oidc/userinfo": Route(userinfo, GET | POST),
}


def _back(asked: Asked, fault: Fault | None, **values: str) -> Answer:
    """Back to the service: RFC 6749 §4.1.2, with `iss` (RFC 9207 §2)."""
    if fault:
        log.info("authorization refused: %s", fault.code)
        values = fault.told
    if asked.get("state") and "state" not in asked.repeated:
        values["state"] = asked.get("state")
    values["iss"] = settings.PORTAL_URL
    address = asked.get("redirect_uri")
    return redirect(f"{address}{'&' if '?' in address else '?'}{urlencode(values)}")


def _send(request: Request, asked: Asked, page: str, done: dict[str, float]) -> Answer:
    """To a page of ours, from which the person comes back to this request; with what it says for that page."""
    pushed = {"client_id": asked.get("client_id"), "request_uri": asked.pushed}
    values = pushed if asked.pushed else dict(asked.values)
    if done:
        values[AGAIN] = signing.dumps({"of": _fingerprint(asked), **done}, salt="oidc.again", compress=False)
    onward = {"next": f"/oidc/authorize?{urlencode(values)}"}
    if page == SIGNIN and asked.get("login_hint"):
        onward["login_hint"] = asked.get("login_hint")
    address = f"{page}?{urlencode(onward, quote_via=quote, safe='/')}"
    return redirect(address, *_speaking(request, asked))


def _speaking(request: Request, asked: Asked) -> list[tuple[str, str]]:
    """The language the service knows her to read (`ui_locales`), unless she has chosen one on the portal herself."""
    language = language_of(asked, frozenset(dict(settings.LANGUAGES)))
    if not language or settings.LANGUAGE_COOKIE_NAME in request.cookies:
        return []
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return [
        (
            "Set-Cookie",
            f"{settings.LANGUAGE_COOKIE_NAME}={language}; HttpOnly; Path=/; SameSite=Lax{secure}",
        )
    ]


def _done_before(asked: Asked, again: str) -> dict[str, float]:
    """What this same request has already sent the person to do: the moments its new sign-in or consent must follow."""
    if not again:
        return {}
    try:
        kept = signing.loads(again, salt="oidc.again", max_age=AGAIN_SECONDS)
    except signing.BadSignature:
        return {}
    return kept if kept.pop("of", "") == _fingerprint(asked) else {}


def _from_now(last: float) -> float:
    """The moment after which what she is sent to do has to be done: later than her last time, and not before now.

    The mark is not bound to a browser; made where nobody has signed in, it must not serve another's old session.
    """
    return max(last, time.time() - CLOCKS)


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
