"""Pages of the provider: a request that cannot be answered, and signing out on behalf of a service."""

from collections.abc import Collection
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.portal.clients import models as clients
from dopusk.portal.oidc import backchannel, keys
from dopusk.portal.oidc.endpoints import FAULT
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.oidc.rules.logout import LOGOUT, Leaving, may_leave_unasked
from dopusk.portal.oidc.rules.sayings import saying
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import sign_out

SHOWN: Final = 500  # signs of an address that came


@csrf_exempt  # a service sends the person here; nothing is changed
def authorize(request: HttpRequest) -> HttpResponse:
    """What is shown when a request names a service we do not know or an address it has not registered."""
    fault = request.META.get(FAULT) or Fault("invalid_request", "not_an_endpoint")
    values = request.POST if request.method == "POST" else request.GET
    client = clients.find(values.get("client_id", ""))
    registered = client.redirect_uris if client else frozenset()
    return _refused(request, fault, values.get("redirect_uri", ""), registered)


@csrf_exempt  # RP-Initiated Logout §2 asks for POST from the service; a stranger's request only leads to a question
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """RP-Initiated Logout §2: with a hint of this session it ends at once, otherwise the person is asked."""
    leaving = _leaving(request, request.POST if request.method == "POST" else request.GET)
    fault = first_fault(LOGOUT, leaving)
    if fault:
        return _not_left(request, fault, leaving)
    if leaving.sid and not may_leave_unasked(leaving):
        person = access.current(request)
        silent = [_(name) for name in backchannel.silent(person.sub, person.sid)] if person else []
        response = render(request, "oidc/logout.html", {"leaving": leaving, "silent": silent})
        if leaving.client:
            response.csp_form_action = leaving.client.origins()  # type: ignore[attr-defined]  # read by SecurityHeadersMiddleware
        return response
    return _leave(request, leaving)


@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """The person has answered: yes, sign me out."""
    leaving = _leaving(request, request.POST)
    fault = first_fault(LOGOUT, leaving)
    return _not_left(request, fault, leaving) if fault else _leave(request, leaving)


def _leaving(request: HttpRequest, values: QueryDict) -> Leaving:
    given = {name: str(values[name]) for name in values}
    hint = keys.opened(given["id_token_hint"]) if given.get("id_token_hint") else None
    person = access.current(request)
    client_id = given.get("client_id") or (str(hint["aud"]) if hint else "")
    return Leaving(given, hint, clients.find(client_id), str(person.sid) if person else "")


def _leave(request: HttpRequest, leaving: Leaving) -> HttpResponse:
    person = access.current(request)
    if person:
        sign_out(person.sid)
    address = leaving.get("post_logout_redirect_uri")
    if address and leaving.get("state"):
        address += ("&" if "?" in address else "?") + urlencode({"state": leaving.get("state")})
    response = HttpResponseRedirect(address or "/", status=HTTPStatus.SEE_OTHER)
    response.delete_cookie(access.COOKIE, samesite="Lax")
    return response


def _not_left(request: HttpRequest, fault: Fault, leaving: Leaving) -> HttpResponse:
    registered = leaving.client.signed_out_uris if leaving.client else frozenset()
    return _refused(request, fault, leaving.get("post_logout_redirect_uri"), registered)


def _refused(request: HttpRequest, fault: Fault, came: str, registered: Collection[str]) -> HttpResponse:
    """The page for the person; on a stand for learning it tells the developer too what to put right.

    came: the address to come back to, as the request names it. registered: those of the service, if it is known.
    """
    context: dict[str, object] = {"fault": fault}
    if settings.SANDBOX:
        context["developer"] = {
            "saying": saying(fault.code),
            "addresses": fault.code == "redirect_unregistered",
            "came": _spelled(came[:SHOWN]),
            "registered": [_spelled(one) for one in sorted(registered)],
        }
    return render(request, "oidc/refused.html", context, status=HTTPStatus.BAD_REQUEST)


def _spelled(address: str) -> str:
    """With every sign that looks like another, or like nothing, spelled out: a Cyrillic letter, a line feed."""
    return address.encode("unicode_escape").decode("ascii")
