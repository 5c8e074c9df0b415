"""A confirmed person asks for another name."""

from http import HTTPStatus

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.portal.profile import actions, forms, rules, words
from dopusk.portal.profile.models import NameChange
from dopusk.portal.sessions.access import Person, person_required
from dopusk.web.files import actions as files
from dopusk.web.files import words as file_words
from dopusk.web.files.actions import FileRefused


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def name_change(request: HttpRequest, person: Person) -> HttpResponse:
    """The form with the document, or how the last request stands."""
    if person.level == "simplified":  # nothing is confirmed yet: the pencils do
        return redirect("profile:profile")
    last = NameChange.objects.filter(account_id=person.sub).order_by("-filed_at").first()
    bound = request.method == "POST"
    initial = {name: getattr(person, name) for name in rules.NAMES}
    form = forms.NameForm(request.POST if bound else None, request.FILES if bound else None, initial=initial)
    if bound and form.is_valid() and _filed(person, form):
        messages.success(request, _("Просьба отправлена. Оператор посмотрит документ."))
        return redirect("profile:name_change")
    codes = {error.code or "" for found in form.errors.as_data().values() for error in found}
    context = {
        "form": form,
        "codes": sorted(codes),
        "waits": bool(last and last.state == "waiting"),
        "last": last,
        "state": words.STATES[last.state] if last else None,
        "reason": words.NAME_REFUSALS.get(last.reason, "") if last else "",
        "new": " ".join(part for part in last.opened().values() if part) if last else "",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "profile/name_change.html", context, status=status)


def _filed(person: Person, form: forms.NameForm) -> bool:
    try:
        stored = actions.take_scan(person.sub, form.cleaned_data["file"])
    except FileRefused as refused:
        text = file_words.say(refused.code, refused.detail)
        form.add_error("file", django_forms.ValidationError(text, code=refused.code))
        return False
    try:
        actions.file_name_change(person.sub, form.typed(), stored, session=str(person.sid))
    except actions.NotDone as refused:
        files.drop(stored)
        form.add_error(None, django_forms.ValidationError(words.REFUSED[refused.code], code=refused.code))
        return False
    return True


@require_POST
@person_required
def withdraw_name(request: HttpRequest, person: Person) -> HttpResponse:
    """Take the request back."""
    try:
        actions.withdraw_name_change(person.sub, session=str(person.sid))
    except actions.NotDone as refused:
        messages.warning(request, words.REFUSED[refused.code])
    else:
        messages.success(request, _("Просьба отозвана."))
    return redirect("profile:name_change")
