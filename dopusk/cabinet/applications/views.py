"""The applications of a person: list, beginning, tasks or status, submission, withdrawal, a mended copy."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.cabinet.applications import actions, choices, parts, rules, signatures, timeline, words
from dopusk.cabinet.applications.forms import describe
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.submit_views import own
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.registries.http import registers
from dopusk.cabinet.signin.access import confirmed_required, current, session_mark
from dopusk.web import live
from dopusk.web.outgoing import RegisterDown

A_PAGE = 20


@require_safe
@confirmed_required
def index(request: HttpRequest) -> HttpResponse:
    """All her applications, newest first."""
    pages = Paginator(Application.objects.listed(current(request)), A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    rows = []
    for one in page.object_list:
        word, colour = words.standing(one.state, one.outcome)
        refused = one.outcome == "not_passed"
        rows.append({"application": one, "word": word, "colour": colour, "refused": refused})
    return render(request, "applications/index.html", {"page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_required
def new(request: HttpRequest) -> HttpResponseBase:
    """What it is, what is needed, which specialty; then a draft."""
    person = current(request)
    options: tuple[choices.Choice, ...] = ()
    down = None
    try:
        record = registers().record(person.snils)
        if record:
            options = choices.suitable(record, registers().dictionaries(), timezone.localdate())
    except RegisterDown as error:
        down = error
    held = [one for one in options if one.held_until]
    wanted = request.POST.get("specialty") or request.GET.get("specialty") or ""
    if request.method == "POST":
        chosen = next((one.specialty for one in options if one.specialty.key == wanted), None)
        try:
            application = actions.start(person, chosen, session=session_mark(request))
        except actions.NotAllowed as error:
            messages.error(request, words.refused(error.refusal))
            return redirect("applications:show", error.refusal.detail["application"])
        return redirect("applications:show", application.pk)
    context = {
        "down": down,
        "held": [{"key": one.specialty.key, "name": describe(one)} for one in held],
        "wanted": wanted or (held[0].specialty.key if len(held) == 1 else ""),
    }
    return render(request, "applications/new.html", context)


@require_safe
@confirmed_required
def show(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The tasks of a draft, the status of anything else."""
    application = own(request, application_id)
    if not rules.may_edit(application.state):
        return render(request, "applications/draft.html", _draft(application))
    return render(request, "applications/status.html", _status(application))


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_required
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Ask once, then withdraw."""
    application = own(request, application_id)
    refusal = rules.may_withdraw(application.state)
    if request.method == "POST":
        try:
            actions.withdraw(application.pk, current(request), session=session_mark(request))
        except actions.NotAllowed as error:
            refusal = error.refusal
        else:
            if application.state == rules.State.DRAFT:  # as it was when she asked
                messages.info(request, _("Черновик удалён."))
                return redirect("applications:index")
    elif refusal is None:
        return render(request, "applications/withdraw.html", {"application": application})
    if refusal and application.state != rules.State.WITHDRAWN:
        messages.error(request, words.refused(refusal))
    return redirect("applications:show", application.pk)


@require_POST
@confirmed_required
def copy(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Begin a mended copy."""
    application = own(request, application_id)
    try:
        fresh = actions.copy(application.pk, current(request), session=session_mark(request))
    except actions.NotAllowed as error:
        messages.error(request, words.refused(error.refusal))
        return redirect("applications:show", error.refusal.detail.get("application", application.pk))
    return redirect("applications:show", fresh.pk)


@require_safe
@confirmed_required
def ticket(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """A minute's ticket to the live stream of this application."""
    application = own(request, application_id)
    return JsonResponse({"ticket": live.ticket(current(request).pk, [application.key])})


def _draft(application: Application) -> dict[str, Any]:
    kinds = set(Document.objects.in_folder(str(application.pk)).values_list("kind", flat=True))
    lacks: dict[str, list[str]] = {}
    for one in rules.missing(application.data, kinds):
        lacks.setdefault(one.step, []).append(words.missing(one.code))
    marked = {rules.step_of_mark(mark["field"]) for mark in application.marks}
    items = []
    for key in rules.STEP_KEYS:
        title, hint = words.STEPS[key]
        items.append(
            {
                "title": title,
                "hint": ", ".join(lacks[key]) if key in lacks and application.data.get(key) else hint,
                "url": reverse("applications:step", args=[application.pk, key]),
                **_task_state(key in lacks, key in marked),
            }
        )
    context = {"application": application, "items": items, "ready": not lacks}
    context["marks"], context["fell"] = words.marks(application.marks), _fell(application)
    context["parts"] = [{"template": name, "context": given} for name, given in parts.of(application)]
    return context | {"left": len(lacks), "all": len(items)}


def _fell(application: Application) -> bool:
    """Whether it (or the one it was copied from) came back because of its signature, not by the centre's word."""
    return any(mark["field"] == "signature" for mark in application.marks)


def _task_state(lacks: bool, marked: bool) -> dict[str, str]:
    if lacks and marked:
        return {"status": _("Исправьте"), "colour": "red"}
    if lacks:
        return {"status": _("Нужно заполнить"), "colour": "blue"}
    return {"status": _("Готово"), "colour": "yellow" if marked else ""}


def _status(application: Application) -> dict[str, Any]:
    if application.state == rules.State.DRAFT:
        raise Http404
    events = list(application.events.order_by("at", "id"))
    today = timezone.localdate()
    word, colour = words.standing(application.state, application.outcome)
    said = parts.of(application)
    silent = [register for _template, given in said for register in given.get("silent", ())]
    signed = signatures.under(application)
    if signed and signed.since:
        silent = [{"name": signed.silent, "since": signed.since, "next_at": signed.next_at}]
    return {
        "application": application,
        "word": word,
        "colour": colour,
        "steps": timeline.steps(application, events, today, silent),
        "marks": words.marks(application.marks),
        "parts": [{"template": name, "context": given} for name, given in said],
        "documents": list(Document.objects.in_folder(str(application.pk))),
        "signed": signed,
        "signature": signatures.facts(signed.signature) if signed else None,
        "fell": _fell(application),
        "may_withdraw": rules.may_withdraw(application.state) is None,
        "may_copy": rules.may_copy(application.state, application.outcome) is None,
        "following": application.active,
        "live_url": f"{settings.LIVE_URL}/events",
        "today": today,
    }
