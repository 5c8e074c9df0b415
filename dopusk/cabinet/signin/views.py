"""To the portal and back."""

import base64
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from dopusk.cabinet.signin import (
    access,
    actions,
    attempts,
    certificate,
    entrance,
    kept,
    logout_rules,
    rules,
)
from dopusk.cabinet.signin import alive as open_pages
from dopusk.cabinet.signin.portal import portal
from dopusk.cabinet.signin.provider import Answer, PortalDown, PortalRefused
from dopusk.trust.sealing import SealBroken, Sealer
from dopusk.web import errors

log = logging.getLogger(__name__)
ID_TOKEN = "id_token"  # noqa: S105 - the name of a session field


@require_GET
def begin(request: HttpRequest) -> HttpResponseBase:
    """Leave for the portal; whoever is signed in already goes straight on."""
    next_path = attempts.safe_next(request, request.GET.get("next", "/"))
    if access.person_of(request) is not None:
        return redirect(next_path)
    attempt = attempts.begin(next_path)
    try:
        address = portal().authorization_url(
            _callback(), state=attempt.state, nonce=attempt.nonce, verifier=attempt.verifier
        )
    except PortalDown as down:
        return _portal_down(request, down, next_path)
    except PortalRefused as refused:
        return _refused(request, refused.code, next_path)
    response = redirect(address)
    attempts.remember(request, response, attempt)
    return response


@require_GET
def callback(request: HttpRequest) -> HttpResponseBase:
    """Back from the portal with a code, or with its refusal."""
    state = request.GET.get("state", "")
    attempt = attempts.recall(request, state)
    if attempt is None or not (request.GET.get("code") or request.GET.get("error")):
        return redirect("/") if access.person_of(request) else _refused(request, "signin_stale", "/")
    try:
        answer = _answer(request, attempt)
    except PortalDown as down:
        return _portal_down(request, down, attempt.next)
    except PortalRefused as refused:
        log.warning("sign-in did not work: %s", refused.code)
        # the back button: the code was used by this very sign-in
        if access.person_of(request) and not request.GET.get("error"):
            return redirect(attempt.next)
        return _forgotten(state, _refused(request, refused.code, attempt.next))
    return _forgotten(state, _arrived(request, answer.claims, answer.id_token, attempt.next))


@require_POST
def leave(request: HttpRequest) -> HttpResponseBase:
    """Sign out here, then at the portal."""
    person = access.person_of(request)
    hint = _sealed_hint(request)
    if person is not None:
        actions.depart(person, access.session_mark(request))
    access.leave(request)
    try:
        return redirect(portal().logout_url(_address("signin:signed_out"), hint))
    except (PortalDown, PortalRefused):
        return redirect(f"{reverse('signin:signed_out')}?portal=down")


@csrf_exempt
@require_POST
def backchannel(request: HttpRequest) -> HttpResponse:
    """The provider says that a session of its own is over (OpenID Connect Back-Channel Logout 1.0 §2.5–2.8)."""
    try:
        token = portal().logout_token(request.POST.get("logout_token", ""))
        said = logout_rules.Said(
            token.header, token.claims, portal().issuer, settings.CLIENT_ID, timezone.now().timestamp()
        )
        if code := logout_rules.fault(said):
            return _logout_refused(code)
        ended = actions.end_by_provider(logout_rules.notice(said), said.issuer)
    except PortalDown:
        return _logout_answer({"error": "temporarily_unavailable"}, 503)
    except PortalRefused as refused:
        return _logout_refused(refused.code)
    except actions.SeenBefore:
        return _logout_refused("logout_replayed")
    log.info("the portal ended %s sessions", ended)
    return _logout_answer({}, 200)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """A page of hers that stands open asks whether she is still in: 204, or 401 and why not."""
    over = open_pages.over(request, request.GET.get("owner", ""))
    return JsonResponse({"code": over}, status=401) if over else HttpResponse(status=204)


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """She left."""
    return render(request, "signin/signed_out.html", {"portal_down": request.GET.get("portal") == "down"})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """A form from a page that has grown old (she signed in again since): back to its page, nothing typed lost."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "page_old"}, status=403)
    response = redirect(kept.page_of(request))
    if request.method == "POST" and request.COOKIES and kept.keep(request, response):
        return response
    return errors.csrf_failure(request, reason)


def _answer(request: HttpRequest, attempt: attempts.Attempt) -> Answer:
    """What came back with the browser, exchanged. Raises PortalDown, PortalRefused."""
    told = request.GET
    if not portal().spoke(told.get("iss", "")):
        raise PortalRefused("answer_issuer")
    if told.get("error"):
        raise PortalRefused(portal().refusal(told["error"], told.get("error_description", "")))
    return portal().exchange(told["code"], _callback(), nonce=attempt.nonce, verifier=attempt.verifier)


def _arrived(
    request: HttpRequest, claims: dict[str, object], id_token: str, next_path: str
) -> HttpResponseBase:
    identity = rules.read_claims(claims)
    if isinstance(identity, rules.Refusal):
        if identity.code == "unconfirmed":
            return entrance.unconfirmed(request, str(identity.detail["level"]), next_path)
        return _refused(request, identity.code, next_path)
    try:
        person = actions.arrive(identity)
    except actions.NotLetIn as error:
        return _refused(request, error.refusal.code, next_path)
    if not access.enter(request, person, sid=str(claims.get("sid") or ""), sub=identity.sub):
        return _refused(request, "signin_stale", next_path)
    certificate.keep(request, rules.read_certificate(claims))
    if id_token:
        sealed = Sealer(settings.SEALING_KEY).seal(f"id_token {person.pk}", id_token.encode())
        request.session[ID_TOKEN] = base64.b64encode(sealed).decode()
    return redirect(next_path)


def _logout_refused(code: str) -> HttpResponse:
    log.warning("a logout token was refused: %s", code)
    return _logout_answer({"error": "invalid_request", "error_description": code}, 400)


def _logout_answer(content: dict[str, str], status: int) -> HttpResponse:
    """§2.8: not to be kept by anybody on the way."""
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store"})


def _sealed_hint(request: HttpRequest) -> str:
    text, person = request.session.get(ID_TOKEN), request.session.get(access.KEY)
    if not text:
        return ""
    try:
        return Sealer(settings.SEALING_KEY).open(f"id_token {person}", base64.b64decode(text)).decode()
    except SealBroken:
        return ""


def _callback() -> str:
    return _address("signin:callback")


def _address(name: str) -> str:
    return f"{settings.CABINET_URL}{reverse(name)}"


def _forgotten(state: str, response: HttpResponseBase) -> HttpResponseBase:
    attempts.forget(response, state)
    return response


def _refused(request: HttpRequest, code: str, next_path: str) -> HttpResponse:
    if code == "unconfirmed":  # the provider says so itself, and not at which level she is
        return entrance.unconfirmed(request, "unknown", next_path)
    context = {"code": code, "again": f"{reverse('signin:begin')}?{urlencode({'next': next_path})}"}
    return render(request, "signin/refused.html", context, status=403)


def _portal_down(request: HttpRequest, down: PortalDown, next_path: str) -> HttpResponse:
    context = {"since": down.since, "again": f"{reverse('signin:begin')}?{urlencode({'next': next_path})}"}
    return render(request, "signin/portal_down.html", context, status=503)
