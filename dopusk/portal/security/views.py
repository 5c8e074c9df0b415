"""The pages of «Безопасность»."""

import uuid
from datetime import timedelta
from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.fields import first_code
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.fields import moment
from dopusk.portal.factors import actions as factors
from dopusk.portal.security import actions, rules
from dopusk.portal.security.cards import CARDS
from dopusk.portal.security.forms import ChangeForm
from dopusk.portal.sessions.access import Person, person_required, place_of, proof_required
from dopusk.portal.sessions.actions import idle_end
from dopusk.portal.sessions.models import Device, Session


@require_safe
@person_required
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """How well the account is guarded, and where to change it."""
    account = Account.objects.get(pk=person.sub)
    cooling = (
        account.cooling_until if account.cooling_until and account.cooling_until > timezone.now() else None
    )
    context = {
        "account": account,
        "cooling": cooling,
        "methods": factors.methods(person.sub),
        "second": factors.protected(account),
        "operator": factors.is_operator(person.sub),
        "living": _living(person).count(),
        "devices": Device.objects.filter(account_id=person.sub).count(),
        "cards": [card(person.sub) for card in CARDS.values()],
    }
    return render(request, "security/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@proof_required
def password(request: HttpRequest, person: Person) -> HttpResponse:
    """A new password, by her own wish."""
    account = Account.objects.get(pk=person.sub)
    by_passkey = rules.by_passkey(person.amr)
    form = ChangeForm(
        request.POST or None, by_passkey=by_passkey,
        second_factor=factors.required(account), context=passwords.known_about(account),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        outcome: str | actions.Wait
        try:
            outcome = actions.change_password(
                person, form.cleaned_data.get("current_password"), form.cleaned_data["new_password"],
                place_of(request), end_others=form.cleaned_data["end_others"],
            )  # fmt: skip
        except passwords.Busy:
            outcome = "busy"
        if outcome == "":
            messages.success(request, _("Пароль изменён. Мы сообщили об этом на Ваши контакты."))
            return _see("security:home")
        _refuse(form, outcome)
    code = first_code(form) if form.is_bound else ""
    status = {"": HTTPStatus.OK, "held": HTTPStatus.TOO_MANY_REQUESTS}.get(
        code, HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return render(
        request,
        "security/password.html",
        {"form": form, "code": code, "by_passkey": by_passkey},
        status=status,
    )


def _refuse(form: ChangeForm, outcome: str | actions.Wait) -> None:
    if isinstance(outcome, actions.Wait):
        words = _("Пароль не подошёл слишком много раз. Следующая попытка возможна %(when)s.")
        form.add_error(
            "current_password", forms.ValidationError(words % {"when": moment(outcome.until)}, code="held")
        )
        return
    field, words = {
        "password_wrong": (
            "current_password" if "current_password" in form.fields else "new_password",
            _("Пароль не подошёл, с которым Вы входите сейчас. Проверьте раскладку и Caps Lock."),
        ),
        "password_same": ("new_password", _("Это Ваш прежний пароль. Придумайте другой.")),
        "busy": (
            "new_password",
            _("Сейчас входит очень много людей. Подождите несколько секунд и сохраните ещё раз."),
        ),
    }[outcome]
    form.add_error(field, forms.ValidationError(words, code=outcome))


@require_safe
@person_required
def sessions(request: HttpRequest, person: Person) -> HttpResponse:
    """Where she is signed in, and browsers she is known by."""
    context = {
        "sessions": _living(person),
        "devices": Device.objects.filter(account_id=person.sub).order_by("-seen_at"),
        "sid": person.sid,
        "recent": timezone.now() - timedelta(minutes=2),
    }
    return render(request, "security/sessions.html", context)


@require_POST
@person_required
def end(request: HttpRequest, person: Person) -> HttpResponse:
    """End one session, or all but this one."""
    if request.POST.get("which") == "others":
        ended = actions.end_others(person)
        words = ngettext("Завершён %(n)s вход.", "Завершено входов: %(n)s.", ended) % {"n": ended}
    else:
        sid = _id(request.POST.get("which", ""))
        over = sid is None or sid == person.sid or not actions.end_session(person, sid)
        words = _("Этот вход уже завершён.") if over else _("Вход завершён.")
    messages.success(request, words)
    return _see("security:sessions")


@require_POST
@person_required
def forget(request: HttpRequest, person: Person) -> HttpResponse:
    """Forget one browser she is known by, or all."""
    which = request.POST.get("which", "")
    device = _id(which)
    if device or which == "all":
        actions.forget_devices(person, device)
        messages.success(
            request, _("Забыли. При следующем входе оттуда мы пришлём сообщение о новом устройстве.")
        )
    return _see("security:sessions")


def _living(person: Person) -> QuerySet[Session]:
    now = timezone.now()
    return Session.objects.filter(
        account_id=person.sub, ended_at=None, expires_at__gt=now, seen_at__gt=now - idle_end()
    ).order_by("-seen_at")


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _see(name: str) -> HttpResponse:
    response = redirect(name)
    response.status_code = HTTPStatus.SEE_OTHER
    return response
