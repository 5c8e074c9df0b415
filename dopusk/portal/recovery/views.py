"""The pages of recovery, one step each, and «это не я»."""

import functools
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.kernel import email
from dopusk.kernel import phone as phones
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.fields import NewPasswordForm, first_code
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.fields import CodeField, moment
from dopusk.portal.codes.fields import again as wait_for_another
from dopusk.portal.factors import actions as factors
from dopusk.portal.notices.actions import confirmed_contacts
from dopusk.portal.recovery import actions, endings, rules
from dopusk.portal.recovery import forms as own
from dopusk.portal.recovery.actions import Standing, Wait
from dopusk.portal.recovery.models import Recovery
from dopusk.portal.recovery.rules import Evidence
from dopusk.portal.sessions.access import place_of

COOKIE: Final = "portal_recovery"
DONE_COOKIE: Final = "portal_recovered"
PAGES: Final = {
    "code": "recovery:code",
    "choice": "recovery:factor_choice",
    "more": "recovery:more",
    "stuck": "recovery:more",
    "password": "recovery:password",
}
FACTOR: Final = "factor"  # of `lost`: she comes from the second step of a sign-in
FORM: Final = ["GET", "HEAD", "POST"]
Arguments = ParamSpec("Arguments")


class CodeForm(forms.Form):
    """The six digits of a message."""

    code = CodeField()


@never_cache
@require_http_methods(FORM)
def start(request: HttpRequest) -> HttpResponse:
    """Who lost access. What follows is the same whether or not such an account exists."""
    typed = {"identifier": request.GET.get("identifier", "")[:254]}
    form = own.StartForm(request.POST) if request.method == "POST" else own.StartForm(initial=typed)
    held: datetime | None = None
    if request.method == "POST" and form.is_valid():
        begun = actions.begin(
            form.cleaned_data["identifier"], form.cleaned_data["channel"], place_of(request),
            asks_factor=request.POST.get("lost") == FACTOR,
        )  # fmt: skip
        if isinstance(begun, actions.Begun):
            response = _see("recovery:code")
            response.set_cookie(
                COOKIE, begun.cookie, max_age=rules.LASTS, path="/recovery/", httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )  # fmt: skip
            return response
        held = begun.until
        form.add_error(None, _held(held))
    context = {
        "form": form, "over": "over" in request.GET, "locked": "locked" in request.GET, "held": held,
        "lost": FACTOR if FACTOR in {request.GET.get("lost"), request.POST.get("lost")} else "",
    }  # fmt: skip
    return _page(request, "start", form, context)


def under_way(
    *stages: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Recovery, Arguments], HttpResponse]],
    Callable[Concatenate[HttpRequest, Arguments], HttpResponse],
]:
    """The view gets the recovery of this browser as its second argument, and only at these stages."""

    def guard(
        view: Callable[Concatenate[HttpRequest, Recovery, Arguments], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
        @functools.wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs
        ) -> HttpResponse:
            recovery = actions.living(request.COOKIES.get(COOKIE, ""))
            if recovery is None:
                return _over()
            stage = actions.standing(recovery).stage
            if stages and stage not in stages:
                return _see(PAGES[stage])
            try:
                return view(request, recovery, *args, **kwargs)
            except actions.Over:
                return _over()

        return never_cache(guarded)

    return guard


@require_http_methods(FORM)
@under_way("code", "more")
def code(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """The code of the message. Before the first one fits, the page is the same for everybody."""
    if actions.EVIDENCE[recovery.channel] in recovery.shown:
        return _see("recovery:more")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = actions.check_code(recovery.pk, form.cleaned_data["code"])
        if not problem:
            return _see(PAGES[actions.standing(_fresh(recovery)).stage])
        form.add_error("code", forms.ValidationError(_CODE_WORDS()[problem], code=problem))
    context = {
        "form": form,
        "channel": recovery.channel,
        "other": "mail" if recovery.channel == "sms" else "sms",
        "mask": _mask(recovery),
        "action": "/recovery/again/",
        **wait_for_another(recovery.sent_at + rules.AGAIN_AFTER),
    }
    return _page(request, "code", form, context)


def _CODE_WORDS() -> dict[str, str]:  # noqa: N802 - a table, in the language of the page
    return {
        "code_wrong": _("Код не подошёл. Проверьте цифры: подходит только код из последнего сообщения."),
        "code_expired": _("Код действует 10 минут, они прошли. Запросите новый."),
    }


@require_POST
@under_way("code", "more")
def again(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """Another code, by this channel or the other one."""
    channel = request.POST.get("channel", recovery.channel)
    standing = actions.standing(recovery)
    allowed = standing.stage == "code" or actions.EVIDENCE.get(channel) in standing.steps
    if channel in actions.PURPOSES and allowed:
        actions.send_again(recovery.pk, channel, place_of(request))
    return _see("recovery:code")


@require_safe
@under_way("more", "stuck")
def more(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """What else has to be shown, as much as the account was worth."""
    standing = actions.standing(recovery)
    assert recovery.account is not None  # a stage past the first code
    contacts = confirmed_contacts(recovery.account.pk)
    context = {
        "account": recovery.account,
        "steps": standing.steps,
        "phone": phones.mask(contacts["phone"]) if "phone" in contacts else "",
        "email": email.mask(contacts["email"]) if "email" in contacts else "",
        "passkeys": factors.methods(recovery.account.pk).passkeys,
    }
    return _page(request, "more", None, context)


@require_http_methods(FORM)
@under_way("more")
def data(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """СНИЛС, or СНИЛС with passport and birth date, compared with what the portal holds."""
    steps = actions.standing(recovery).steps
    full = Evidence.DATA in steps
    if not full and Evidence.SNILS not in steps:
        return _see("recovery:more")
    kind = own.DataForm if full else own.SnilsForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        shown = actions.Data(typed["snils"], typed.get("passport"), typed.get("birth_date"))
        outcome = actions.show_data(recovery.pk, shown)
        if outcome == "":
            return _see(PAGES[actions.standing(_fresh(recovery)).stage])
        words = _("Данные не совпали с теми, что хранит портал. Проверьте их по документам.")
        form.add_error(None, _refused(outcome, words))
    return _page(request, "data", form, {"form": form, "full": full})


@require_http_methods(FORM)
@under_way("more")
def factor(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """A code of her app, or a recovery code."""
    if Evidence.FACTOR not in actions.standing(recovery).steps:
        return _see("recovery:more")
    form = own.FactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome: str | Wait
        try:
            outcome = actions.show_factor(recovery.pk, form.cleaned_data["code"])
        except passwords.Busy:
            outcome = "busy"
        if outcome == "":
            return _see(PAGES[actions.standing(_fresh(recovery)).stage])
        words = _busy() if outcome == "busy" else _("Код не подошёл. Каждый код подходит один раз.")
        form.add_error("code", _refused(outcome, words))
    return _page(request, "factor", form, {"form": form})


@require_http_methods(FORM)
@under_way("choice")
def factor_choice(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """She came because of the second step: is it lost, or will she show it when she signs in?"""
    if request.method == "POST":
        actions.keep_factor(recovery.pk)
        return _see(PAGES[actions.standing(_fresh(recovery)).stage])
    return _page(request, "factor_choice", None, {})


@require_http_methods(FORM)
@under_way("choice", "more", "password")
def factor_lost(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """Her second factor is lost as well: what that costs, and then what has to be shown for it."""
    problem = ""
    if request.method == "POST":
        if actions.give_up_factor(recovery.pk):
            return _see(PAGES[actions.standing(_fresh(recovery)).stage])
        problem = "operator_factor"
    return _page(request, "factor_lost", None, {"problem": problem}, problem=problem)


@require_http_methods(FORM)
@under_way("password")
def phone(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """A new telephone instead of a lost one: its number, then the code sent to it."""
    if Evidence.PHONE in actions.standing(recovery).shown:
        return _see("recovery:password")
    asked = recovery.phone_code is not None and not {"other", "phone"} & {*request.GET, *request.POST}
    form: forms.Form
    if asked:
        form = CodeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            problem = actions.prove_phone(recovery.pk, form.cleaned_data["code"])
            if not problem:
                return _see("recovery:password")
            words = {
                "phone_taken": _("Этот номер уже указан в другой учётной записи. Укажите другой."),
                "code_wrong": _(
                    "Код не подошёл или больше не действует. Проверьте цифры или запросите новый."
                ),
            }[problem]
            form.add_error("code", forms.ValidationError(words, code=problem))
            asked = problem != "phone_taken"
    else:
        form = own.PhoneForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            until = actions.ask_phone(recovery.pk, form.cleaned_data["phone"])
            if until is None:
                return _see("recovery:phone")
            form.add_error("phone", _held(until))
    new = _fresh(recovery).kept()["phone"]
    return _page(
        request, "phone", form, {"form": form, "asked": asked, "mask": phones.show(new) if new else ""}
    )


@require_http_methods(FORM)
@under_way("password")
def password(request: HttpRequest, recovery: Recovery) -> HttpResponse:
    """The new password: with it access is back."""
    account, standing = recovery.account, actions.standing(recovery)
    assert account is not None  # a stage past the first code
    form = NewPasswordForm(
        request.POST or None, second_factor=standing.factor, context=passwords.known_about(account)
    )
    if request.method == "POST" and form.is_valid():
        outcome: endings.Done | str
        try:
            outcome = endings.finish(recovery.pk, form.cleaned_data["new_password"], place_of(request))
        except passwords.Busy:
            outcome = "busy"
        if isinstance(outcome, endings.Done):
            return _finished(recovery, outcome)
        words = _busy() if outcome == "busy" else _("Это Ваш прежний пароль. Придумайте другой.")
        form.add_error("new_password", forms.ValidationError(words, code=outcome))
    context = {"form": form, "account": account, "standing": standing, **_around(recovery, account, standing)}
    return _page(request, "password", form, context)


def _around(recovery: Recovery, account: Account, standing: Standing) -> dict[str, Any]:
    """What the last page tells of the telephone and the second factor."""
    new = recovery.kept()["phone"] if recovery.phone_proved else ""
    cooling = rules.cooling(
        account.level, factor_stays=standing.spares, hours=settings.RECOVERY_COOLING_HOURS, now=timezone.now()
    )
    return {
        "may_replace_phone": Evidence.PHONE not in standing.shown,
        "new_phone": phones.show(new) if new else "",
        "cooling": cooling,
        "lost_factor": recovery.lost_factor,
    }


def _finished(recovery: Recovery, outcome: endings.Done) -> HttpResponse:
    """On to the last page; what it tells travels in a short-lived cookie of this browser, for nobody is signed in."""
    response = _see("recovery:done")
    response.delete_cookie(COOKIE, path="/recovery/", samesite="Lax")
    told = f"{outcome.cooling_until.isoformat() if outcome.cooling_until else ''}|{'locked' if outcome.locked else ''}"
    response.set_signed_cookie(
        DONE_COOKIE, told, max_age=3600, path="/recovery/", httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Access is back: sign in with the new password; until when services are closed, and why."""
    told = request.get_signed_cookie(DONE_COOKIE, default="", max_age=3600)
    if not told:
        return _see("recovery:start")
    until, _bar, locked = told.partition("|")
    context = {"until": datetime.fromisoformat(until) if until else None, "locked": bool(locked)}
    return render(request, "recovery/done.html", context)


@never_cache
@require_http_methods(FORM)
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """«Это не я» of a letter: GET explains and changes nothing, POST closes sign-in and leads to recovery."""
    link = endings.disavowed(token)
    if request.method == "POST" and link and endings.disavow(token):
        response = HttpResponseRedirect("/recovery/?locked", status=HTTPStatus.SEE_OTHER)
        response.delete_cookie(COOKIE, path="/recovery/", samesite="Lax")
        return response
    context = {**endings.consequences(link), "path": request.path}
    status = HTTPStatus.OK if link else HTTPStatus.GONE
    return render(request, "recovery/not_me.html", context, status=status)


def _fresh(recovery: Recovery) -> Recovery:
    return Recovery.objects.select_related("account").get(pk=recovery.pk)


def _mask(recovery: Recovery) -> str:
    """Where the code went, for whoever has shown one contact already; empty for strangers."""
    if not recovery.shown or recovery.account_id is None:
        return ""
    contacts = confirmed_contacts(recovery.account_id)
    if recovery.channel == "sms":
        return phones.mask(contacts["phone"]) if "phone" in contacts else ""
    return email.mask(contacts["email"]) if "email" in contacts else ""


def _held(until: datetime) -> forms.ValidationError:
    words = _("Попыток было слишком много. Следующая возможна %(when)s.") % {"when": moment(until)}
    return forms.ValidationError(words, code="held")


def _refused(outcome: str | Wait, words: str) -> forms.ValidationError:
    return _held(outcome.until) if isinstance(outcome, Wait) else forms.ValidationError(words, code=outcome)


def _busy() -> str:
    return _("Сейчас входит очень много людей. Подождите несколько секунд и нажмите кнопку ещё раз.")


def _see(name: str) -> HttpResponse:
    response = redirect(name)
    response.status_code = HTTPStatus.SEE_OTHER
    return response


def _over() -> HttpResponse:
    response = HttpResponseRedirect("/recovery/?over", status=HTTPStatus.SEE_OTHER)
    response.delete_cookie(COOKIE, path="/recovery/", samesite="Lax")
    return response


def _page(
    request: HttpRequest,
    name: str,
    form: forms.BaseForm | None,
    context: dict[str, Any],
    *,
    problem: str = "",
) -> HttpResponse:
    found = problem or (first_code(form) if form is not None and form.is_bound else "")
    status = (
        HTTPStatus.TOO_MANY_REQUESTS
        if found == "held"
        else HTTPStatus.UNPROCESSABLE_ENTITY
        if found
        else HTTPStatus.OK
    )
    return render(request, f"recovery/{name}.html", {**context, "code": found}, status=status)
