"""What a sign-in asks for after the password: the second step, a new password."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.fields import first_code
from dopusk.portal.clients import models as clients
from dopusk.portal.codes.rules import Held as NotSent
from dopusk.portal.factors import access as factors
from dopusk.portal.factors import actions as enrolled
from dopusk.portal.factors.passkeys import Refused
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Shut
from dopusk.portal.signin import actions, rules, steps
from dopusk.portal.signin import second as seconds
from dopusk.portal.signin.forms import CodeForm, ForcedPasswordForm
from dopusk.portal.signin.models import Pending
from dopusk.portal.signin.rules import Held, Step

View = Callable[[HttpRequest, Pending], HttpResponse]


def _in_the_middle(step: Step) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """The view gets the sign-in that lacks this step; without one she begins anew, at another step she goes there."""

    def guard(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest) -> HttpResponse:
            begun = steps.begun(request)
            if begun is None:
                return HttpResponseRedirect("/signin/?over=1", status=HTTPStatus.SEE_OTHER)
            lacking = actions.step_of(begun)
            if lacking is not step:
                return steps.seen_off(f"/signin/{lacking}/", begun.next_path)
            return view(request, begun)

        return guarded

    return guard


@require_http_methods(["GET", "HEAD", "POST"])
@_in_the_middle(Step.SECOND)
def second(request: HttpRequest, begun: Pending) -> HttpResponse:
    """A code of the app, of an SMS, a recovery code; or a passkey, which has its own address."""
    how = _how(request, begun)
    if request.method != "POST" or not how:
        return _show_second(
            request, begun, how, CodeForm(how=how, initial={"sms": request.GET.get("sms", "")})
        )
    form = CodeForm(request.POST, how=how)
    if not form.is_valid():
        return _show_second(request, begun, how, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        tried = seconds.try_code(
            begun.account_id, how, form.cleaned_data["code"], access.place_of(request),
            purpose=seconds.AT_SIGNIN, sms=form.cleaned_data["sms"],
        )  # fmt: skip
    except passwords.Busy:
        return _show_second(request, begun, how, form, HTTPStatus.SERVICE_UNAVAILABLE, problem="busy")
    if isinstance(tried, seconds.Proved):
        actions.second_passed(begun, tried.amr, tried.keys)
        return _go_on(request, begun, code_used=how == "recovery")
    if isinstance(tried, Held):
        return _show_second(
            request, begun, how, form, HTTPStatus.TOO_MANY_REQUESTS,
            problem="code_held", held_until=tried.until, closed=tried.closed,
        )  # fmt: skip
    return _show_second(
        request, begun, how, form, HTTPStatus.UNPROCESSABLE_ENTITY,
        problem=tried.code, held_until=tried.held_until,
    )  # fmt: skip


@require_POST
@_in_the_middle(Step.SECOND)
def second_sms(request: HttpRequest, begun: Pending) -> HttpResponse:
    """Send a code to her telephone, and to the page where it is typed."""
    if not enrolled.methods(begun.account_id).sms:
        return steps.seen_off("/signin/second/", begun.next_path)
    sent = seconds.send_sms(begun.account_id, access.place_of(request), purpose=seconds.AT_SIGNIN)
    if isinstance(sent, NotSent):
        return _show_second(
            request, begun, "sms", CodeForm(how="sms", initial={"sms": request.POST.get("sms", "")}),
            HTTPStatus.TOO_MANY_REQUESTS, problem=f"sms_{sent.code}", held_until=sent.until,
        )  # fmt: skip
    return steps.seen_off(f"/signin/second/?how=sms&sms={sent.id}", begun.next_path)


@require_POST
@_in_the_middle(Step.SECOND)
def second_passkey_options(request: HttpRequest, begun: Pending) -> HttpResponse:
    """A challenge for her own passkeys."""
    return factors.begin_assertion(request, begun.account_id)


@require_POST
@_in_the_middle(Step.SECOND)
def second_passkey(request: HttpRequest, begun: Pending) -> HttpResponse:
    """Her passkey as the second step: no guess, so not counted."""
    shown = factors.finish_assertion(request, begun.account_id)
    if isinstance(shown, Refused):
        return factors.refusal(shown)
    actions.second_passed(begun, shown.amr, [])
    answer = _go_on(request, begun)
    response = factors.onward(answer["Location"])
    response.cookies = answer.cookies
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@_in_the_middle(Step.PASSWORD)
def password(request: HttpRequest, begun: Pending) -> HttpResponse:
    """A new password before the first page: the old one was an operator's, is on a list, or is too old."""
    form = ForcedPasswordForm(
        request.POST if request.method == "POST" else None,
        second_factor=begun.account.second_factor,
        context=passwords.known_about(begun.account),
    )
    context = {"form": form, "why": begun.must_change}
    if request.method != "POST":
        return _shown(request, begun, "signin/password.html", context, HTTPStatus.OK)
    if not form.is_valid():
        context["code"] = first_code(form)
        return _shown(request, begun, "signin/password.html", context, HTTPStatus.UNPROCESSABLE_ENTITY)
    fresh = form.cleaned_data["new_password"]
    if passwords.fits(fresh, begun.password):
        context["code"] = "password_same"
        return _shown(request, begun, "signin/password.html", context, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _go_on(request, begun, new_password=fresh)


def _go_on(
    request: HttpRequest, begun: Pending, *, new_password: str = "", code_used: bool = False
) -> HttpResponse:
    """To the next step, or signed in."""
    lacking = Step.DONE if new_password else actions.step_of(begun)
    if lacking is not Step.DONE:
        return steps.seen_off(f"/signin/{lacking}/", begun.next_path)
    try:
        opened = actions.finish(begun, access.place_of(request), new_password=new_password)
    except Shut:
        return HttpResponseRedirect("/signin/?over=1", status=HTTPStatus.SEE_OTHER)
    return steps.enter(opened, begun.next_path, offer=begun.device_known, code_used=code_used)


def _how(request: HttpRequest, begun: Pending) -> str:
    able = seconds.ways(enrolled.methods(begun.account_id))
    asked = (request.POST if request.method == "POST" else request.GET).get("how", "")
    return asked if asked in able else next(iter(able), "")


def _show_second(
    request: HttpRequest,
    begun: Pending,
    how: str,
    form: CodeForm,
    status: HTTPStatus = HTTPStatus.OK,
    **problem: Any,
) -> HttpResponse:
    have = enrolled.methods(begun.account_id)
    if form.is_bound and problem:
        form = CodeForm(how=how, initial={"sms": form.data.get("sms", "")})
    context = {
        "form": form,
        "how": how,
        "others": [way for way in seconds.ways(have) if way != how],
        "passkeys": have.passkeys,
        "sms_id": form["sms"].value() or "",
        "back": begun.next_path,
        "way": begun.way,
        **problem,
    }
    return _shown(request, begun, "signin/second.html", context, status)


def _shown(
    request: HttpRequest, begun: Pending, template: str, context: dict[str, Any], status: HTTPStatus
) -> HttpResponse:
    if context.get("held_until"):
        context["wait"] = steps.in_words(context["held_until"])
    client = clients.find(rules.client_of(begun.next_path))
    return steps.leading_to(client, render(request, template, {**context, "client": client}, status=status))
