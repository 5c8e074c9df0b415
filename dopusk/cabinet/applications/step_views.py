"""One step of a draft: shown, saved by itself, saved by hand, with its scans."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dopusk.cabinet.applications import actions, choices, consent, forms, rules, words
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents import actions as documents
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.registries.base import Specialty
from dopusk.cabinet.registries.http import registers
from dopusk.cabinet.signin import certificate, kept
from dopusk.cabinet.signin.access import confirmed_required, current, session_mark
from dopusk.web.files import words as file_words
from dopusk.web.files.actions import FileRefused
from dopusk.web.outgoing import RegisterDown

FORMS: dict[str, type[forms.StepForm]] = {
    "contacts": forms.ContactsForm,
    "specialty": forms.SpecialtyForm,
    "report": forms.ReportForm,
    "documents": forms.DocumentsForm,
    "consent": forms.ConsentForm,
}


@dataclass
class Desk:
    """A step being filled in: whose, which, what is kept of it, what may be chosen, what does not answer."""

    request: HttpRequest
    application: Application
    step: str
    options: tuple[choices.Choice, ...] = ()
    down: RegisterDown | None = None

    @property
    def answers(self) -> dict[str, Any]:
        """What is kept of the step."""
        return dict(self.application.data.get(self.step) or {})

    def form(self, data: Any = None, files: Any = None) -> forms.StepForm:
        """The step's form: bound to what was typed, else begun with what is kept."""
        answers = self.answers
        initial = {**answers, **answers.get(rules.UNFINISHED, {}), "seen": rules.stamp(answers)}
        arguments: dict[str, Any] = {"initial": initial}
        if self.step == "specialty":
            arguments["choices"] = self.options
        form = FORMS[self.step](data, files, **arguments)
        if data is None and (told := certificate.of(self.request)):  # what was typed is hers
            form.note_taken(rules.from_certificate(self.step, answers, asdict(told)))
        if isinstance(form, forms.ReportForm):
            form.note_brought({one.kind for one in self.papers()})
        return form

    def papers(self) -> list[Document]:
        """The scans of this step."""
        rows = Document.objects.in_folder(str(self.application.pk))
        return [one for one in rows if rules.step_of_mark(one.kind) == self.step]


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_required
def step(request: HttpRequest, application_id: UUID, step: str) -> HttpResponseBase:
    """Show a step, or keep it. JSON for the page that saves itself, pages for everybody else."""
    if step not in FORMS:
        raise Http404
    rows = Application.objects.of(current(request)).select_related("applicant")
    application = get_object_or_404(rows, pk=application_id)
    asks_json = "application/json" in request.headers.get("Accept", "")
    if rules.may_edit(application.state):
        if asks_json:
            return _conflict("not_a_draft")
        if request.method == "POST" and application.submitted_at:
            text = _("Заявление уже отправлено, поэтому этот шаг не сохранён. Ниже то, что отправлено.")
            messages.warning(request, text)
        return redirect("applications:show", application.pk)
    desk = _desk(request, application, step)
    if request.method == "POST":
        return _autosave(desk) if asks_json else _save(desk)
    typed = kept.values(request)
    if typed is None:
        return _page(desk, desk.form())
    form = desk.form(typed)
    return _page(desk, form, restored=True)


@require_POST
@confirmed_required
def remove_document(request: HttpRequest, application_id: UUID, document_id: UUID) -> HttpResponseBase:
    """Take a scan back; to its step again."""
    person = current(request)
    document = get_object_or_404(Document, pk=document_id, owner=person, folder=str(application_id))
    try:
        actions.remove_document(application_id, person, document_id, session=session_mark(request))
    except (Application.DoesNotExist, Document.DoesNotExist) as error:
        raise Http404 from error
    except actions.NotAllowed as error:
        messages.error(request, words.refused(error.refusal))
        return redirect("applications:show", application_id)
    return redirect("applications:step", application_id, rules.step_of_mark(document.kind))


def _desk(request: HttpRequest, application: Application, step: str) -> Desk:
    if step != "specialty":
        return Desk(request, application, step)
    try:
        record, dictionaries = registers().record(application.applicant.snils), registers().dictionaries()
    except RegisterDown as down:
        return Desk(request, application, step, down=down)
    found = choices.suitable(record, dictionaries, timezone.localdate()) if record else ()
    return Desk(request, application, step, options=found)


def _save(desk: Desk) -> HttpResponseBase:
    """Keep what holds, take the scans, and go on when nothing is left to mend."""
    request, action = desk.request, desk.request.POST.get("action", "save")
    if desk.down is not None:
        return _page(desk, desk.form(request.POST), status=503)
    if desk.step == "documents" and action == "done":
        return _kept(desk, desk.form(), {"looked_through": True}, request.POST.get("seen", ""))
    form = desk.form(request.POST, request.FILES)
    valid = form.is_valid()
    try:
        _take_scans(desk, form)
    except actions.NotAllowed as error:  # sent from another tab while the scan was on its way
        return _refused(desk, form, error)
    if desk.step == "documents":
        again = redirect("applications:step", desk.application.pk, "documents")
        return again if form.is_valid() else _page(desk, form, status=422)
    answers = _consented() if desk.step == "consent" and valid else form.answers()
    if valid and not form.errors:
        return _kept(desk, form, answers, form.cleaned_data["seen"])
    try:
        _keep(desk, answers, str(request.POST.get("seen", "")))
    except actions.NotAllowed as error:
        return _refused(desk, form, error)
    return _page(desk, _restamped(desk, form), status=422)


def _kept(desk: Desk, form: forms.StepForm, answers: Mapping[str, Any], seen: str) -> HttpResponseBase:
    try:
        _keep(desk, answers, seen)
    except actions.NotAllowed as error:
        return _refused(desk, form, error)
    kinds = set(Document.objects.in_folder(str(desk.application.pk)).values_list("kind", flat=True))
    lacking = [one for one in rules.missing(desk.application.data, kinds) if one.step == desk.step]
    if lacking:
        for one in lacking:
            field = {"activity_report_missing": "activity_report"}.get(one.code, "agreement_file")
            text = _("Приложите скан: без него заявление не примут.")
            form.add_error(field, django_forms.ValidationError(text, code=one.code))
        return _page(desk, _restamped(desk, form), status=422)
    return redirect("applications:show", desk.application.pk)


def _keep(desk: Desk, answers: Mapping[str, Any], seen: str) -> None:
    key = answers.get("specialty_key")
    specialty: Specialty | None = next((o.specialty for o in desk.options if o.specialty.key == key), None)
    person = current(desk.request)
    desk.application = actions.save_step(
        desk.application.pk,
        person,
        desk.step,
        answers,
        seen=seen,
        specialty=specialty,
        session=session_mark(desk.request),
    )
    desk.application.applicant = person


def _take_scans(desk: Desk, form: forms.StepForm) -> None:
    """Keep every chosen file that can be kept; a refused one is an error at its field. Raises NotAllowed."""
    uploads = form.uploads() if isinstance(form, forms.ReportForm | forms.DocumentsForm) else []
    person, session = current(desk.request), session_mark(desk.request)
    for field, kind in uploads:
        upload = form.files[field]
        assert isinstance(upload, UploadedFile)
        try:
            stored = documents.take(person, upload)
            actions.add_document(desk.application.pk, person, kind, stored, session=session)
        except FileRefused as error:
            form.errors.pop(field, None)
            text = file_words.say(error.code, error.detail)
            form.add_error(field, django_forms.ValidationError(text, code=error.code))
        except documents.DocumentRefused as error:
            text = words.refused_code(error.code)
            form.add_error(field, django_forms.ValidationError(text, code=error.code))


def _consented() -> dict[str, Any]:
    return {
        "given": True,
        "version": consent.VERSION,
        "sha256": consent.digest_of(consent.VERSION),
        "on": timezone.localdate().isoformat(),
    }


def _autosave(desk: Desk) -> HttpResponseBase:
    """The page saves itself: answers only, no scans, no errors shown while she is still typing."""
    if desk.down is not None:
        return JsonResponse({"code": "register_down"}, status=503)
    if desk.step in {"documents", "consent"}:
        return JsonResponse({"code": "nothing_to_save"})
    form = desk.form(desk.request.POST)
    form.is_valid()
    try:
        _keep(desk, form.answers(), str(desk.request.POST.get("seen", "")))
    except actions.NotAllowed as error:
        return _conflict(error.refusal.code, words.refused(error.refusal))
    saved_at = timezone.localtime()
    return JsonResponse({"seen": rules.stamp(desk.answers), "at": f"{saved_at:%H:%M}"})


def _conflict(code: str, text: str = "") -> HttpResponseBase:
    return JsonResponse({"code": code, "words": text or words.refused_code(code)}, status=409)


def _refused(desk: Desk, form: forms.StepForm, error: actions.NotAllowed) -> HttpResponseBase:
    """What was typed stays in the form; what is kept stands beside it, and the next press may overwrite it."""
    desk.application.refresh_from_db()
    if error.refusal.code == "not_a_draft":
        messages.error(desk.request, words.refused(error.refusal))
        return redirect("applications:show", desk.application.pk)
    if error.refusal.code == "already_applied":
        text = words.refused(error.refusal)
        form.add_error("specialty_key", django_forms.ValidationError(text, code=error.refusal.code))
        return _page(desk, form, status=409)
    return _page(desk, _restamped(desk, form), conflict=words.refused(error.refusal), status=409)


def _restamped(desk: Desk, form: forms.StepForm) -> forms.StepForm:
    """The same form with the stamp of what is kept now."""
    typed = desk.request.POST.copy()
    typed["seen"] = rules.stamp(desk.answers)
    form.data = typed
    return form


def _stored(form: forms.StepForm, answers: Mapping[str, Any]) -> list[dict[str, str]]:
    """What is kept of the step, each answer by its label and in the words of its choice."""
    rows = []
    for name, field in form.fields.items():
        if (value := answers.get(name)) and name != "seen" and isinstance(value, str):
            worded = dict(getattr(field, "choices", ())).get(value, value)
            rows.append({"label": str(field.label), "value": str(worded)})
    return rows


def _page(
    desk: Desk, form: forms.StepForm, *, status: int = 200, conflict: str = "", restored: bool = False
) -> HttpResponse:
    application, step = desk.application, desk.step
    context = {
        "application": application,
        "step": step,
        "title": words.STEPS[step][0],
        "form": form,
        "documents": desk.papers(),
        "marks": words.marks(mark for mark in application.marks if rules.step_of_mark(mark["field"]) == step),
        "conflict": conflict,
        "answers": desk.answers,
        "stored": _stored(form, desk.answers),
        "restored": restored,
        "lost_files": getattr(desk.request, "kept_files", []) if restored else [],
        "down": desk.down,
        "options": desk.options,
        "consent": consent.text_of(desk.answers.get("version") or consent.VERSION),
        "consent_of": date.fromisoformat(desk.answers.get("version") or consent.VERSION),
        "done": bool(desk.answers.get("given")),
        "given_on": date.fromisoformat(desk.answers["on"]) if desk.answers.get("on") else None,
    }
    return render(desk.request, f"applications/steps/{step}.html", context, status=status)
