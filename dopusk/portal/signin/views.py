"""Sign-in and sign-out pages."""

from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote, urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.passwords import Busy
from dopusk.portal.clients import models as clients
from dopusk.portal.factors import access as factors
from dopusk.portal.factors.actions import dismiss, methods
from dopusk.portal.factors.passkeys import Refused
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Shut, sign_out
from dopusk.portal.signin import actions, page, rules, steps
from dopusk.portal.signin.endpoints import OUTCOME
from dopusk.portal.signin.forms import SigninForm
from dopusk.portal.signin.steps import in_words, leading_to, seen_off


@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST signs in and goes to `next`, a path of this site."""
    if request.method == "POST":
        return _attempt(request)
    next_path = rules.safe_next(request.GET.get("next", "/"))
    onward = rules.past_signin(next_path)
    if onward and access.current(request):
        return HttpResponseRedirect(onward, status=HTTPStatus.SEE_OTHER)
    if "over" in request.GET:
        return _again(request, SigninForm(), next_path, HTTPStatus.OK, problem="over")
    client = clients.find(rules.client_of(next_path))
    shown = page.stamped(
        language=get_language() or "ru",
        client=client,
        csrf_token=get_token(request),
        next_path=next_path,
        path=request.get_full_path(),
        identifier=rules.hinted(request.GET.get("login_hint", "")),
    )
    return leading_to(client, HttpResponse(shown))


@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """A challenge for whoever has a passkey on this device; nobody is named."""
    return factors.begin_assertion(request)


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by the passkey shown. No count of failures stops it: it cannot be guessed."""
    shown = factors.finish_assertion(request)
    if isinstance(shown, Refused):
        return factors.refusal(shown)
    next_path = rules.safe_next(str(factors.answer_of(request).get("next", "/")))
    try:
        outcome = actions.enter_by_passkey(shown.sub, shown.amr, access.place_of(request))
    except Shut:
        return factors.refusal(Refused("passkey_unknown"))
    if isinstance(outcome, actions.Locked):
        return factors.onward(f"/signin/locked/?why={outcome.reason}")
    response = factors.onward(next_path)
    access.carry(response, outcome)
    return response


@require_safe
def locked(request: HttpRequest) -> HttpResponse:
    """Where one is led who has proved herself the owner of a locked account: why, and the ways to open it."""
    why = request.GET.get("why", "")
    return render(request, "signin/locked.html", {"why": why}, status=HTTPStatus.FORBIDDEN)


@require_http_methods(["GET", "HEAD", "POST"])
@access.person_required
def offer(request: HttpRequest, person: access.Person) -> HttpResponse:
    """Passkeys are offered once after a password; «не сейчас» holds for 30 days."""
    next_path = rules.safe_next((request.POST if request.method == "POST" else request.GET).get("next", "/"))
    if request.method == "POST":
        dismiss(person.sub)
        return seen_off(next_path, next_path)
    add = f"/security/factors/passkeys/add/?{urlencode({'next': next_path})}"
    left = methods(person.sub).recovery_codes_left if "used" in request.GET else None
    response = render(request, "signin/offer.html", {"next": next_path, "add_url": add, "codes_left": left})
    return leading_to(clients.find(rules.client_of(next_path)), response)


@require_POST
def signout(request: HttpRequest) -> HttpResponse:
    """End the session of this browser."""
    person = access.current(request)
    if person:
        sign_out(person.sid)
    response = HttpResponseRedirect("/")
    response.delete_cookie(access.COOKIE, samesite="Lax")
    return response


def _attempt(request: HttpRequest) -> HttpResponse:
    next_path = rules.safe_next(request.POST.get("next", "/"))
    form = SigninForm(request.POST)
    if not form.is_valid():
        return _again(request, form, next_path, HTTPStatus.UNPROCESSABLE_ENTITY)
    outcome = request.META.get(OUTCOME) or _tried(request, form, next_path)
    if isinstance(outcome, Busy):
        return _again(request, form, next_path, HTTPStatus.SERVICE_UNAVAILABLE, problem="busy")
    if isinstance(outcome, actions.Mismatch):
        return _again(
            request, form, next_path, HTTPStatus.UNPROCESSABLE_ENTITY,
            problem="mismatch", held_until=outcome.held_until, closed=outcome.closed,
        )  # fmt: skip
    if isinstance(outcome, rules.Held):
        return _again(
            request, form, next_path, HTTPStatus.TOO_MANY_REQUESTS,
            problem="held", held_until=outcome.until, closed=outcome.closed,
        )  # fmt: skip
    return _further(outcome, next_path)


def _further(outcome: actions.SignedIn | actions.Awaiting | actions.Locked, next_path: str) -> HttpResponse:
    """The password was right."""
    if isinstance(outcome, actions.Locked):
        return seen_off(f"/signin/locked/?why={outcome.reason}", next_path)
    if isinstance(outcome, actions.Awaiting):
        response = seen_off(f"/signin/{outcome.step}/", next_path)
        steps.begin(response, outcome.cookie)
        return response
    return steps.enter(outcome.opened, next_path, offer=outcome.known)


def _tried(request: HttpRequest, form: SigninForm, next_path: str) -> actions.Outcome | Busy:
    try:
        return actions.sign_in(
            form.cleaned_data["identifier"],
            form.cleaned_data["password"],
            access.place_of(request),
            next_path=next_path,
        )
    except Busy as busy:
        return busy


def _again(
    request: HttpRequest, form: SigninForm, next_path: str, status: HTTPStatus, **problem: object
) -> HttpResponse:
    """The form once more, the identifier kept, the password not."""
    client = clients.find(rules.client_of(next_path))
    context = {
        "form": form,
        "next": next_path,
        "next_quoted": quote(next_path, safe=""),
        **page.context(client),
        "failed_before": "failed" in request.POST,  # one slip of the fingers is no sign of strangers
        **problem,
    }
    held_until = problem.get("held_until")
    if isinstance(held_until, datetime):
        context["wait"] = in_words(held_until)
    response = render(request, "signin/signin.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS and isinstance(held_until, datetime):
        seconds = (held_until - timezone.now()).total_seconds()
        response["Retry-After"] = str(max(1, int(seconds) + 1))
    return leading_to(client, response)
