"""Which service speaks, and with which key: client authentication (RFC 6749 §2.3, RFC 7523) and DPoP (RFC 9449)."""

import base64
import hmac
import time
from functools import cache
from typing import Final
from urllib.parse import unquote_plus

from django.conf import settings

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.actions import secret_hash
from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc import replay
from dopusk.portal.oidc.rules import signed
from dopusk.portal.oidc.rules.assertion import ASSERTION, Assertion
from dopusk.portal.oidc.rules.dpop import PROOF, PROOF_SECONDS, Proof
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.oidc.rules.token import Presented
from dopusk.portal.wire import Request

METHODS: Final = ("client_secret_basic", "private_key_jwt")
_UNPROVED: Final = Fault("invalid_client", "client_authentication")


def presented(request: Request) -> Presented:
    """A request of a service, with who it is and the key it has shown; a proof of nobody known is not looked at."""
    values, repeated = request.form
    authorization = request.header("AUTHORIZATION")
    if authorization or "client_assertion" not in values:
        who: Registration | Fault = _by_secret(authorization)
    else:
        who = _by_assertion(values, _address(request))
    if isinstance(who, Fault):
        return Presented(values, repeated, request.is_form, None, fault=who)
    shown = shown_key(request) if request.header("DPOP") else ""
    return Presented(values, repeated, request.is_form, who, shown=shown)


def _by_secret(authorization: str) -> Registration | Fault:
    """RFC 6749 §2.3.1: id and secret, each form-encoded, in HTTP Basic."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return _UNPROVED
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode("ascii")
    except ValueError:  # no Base64, no ASCII inside it, or none around it: WSGI hands headers on as Latin-1
        return _UNPROVED
    client_id, _, secret = pair.partition(":")
    client = clients.find(unquote_plus(client_id))
    if client is None or client.auth_method != "client_secret_basic":
        return _UNPROVED
    right = hmac.compare_digest(client.secret_hash, secret_hash(unquote_plus(secret)))
    return client if right else _UNPROVED


def _by_assertion(values: dict[str, str], address: str) -> Registration | Fault:
    """RFC 7523 §2.2, OIDC Core §9: signed by a key the service has registered; each assertion once."""
    whole = signed.read(values["client_assertion"])
    client = clients.find(whole.text("iss")) if whole else None
    assertion = Assertion(
        type=values.get("client_assertion_type", ""),
        signed=whole,
        named=values.get("client_id", ""),
        client=client,
        ours=_ours() | {address},
        issuer=settings.PORTAL_URL,
        now=time.time(),
    )
    fault = first_fault(ASSERTION, assertion)
    if fault or client is None or whole is None:
        return fault or _UNPROVED
    until = whole.moment("exp") or 0.0
    first = replay.first_time(f"assertion:{client.client_id}", whole.jti, until)
    return client if first else Fault("invalid_client", "assertion_replayed")


def examined(request: Request, token: str = "") -> Proof | Fault:
    """The DPoP proof of a request, or what is wrong with it; whether it came before is not asked yet."""
    proof = Proof(signed.read(request.header("DPOP")), request.method, _address(request), token, time.time())
    return first_fault(PROOF, proof) or proof


def is_new(proof: Proof) -> Fault | None:
    """RFC 9449 §11.1: a proof works once, as long as it might work at all."""
    until = (proof.whole.moment("iat") or 0.0) + PROOF_SECONDS
    first = replay.first_time(f"dpop:{proof.thumbprint}", proof.whole.jti, until)
    return None if first else Fault("invalid_dpop_proof", "proof_replayed")


def shown_key(request: Request) -> str | Fault:
    """The thumbprint of the key whose possession this request proves."""
    proof = examined(request)
    if isinstance(proof, Fault):
        return proof
    return is_new(proof) or proof.thumbprint


def _address(request: Request) -> str:
    return f"{settings.PORTAL_URL}{request.environ.get('PATH_INFO', '')}"


@cache
def _ours() -> frozenset[str]:
    """What an assertion's audience may be: the issuer or the token endpoint."""
    return frozenset({settings.PORTAL_URL, f"{settings.PORTAL_URL}/oidc/token"})
