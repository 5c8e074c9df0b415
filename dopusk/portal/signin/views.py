"""Sign-in and sign-out pages."""

import math
from datetime import datetime, timedelta
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.kernel import sandbox
from dopusk.portal.accounts.passwords import Busy
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Opened, sign_out
from dopusk.portal.signin import actions, page, rules
from dopusk.portal.signin.endpoints import OUTCOME
from dopusk.portal.signin.forms import SigninForm
from dopusk.web.design.templatetags.design import day


@require_http_methods(["GET", "HEAD", "POST"])
def signin(request: HttpRequest) -> HttpResponse:
    """GET shows the form, POST signs in and goes to `next`, a path of this site."""
    if request.method == "POST":
        return _attempt(request)
    next_path = rules.safe_next(request.GET.get("next", "/"))
    onward = rules.past_signin(next_path)
    if onward and access.current(request):
        return HttpResponseRedirect(onward, status=HTTPStatus.SEE_OTHER)
    client = clients.find(rules.client_of(next_path))
    shown = page.stamped(
        language=get_language() or "ru",
        client=client,
        csrf_token=get_token(request),
        next_path=next_path,
        path=request.get_full_path(),
    )
    return _leading_to(client, HttpResponse(shown))


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
    outcome = request.META.get(OUTCOME) or _tried(request, form)
    if isinstance(outcome, Busy):
        return _again(request, form, next_path, HTTPStatus.SERVICE_UNAVAILABLE, problem="busy")
    if isinstance(outcome, actions.Mismatch):
        return _again(
            request, form, next_path, HTTPStatus.UNPROCESSABLE_ENTITY,
            problem="mismatch", held_until=outcome.held_until,
        )  # fmt: skip
    if isinstance(outcome, rules.Held):
        return _again(
            request, form, next_path, HTTPStatus.TOO_MANY_REQUESTS, problem="held", held_until=outcome.until
        )
    response = HttpResponseRedirect(next_path, status=HTTPStatus.SEE_OTHER)
    access.carry(response, outcome)
    return _leading_to(clients.find(rules.client_of(next_path)), response)


def _tried(request: HttpRequest, form: SigninForm) -> Opened | actions.Mismatch | rules.Held | Busy:
    try:
        return actions.sign_in(
            form.cleaned_data["identifier"], form.cleaned_data["password"], access.place_of(request)
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
        "client": client,
        "known_people": sandbox.PEOPLE if settings.SANDBOX else (),
        "known_password": sandbox.PASSWORD if settings.SANDBOX else "",
        **problem,
    }
    held_until = problem.get("held_until")
    if isinstance(held_until, datetime):
        context["wait"] = _in_words(held_until)
    response = render(request, "signin/signin.html", context, status=status)
    if status == HTTPStatus.TOO_MANY_REQUESTS and isinstance(held_until, datetime):
        seconds = (held_until - timezone.now()).total_seconds()
        response["Retry-After"] = str(max(1, int(seconds) + 1))
    return _leading_to(client, response)


def _in_words(held_until: datetime) -> str:
    """«через 2 минуты», rounded up; a wait of hours by its day and time."""
    minutes = max(1, math.ceil((held_until - timezone.now()) / timedelta(minutes=1)))
    if minutes <= 60:
        return ngettext("через %(n)s минуту", "через %(n)s минут", minutes) % {"n": minutes}
    later = timezone.localtime(held_until + timedelta(seconds=59))
    return _("%(day)s в %(time)s") % {"day": day(later), "time": f"{later:%H:%M}"}


def _leading_to(client: Registration | None, response: HttpResponse) -> HttpResponse:
    """Let the form lead back to the service by redirects."""
    if client:
        response.csp_form_action = client.origins()  # type: ignore[attr-defined]  # read by SecurityHeadersMiddleware
    return response
