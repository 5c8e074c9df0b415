"""Scans of a profile: uploaded, listed, given back, deleted."""

import uuid
from http import HTTPStatus

from django import forms as django_forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.portal.profile import actions, forms, rules, shown, words
from dopusk.portal.profile.models import Document, Fact
from dopusk.portal.sessions.access import Person, person_required
from dopusk.web.files import actions as files
from dopusk.web.files import answers
from dopusk.web.files import words as file_words
from dopusk.web.files.actions import FileRefused


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def documents(request: HttpRequest, person: Person) -> HttpResponse:
    """The scans there are, and one more."""
    facts = {
        str(one.pk): shown.title_of(one, one.opened())
        for one in Fact.objects.of(person.sub).filter(section__in=rules.SCOPED)
    }
    bound = request.method == "POST"
    form = forms.DocumentForm(
        request.POST if bound else None,
        request.FILES if bound else None,
        facts=facts.items(),
        initial={"fact": request.GET.get("to", "")},
    )
    if bound and form.is_valid() and _taken(person, form):
        messages.success(request, _("Документ загружен."))
        return redirect("profile:documents")
    rows = [
        {
            "document": one,
            "title": one.title() or words.CHOICES[one.kind],
            "kind": words.CHOICES[one.kind],
            "of": facts.get(str(one.fact_id), ""),
        }
        for one in Document.objects.of(person.sub)
    ]
    codes = sorted({error.code or "" for found in form.errors.as_data().values() for error in found})
    context = {"form": form, "rows": rows, "codes": codes, "most": rules.MOST_DOCUMENTS}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "profile/documents.html", context, status=status)


def _taken(person: Person, form: forms.DocumentForm) -> bool:
    """Keep the file and its row; a refusal stands at the file's field, the rest stays typed."""
    upload = form.cleaned_data["file"]
    assert isinstance(upload, UploadedFile)
    try:
        stored = actions.take_scan(person.sub, upload)
    except FileRefused as refused:
        text = file_words.say(refused.code, refused.detail)
        form.add_error("file", django_forms.ValidationError(text, code=refused.code))
        return False
    try:
        actions.add_document(
            person.sub,
            form.cleaned_data["kind"],
            stored,
            title=form.cleaned_data["title"],
            fact=form.chosen(),
            session=str(person.sid),
        )
    except actions.NotDone as refused:
        files.drop(stored)
        form.add_error("file", django_forms.ValidationError(words.REFUSED[refused.code], code=refused.code))
        return False
    return True


@require_safe
@person_required
def document(request: HttpRequest, person: Person, document_id: uuid.UUID) -> HttpResponse:
    """One's own scan; to others it does not exist."""
    found = get_object_or_404(Document.objects.of(person.sub), pk=document_id)
    name = found.title() or str(words.CHOICES[found.kind])
    return answers.give(found.stored, name, inline=request.GET.get("inline") == "1")


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def remove_document(request: HttpRequest, person: Person, document_id: uuid.UUID) -> HttpResponse:
    """Ask whether a scan goes, then delete it with its bytes."""
    found = Document.objects.of(person.sub).filter(pk=document_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            actions.remove_document(person.sub, document_id, session=str(person.sid))
        except actions.NotDone as refused:
            messages.warning(request, words.REFUSED[refused.code])
        else:
            messages.success(request, _("Документ удалён."))
        return redirect("profile:documents")
    title = found.title() or words.CHOICES[found.kind]
    return render(request, "profile/remove_document.html", {"document": found, "title": title})
