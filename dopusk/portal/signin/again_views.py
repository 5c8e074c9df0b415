"""Proving identity once more before something sensitive; the session goes on."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.rules import Held as NotSent
from dopusk.portal.factors import access as factors
from dopusk.portal.factors import actions as enrolled
from dopusk.portal.factors.passkeys import Refused
from dopusk.portal.operators.access import TWO_FACTORS
from dopusk.portal.sessions import access
from dopusk.portal.sessions.access import Person, person_required
from dopusk.portal.sessions.actions import prove_again
from dopusk.portal.signin import actions, rules, steps
from dopusk.portal.signin import second as seconds
from dopusk.portal.signin.forms import CodeForm, PasswordForm
from dopusk.portal.signin.rules import Held
from dopusk.portal.signin.ways import WAYS


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def again(request: HttpRequest, person: Person) -> HttpResponse:
    """Her password, or any second step of hers; only that when she has one and has not shown it in this session."""
    values = request.POST if request.method == "POST" else request.GET
    able = _able(person)
    how = values.get("how", "")
    how = how if how in able else next(iter(able), "")
    if request.method != "POST" or not how:
        return _shown(request, person, how, _form(how, None, values.get("sms", "")))
    form = _form(how, request.POST)
    if not form.is_valid():
        return _shown(request, person, how, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        tried = _tried(request, person, how, form)
    except passwords.Busy:
        return _shown(request, person, how, form, HTTPStatus.SERVICE_UNAVAILABLE, problem="busy")
    if isinstance(tried, seconds.Proved):
        actions.forgive(tried.keys)
        prove_again(person.sid, tried.amr)
        response = steps.seen_off(rules.safe_next(values.get("next", "/")), "/")
        access.renew(response, person.sid)
        return response
    if isinstance(tried, Held):
        return _shown(
            request, person, how, form, HTTPStatus.TOO_MANY_REQUESTS,
            problem="code_held", held_until=tried.until, closed=tried.closed,
        )  # fmt: skip
    return _shown(
        request, person, how, form, HTTPStatus.UNPROCESSABLE_ENTITY,
        problem=tried.code, held_until=tried.held_until,
    )  # fmt: skip


@require_POST
@person_required
def again_sms(request: HttpRequest, person: Person) -> HttpResponse:
    """Send a code to her telephone, and to the page where it is typed."""
    asked = {"next": rules.safe_next(request.POST.get("next", "/"))}
    if "sms" not in _able(person):
        return steps.seen_off(f"/signin/again/?{urlencode(asked)}", "/")
    sent = seconds.send_sms(person.sub, access.place_of(request), purpose=seconds.AT_STEP_UP)
    if isinstance(sent, NotSent):
        return _shown(
            request, person, "sms", _form("sms", None, request.POST.get("sms", "")),
            HTTPStatus.TOO_MANY_REQUESTS, problem=f"sms_{sent.code}", held_until=sent.until,
        )  # fmt: skip
    return steps.seen_off(f"/signin/again/?{urlencode({**asked, 'how': 'sms', 'sms': sent.id})}", "/")


@require_POST
@person_required
def again_passkey_options(request: HttpRequest, person: Person) -> HttpResponse:
    """A challenge for her own passkeys."""
    return factors.begin_assertion(request, person.sub)


@require_POST
@person_required
def again_passkey(request: HttpRequest, person: Person) -> HttpResponse:
    """Her passkey as proof."""
    shown = factors.finish_assertion(request, person.sub)
    if isinstance(shown, Refused):
        return factors.refusal(shown)
    prove_again(person.sid, shown.amr)
    response = factors.onward(rules.safe_next(str(factors.answer_of(request).get("next", "/"))))
    access.renew(response, person.sid)
    return response


def _able(person: Person) -> list[str]:
    """Ways of proving it here by typing."""
    due = enrolled.asked(Account.objects.get(pk=person.sub), known_device=False)
    if due is None:
        return ["password"]
    second = seconds.ways(due)
    return second if TWO_FACTORS not in person.amr else ["password", *second]


def _form(how: str, data: Any, sms: str = "") -> PasswordForm | CodeForm:
    return PasswordForm(data) if how in {"password", ""} else CodeForm(data, how=how, initial={"sms": sms})


def _tried(
    request: HttpRequest, person: Person, how: str, form: PasswordForm | CodeForm
) -> seconds.Proved | seconds.NotProved | Held:
    place = access.place_of(request)
    if isinstance(form, CodeForm):
        return seconds.try_code(
            person.sub, how, form.cleaned_data["code"], place,
            purpose=seconds.AT_STEP_UP, sms=form.cleaned_data["sms"],
        )  # fmt: skip
    leave = actions.reserve_second(person.sub, place.device_cookie)
    if isinstance(leave, Held):
        return leave
    if not passwords.fits(form.cleaned_data["password"], Account.objects.get(pk=person.sub).password):
        actions.second_failed(person.sub, place, signed_in=True)
        return seconds.NotProved("password_wrong", leave.held_until)
    return seconds.Proved(["pwd"], leave.keys)


def _shown(
    request: HttpRequest,
    person: Person,
    how: str,
    form: PasswordForm | CodeForm,
    status: HTTPStatus = HTTPStatus.OK,
    **problem: Any,
) -> HttpResponse:
    values = request.POST if request.method == "POST" else request.GET
    sms = str(values.get("sms", ""))
    if form.is_bound and problem:
        form = _form(how, None, sms)
    if problem.get("held_until"):
        problem["wait"] = steps.in_words(problem["held_until"])
    context = {
        "form": form,
        "how": how,
        "others": [way for way in _able(person) if way != how],
        "passkeys": enrolled.methods(person.sub).passkeys,
        "ways": [way for way in WAYS.values() if way.able(person.sub)],
        "next": rules.safe_next(values.get("next", "/")),
        "late": access.LATE in request.GET,
        "sms_id": sms,
        **problem,
    }
    return render(request, "signin/again.html", context, status=status)
