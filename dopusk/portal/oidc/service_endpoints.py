"""The endpoints that services call themselves: pushed requests, tokens, introspection, revocation."""

import logging
from http import HTTPStatus

from dopusk.portal.oidc import requests, tokens
from dopusk.portal.oidc.authentication import presented
from dopusk.portal.oidc.rules.authorize import AUTHORIZE, RECIPIENT, Asked
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.oidc.rules.pushed import PUSH, PUSHED_SECONDS, to_keep
from dopusk.portal.oidc.rules.token import ABOUT_TOKEN, token_fault
from dopusk.portal.wire import Answer, Request, as_json

log = logging.getLogger(__name__)


def par(request: Request) -> Answer:
    """RFC 9126 §2: an authorization request, checked and kept before the browser is sent."""
    asking = presented(request)
    fault = first_fault(PUSH, asking)
    client = asking.authenticated
    if fault or client is None:
        return _refused("pushed request", fault)
    asked = Asked(to_keep(asking, client), frozenset(), client, pushed=requests.REFERENCE)
    fault = first_fault((*RECIPIENT, *AUTHORIZE), asked)
    if fault:
        return _refused("pushed request", fault)
    reference = requests.push(client, asked.values)
    return as_json(HTTPStatus.CREATED, {"request_uri": reference, "expires_in": PUSHED_SECONDS})


def token(request: Request) -> Answer:
    """RFC 6749 §3.2 and OIDC Core §3.1.3: tokens for a code, for a refresh token, for the service itself."""
    asking = presented(request)
    fault = token_fault(asking)
    client = asking.authenticated
    if fault or client is None:
        return _refused("token", fault)
    given = tokens.GIVEN_FOR[asking.get("grant_type")](asking, client)
    if isinstance(given, Fault):
        return _refused("token", given)
    return as_json(HTTPStatus.OK, given, ("Pragma", "no-cache"))


def introspect(request: Request) -> Answer:
    """RFC 7662 §2."""
    asking = presented(request)
    fault = first_fault(ABOUT_TOKEN, asking)
    client = asking.authenticated
    if fault or client is None:
        return _refused("introspection", fault)
    return as_json(HTTPStatus.OK, tokens.introspect(asking.get("token"), client))


def revoke(request: Request) -> Answer:
    """RFC 7009 §2."""
    asking = presented(request)
    fault = first_fault(ABOUT_TOKEN, asking)
    client = asking.authenticated
    if fault or client is None:
        return _refused("revocation", fault)
    fault = tokens.give_up(asking.get("token"), client)
    return _refused("revocation", fault) if fault else as_json(HTTPStatus.OK, {})


def _refused(what: str, fault: Fault | None) -> Answer:
    """RFC 6749 §5.2; the description names the check and what to do, for whoever connects a service."""
    fault = fault or Fault("invalid_client", "client_authentication")
    log.info("%s refused: %s", what, fault.code)
    if fault.error == "invalid_client":
        challenge = ("WWW-Authenticate", 'Basic realm="dopusk", charset="UTF-8"')
        return as_json(HTTPStatus.UNAUTHORIZED, fault.told, challenge)
    return as_json(HTTPStatus.BAD_REQUEST, fault.told)
