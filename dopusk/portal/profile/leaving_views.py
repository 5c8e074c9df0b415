"""Taking one's data out, and leaving."""

import json
from http import HTTPStatus

from django import forms as django_forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.factors.access import whole_proof_required
from dopusk.portal.profile import actions, closing, export, forms, rules, words
from dopusk.portal.security.rules import by_passkey
from dopusk.portal.sessions.access import COOKIE, Person, place_of
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.rules import Held
from dopusk.web.journal.actions import record


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def export_(request: HttpRequest, person: Person) -> HttpResponse:
    """What is inside, in words; the button gives it as one JSON file."""
    if request.method != "POST":
        return render(request, "profile/export.html", {})
    with transaction.atomic():
        content = export.everything(person.sub)
        record(
            actor=str(person.sub),
            act="profile.exported",
            subject=str(person.sub),
            words=actions.EXPORTED,
            session=str(person.sid),
        )
    now = timezone.localtime()
    body = {"made_at": now, "portal": request.get_host(), **content}
    text = json.dumps(body, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dopusk-{now:%Y-%m-%d}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@whole_proof_required
def close(request: HttpRequest, person: Person) -> HttpResponse:
    """What closing means; the typed word and the password close."""
    facts = {"holds_post": closing.holds_post(person.sub), "suspended": actions.suspended(person.sub)}
    form = forms.CloseForm(request.POST or None, by_passkey=by_passkey(person.amr))
    code = next((name for name, stands in facts.items() if stands), "")
    barred = bool(code)
    if request.method == "POST" and not barred:
        code = _refused(request, person, form)
        if not code:
            closing.close(person.sub, session=str(person.sid))
            response = render(request, "profile/closed.html", {"person": None, "nav": []})
            response.delete_cookie(COOKIE)
            return response
    context = {"form": form, "code": code, "barred": barred, "said": words.REFUSED.get(code, "")}
    refused = {"held": HTTPStatus.TOO_MANY_REQUESTS, "busy": HTTPStatus.SERVICE_UNAVAILABLE}
    status = refused.get(code, HTTPStatus.UNPROCESSABLE_ENTITY) if request.method == "POST" else HTTPStatus.OK
    return render(request, "profile/close.html", context, status=status)


def _refused(request: HttpRequest, person: Person, form: forms.CloseForm) -> str:
    """Why the form closes nothing, said beside its field; an empty text when it does."""
    if not form.is_valid():
        return "not_typed" if "typed" in form.errors else "password_missing"
    field, code = "typed", rules.close_fault(form.cleaned_data["typed"], holds_post=False)
    if not code and "password" in form.fields:
        field, code = "password", _password_fault(request, person, form.cleaned_data["password"])
    if code:
        form.add_error(field, django_forms.ValidationError(words.REFUSED[code], code=code))
    return code or ""


def _password_fault(request: HttpRequest, person: Person, typed: str) -> str:
    """`held`, `busy`, `password_wrong` or an empty text; tries are counted with those of sign-in."""
    leave = signin.reserve_second(person.sub, place_of(request).device_cookie)
    if isinstance(leave, Held):
        return "held"
    try:
        if not passwords.fits(typed, Account.objects.get(pk=person.sub).password):
            return "password_wrong"
    except passwords.Busy:
        return "busy"
    signin.forgive(leave.keys)
    return ""
