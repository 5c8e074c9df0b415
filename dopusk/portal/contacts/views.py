"""Pages of contacts."""

from http import HTTPStatus

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.codes import fields
from dopusk.portal.codes.rules import Held
from dopusk.portal.contacts import actions, rules
from dopusk.portal.contacts.actions import Done, NotPossible, Taken
from dopusk.portal.contacts.forms import CodeForm, EmailForm, PhoneForm
from dopusk.portal.contacts.pages import confirmation
from dopusk.portal.factors.access import whole_proof_required
from dopusk.portal.sessions.access import Person, person_required, place_of, proof_required

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY


@require_safe
@person_required
def contacts(request: HttpRequest, person: Person) -> HttpResponse:
    """Her telephone and her mail, what waits, what can be done."""
    hers = actions.contacts_of(person.sub)
    context = {
        "contacts": hers,
        "phone_waits": hers.waits("phone"),
        "email_waits": hers.waits("email"),
        "phone_removable": not rules.may_remove(hers, "phone"),
        "email_removable": not rules.may_remove(hers, "email"),
        "reachable": rules.reachable(hers),
    }
    return render(request, "contacts/contacts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def phone(request: HttpRequest, person: Person) -> HttpResponse:
    """A new telephone is named; a code goes there."""
    form = PhoneForm(request.POST or None)
    if form.is_valid():
        new = form.cleaned_data["phone"]
        try:
            answer = actions.ask_phone(person.sub, new, network=place_of(request).network)
        except NotPossible as refusal:
            form.add_error(
                "phone", forms.ValidationError(_("Этот номер у Вас уже указан."), code=refusal.code)
            )
        else:
            if not isinstance(answer, Held) or _already(person, answer, new):
                return _to("contacts:phone_code")
            form.add_error("phone", fields.held(answer))
    hers = actions.contacts_of(person.sub)
    return _page(request, "contacts/phone.html", form, contacts=hers)


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def phone_code(request: HttpRequest, person: Person) -> HttpResponse:
    """The code that came there is typed."""
    waiting = actions.contacts_of(person.sub).waits("phone")
    if waiting is None:
        return _to("contacts:phone")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        answer = actions.prove_phone(person.sub, form.cleaned_data["code"])
        if isinstance(answer, Done):
            messages.success(request, _("Новый телефон подтверждён. Входите теперь по нему."))
            return _to("contacts:contacts")
        if isinstance(answer, Taken):
            return render(
                request,
                "contacts/taken.html",
                {"kind": "phone", "to": fields.unbroken(answer.to)},
                status=REFUSED,
            )
        form.add_error("code", fields.fault(answer))
    return _code_page(request, person, form, waiting.to)


@require_POST
@whole_proof_required
def phone_again(request: HttpRequest, person: Person) -> HttpResponse:
    """Another code is asked for."""
    try:
        answer = actions.code_again(person.sub, network=place_of(request).network)
    except NotPossible:
        return _to("contacts:phone")
    if isinstance(answer, Held):
        waiting = actions.contacts_of(person.sub).waits("phone")
        return _code_page(request, person, CodeForm(), waiting.to if waiting else "", held=answer)
    messages.success(request, _("Новый код отправлен. Прежний больше не действует."))
    return _to("contacts:phone_code")


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def email(request: HttpRequest, person: Person) -> HttpResponse:
    """A new address is named; a link goes there."""
    form = EmailForm(request.POST or None)
    if form.is_valid():
        new = form.cleaned_data["email"]
        try:
            held = actions.ask_email(person.sub, new)
        except NotPossible as refusal:
            form.add_error(
                "email", forms.ValidationError(_("Этот адрес у Вас уже указан."), code=refusal.code)
            )
        else:
            if held is None:
                messages.success(request, _("Письмо со ссылкой отправлено. Ссылка работает 24 часа."))
                return _to("contacts:contacts")
            form.add_error("email", fields.held(held))
    hers = actions.contacts_of(person.sub)
    return _page(request, "contacts/email.html", form, contacts=hers)


@require_POST
@whole_proof_required
def email_again(request: HttpRequest, person: Person) -> HttpResponse:
    """Another letter is asked for."""
    try:
        held = actions.link_again(person.sub)
    except NotPossible:
        return _to("contacts:email")
    if held:
        messages.warning(request, fields.held(held).message)
    else:
        messages.success(request, _("Письмо со ссылкой отправлено ещё раз."))
    return _to("contacts:contacts")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a letter: GET shows a button and changes nothing, POST confirms."""
    return confirmation(request, token, "contacts.email")


@require_POST
@proof_required
def cancel(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    """What waits is given up."""
    try:
        actions.cancel(person.sub, _kind(kind))
    except NotPossible:
        messages.info(request, _("Отменять уже нечего."))
    else:
        messages.success(request, _("Изменение отменено. Прежний контакт действует."))
    return _to("contacts:contacts")


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def remove(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    """A contact is taken away, if another confirmed one remains."""
    hers = actions.contacts_of(person.sub)
    code = rules.may_remove(hers, _kind(kind))
    if code == "contact_none":
        return _to("contacts:contacts")
    if request.method == "POST" and not code:
        try:
            actions.remove(person.sub, kind)
        except NotPossible as refusal:
            code = refusal.code
        else:
            messages.success(request, _("Контакт убран."))
            return _to("contacts:contacts")
    context = {"kind": kind, "value": hers.of(kind), "code": code}
    return render(request, "contacts/remove.html", context, status=REFUSED if code else HTTPStatus.OK)


def _kind(kind: str) -> str:
    if kind not in rules.KINDS:
        raise Http404
    return kind


def _to(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse(name), status=HTTPStatus.SEE_OTHER)


def _already(person: Person, held: Held, new: str) -> bool:
    """Whether the code is on its way there already: the form was sent twice."""
    waiting = actions.contacts_of(person.sub).waits("phone")
    return held.code == "too_soon" and waiting is not None and waiting.to == new


def _page(request: HttpRequest, template: str, form: forms.Form, **context: object) -> HttpResponse:
    code = first_code(form)
    return render(
        request, template, {"form": form, "code": code, **context}, status=REFUSED if code else HTTPStatus.OK
    )


def _code_page(
    request: HttpRequest, person: Person, form: forms.Form, to: str, *, held: Held | None = None
) -> HttpResponse:
    at = actions.again_at(person.sub)
    context: dict[str, object] = {"to": fields.unbroken(to), **(fields.again(at) if at else {})}
    if held is None:
        return _page(request, "contacts/phone_code.html", form, **context)
    context |= {"form": form, "code": held.code, "held": fields.held(held).message}
    return render(request, "contacts/phone_code.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
