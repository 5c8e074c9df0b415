"""Pages of registration."""

import functools
from collections.abc import Callable
from datetime import date
from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.accounts.passwords import Busy
from dopusk.portal.codes import fields
from dopusk.portal.codes.rules import Held, Right
from dopusk.portal.contacts.actions import contacts_of
from dopusk.portal.contacts.pages import confirmation
from dopusk.portal.registration import actions, rules
from dopusk.portal.registration.forms import AboutForm, CodeForm, ConsentForm, PasswordForm
from dopusk.portal.registration.models import Draft
from dopusk.portal.sessions import access
from dopusk.portal.sessions.access import Person, person_required, place_of
from dopusk.portal.signin.rules import safe_next

COOKIE, PATH = "portal_registration", "/registration/"
EMAIL = "registration.email"
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The consent, which is a document of its own; agreeing begins a draft."""
    if access.current(request):
        return HttpResponseRedirect("/", status=HTTPStatus.SEE_OTHER)
    next_path = safe_next(request.POST.get("next") or request.GET.get("next", "/"))
    form = ConsentForm(request.POST or None)
    if request.method == "POST":
        form = ConsentForm(request.POST)
        if form.is_valid():
            cookie = actions.begin(_cookie(request), place_of(request).network, next_path=next_path)
            response = _to("registration:about")
            _carry(response, cookie)
            return response
    return _page(request, "registration/start.html", form, next=next_path, over="over" in request.GET)


@require_safe
def consent(request: HttpRequest) -> HttpResponse:
    """The text of the consent, to read and to print."""
    text = mark_safe(actions.consent_text())  # noqa: S308 - our own template, rendered with escaping
    return render(
        request, "registration/consent.html", {"text": text, "version": date.fromisoformat(rules.CONSENT)}
    )


def draft_required(
    view: Callable[[HttpRequest, Draft], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The view gets the draft as its second argument; without one registration begins anew."""

    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if access.current(request):
            return _to("registration:done")
        draft = actions.find(_cookie(request))
        if draft is None:
            return HttpResponseRedirect(f"{PATH}?over", status=HTTPStatus.SEE_OTHER)
        try:
            return view(request, draft)
        except Draft.DoesNotExist:  # another request has just finished it
            return HttpResponseRedirect(f"{PATH}?over", status=HTTPStatus.SEE_OTHER)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@draft_required
def about(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Name, telephone, mail."""
    form = AboutForm(request.POST if request.method == "POST" else None, initial=draft.typed().as_dict())
    if form.is_valid():
        held = actions.tell_about(draft, form.typed(), place_of(request).network)
        if held is None:
            return _onward(draft)
        form.add_error("phone", fields.held(held))
    return _page(request, "registration/about.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@draft_required
def phone_code(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The code that came to the telephone."""
    if draft.typed().step() != "phone_code":
        return _onward(draft)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = actions.prove(draft, form.cleaned_data["code"])
        if isinstance(answer, Right):
            return _onward(draft)
        form.add_error("code", fields.fault(answer))
    return _code_page(request, draft, form)


@require_POST
@draft_required
def code_again(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Another code is asked for."""
    if draft.typed().step() != "phone_code":
        return _onward(draft)
    answer = actions.code_again(draft, place_of(request).network)
    if isinstance(answer, Held):
        return _code_page(request, draft, CodeForm(), held=answer)
    messages.success(request, _("Новый код отправлен. Прежний больше не действует."))
    return _to("registration:phone_code")


@require_safe
@draft_required
def taken(request: HttpRequest, draft: Draft) -> HttpResponse:
    """She has proved the telephone, and an account with it exists: ways to it."""
    if not actions.is_taken(draft):
        return _onward(draft)
    context = {"phone": fields.unbroken(draft.typed().proved), "code": "phone_taken"}
    return render(request, "registration/taken.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@draft_required
def password(request: HttpRequest, draft: Draft) -> HttpResponse:
    """A password, and the account is open."""
    typed = draft.typed()
    if typed.step() != "password" or actions.is_taken(draft):
        return _onward(draft)
    form = PasswordForm(request.POST if request.method == "POST" else None, context=typed.context())
    if form.is_valid():
        try:
            opened = actions.finish(draft, form.cleaned_data["new_password"], place_of(request))
        except actions.PhoneTaken:
            return _to("registration:taken")
        except Busy:
            words = _(
                "Сейчас регистрируется очень много людей. Подождите несколько секунд и нажмите ещё раз."
            )
            form.add_error("new_password", forms.ValidationError(words, code="busy"))
        else:
            query = f"?{urlencode({'next': typed.next})}" if typed.next != "/" else ""
            response = HttpResponseRedirect(reverse("registration:done") + query, status=HTTPStatus.SEE_OTHER)
            access.carry(response, opened)
            response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
            return response
    return _page(
        request, "registration/password.html", form, login=typed.proved, phone=fields.unbroken(typed.proved)
    )


@require_safe
@person_required
def done(request: HttpRequest, person: Person) -> HttpResponse:
    """The account is open; what comes next."""
    contacts = contacts_of(person.sub)
    context = {
        "who": person,
        "contacts": contacts,
        "email_waits": contacts.waits("email"),
        "next": safe_next(request.GET.get("next", "/")),
    }
    return render(request, "registration/done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def email(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the letter: GET shows a button and changes nothing, POST confirms."""
    return confirmation(request, token, EMAIL)


def _cookie(request: HttpRequest) -> str:
    return request.COOKIES.get(COOKIE, "")


def _carry(response: HttpResponse, cookie: str) -> None:
    lasts = int(rules.LASTS.total_seconds())
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=lasts,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _to(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name), status=HTTPStatus.SEE_OTHER)


def _onward(draft: Draft) -> HttpResponse:
    """To the step that is missing."""
    draft.refresh_from_db()
    if draft.typed().step() == "password" and actions.is_taken(draft):
        return _to("registration:taken")
    return _to(f"registration:{draft.typed().step()}")


def _page(request: HttpRequest, template: str, form: forms.Form, **context: object) -> HttpResponse:
    code = first_code(form)
    return render(
        request, template, {"form": form, "code": code, **context}, status=REFUSED if code else HTTPStatus.OK
    )


def _code_page(
    request: HttpRequest, draft: Draft, form: forms.Form, *, held: Held | None = None
) -> HttpResponse:
    draft.refresh_from_db()
    context: dict[str, object] = {"to": fields.unbroken(draft.typed().phone)}
    context |= fields.again(draft.again_at) if draft.again_at else {}
    if held is None:
        return _page(request, "registration/phone_code.html", form, **context)
    context |= {"form": form, "code": held.code, "held": fields.held(held).message}
    return render(request, "registration/phone_code.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
