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

from dopusk.portal.factors.access import whole_proof_required
from dopusk.portal.profile import actions, closing, export, forms, rules, words
from dopusk.portal.sessions.access import COOKIE, Person
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
    """What closing means; the typed word closes."""
    facts = {"holds_post": closing.holds_post(person.sub), "suspended": actions.suspended(person.sub)}
    form = forms.CloseForm(request.POST or None)
    code = next((name for name, stands in facts.items() if stands), "")
    barred = bool(code)
    if request.method == "POST" and not form.is_valid():
        code = code or "not_typed"
    elif request.method == "POST":
        code = rules.close_fault(form.cleaned_data["typed"], **facts) or ""
        if not code:
            closing.close(person.sub, session=str(person.sid))
            response = render(request, "profile/closed.html", {"person": None, "nav": []})
            response.delete_cookie(COOKIE)
            return response
        if code == "not_typed":
            form.add_error("typed", django_forms.ValidationError(words.REFUSED[code], code=code))
    context = {"form": form, "code": code, "barred": barred, "said": words.REFUSED.get(code, "")}
    refused = request.method == "POST"
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "profile/close.html", context, status=status)
