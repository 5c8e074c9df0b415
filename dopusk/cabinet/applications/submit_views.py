"""Reading what is signed, signing it by a press or by an electronic signature, sending it; the signature back again."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.cabinet.applications import actions, packages, rules, signatures, signing_pages, statement, words
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.signin import certificate, kept
from dopusk.cabinet.signin.access import confirmed_required, current, session_mark
from dopusk.kernel import snils
from dopusk.web.signing import uploads
from dopusk.web.signing.actions import Act, Examined

PURPOSE = "application"


@dataclass
class Desk:
    """An application about to be signed: whose, what is in it now, how it may be signed."""

    request: HttpRequest
    application: Application
    papers: list[Document] = field(init=False)

    def __post_init__(self) -> None:
        self.papers = list(Document.objects.in_folder(str(self.application.pk)))

    @cached_property
    def content(self) -> dict[str, Any]:
        """What is signed, as data."""
        return statement.snapshot(self.application, self.papers)

    @cached_property
    def act(self) -> Act:
        """What is signed, in words."""
        return Act(PURPOSE, self.application.key, statement.TITLE, statement.lines(self.content))

    @cached_property
    def manner(self) -> str:
        """How applications of this kind are signed today."""
        return signatures.manner(f"application_{self.application.kind}")

    @property
    def by_signature(self) -> bool:
        """Whether the electronic signature stands first on the page: it must, she chose it, or she came in by it."""
        chosen = self.request.GET.get("by", "")
        if self.manner != rules.OFFERED:
            return self.manner == rules.REQUIRED
        if chosen in {"signature", "press"}:
            return chosen == "signature"
        # her session was over when she sent a signature: she signs the text of the new one
        returns = "challenge" in (kept.values(self.request) or {})
        return returns or certificate.of(self.request) is not None

    def refusal(self) -> rules.Refusal | None:
        """What keeps it from being sent at all."""
        kinds = {one.kind for one in self.papers}
        return rules.may_submit(self.application.state, self.application.data, kinds)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_required
def submit(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Show what is signed; sign and send it."""
    desk = Desk(request, own(request, application_id))
    refusal = desk.refusal()
    if request.method == "POST" and refusal is None:
        return _signed(desk) if "challenge" in request.POST else _pressed(desk)
    if refusal is None:
        return _page(desk)
    if request.method == "POST" and refusal.code == "not_a_draft":
        return _already_sent(request, application_id)
    if refusal.code == "incomplete":
        messages.error(request, words.refused(refusal))
    return redirect("applications:show", application_id)


@require_safe
@confirmed_required
def signature(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Her electronic signature with what it was put under and everything to check it by."""
    signed = signatures.under(own(request, application_id))
    if signed is None:
        raise Http404
    return packages.application(signed)


def own(request: HttpRequest, application_id: UUID) -> Application:
    """Her application; anybody else's does not exist."""
    rows = Application.objects.of(current(request)).select_related(
        "applicant", "copied_from", "signed__signature"
    )
    return get_object_or_404(rows, pk=application_id)


def _pressed(desk: Desk) -> HttpResponseBase:
    """The press of the button was her signature."""
    return _send(desk, desk.request.POST.get("digest", ""), None)


def _signed(desk: Desk) -> HttpResponseBase:
    """An electronic signature came: examined here, outside any transaction, kept with the sending."""
    found = uploads.examined(desk.request, PURPOSE, desk.application.key, lines=desk.act.lines)
    if found.good or found.pending:
        return _send(desk, "", found)
    if found.code == "challenge_used":  # pressed twice at once: the other one may just be sending it
        desk.application.refresh_from_db()
        if desk.application.submitted_at:
            return _already_sent(desk.request, desk.application.pk)
    return _refused(desk, found)


def _send(desk: Desk, digest: str, found: Examined | None) -> HttpResponseBase:
    request, application_id = desk.request, desk.application.pk
    try:
        actions.submit(
            application_id, current(request), digest, examined=found, session=session_mark(request)
        )
    except actions.NotAllowed as error:
        code = error.refusal.code
        if code in {"not_a_draft", "challenge_used"}:
            return _already_sent(request, application_id)
        if code == "incomplete":
            messages.error(request, words.refused(error.refusal))
            return redirect("applications:show", application_id)
        desk = Desk(request, own(request, application_id))  # as it is now
        if found is not None:
            return _refused(desk, found, code)
        messages.error(request, words.refused(error.refusal))
        return _page(desk, status=409)
    messages.success(request, words.sent())
    return redirect("applications:show", application_id)


def _refused(desk: Desk, found: Examined, code: str = "") -> HttpResponse:
    """Nothing is sent, nothing is lost: the same text again if it may still be signed, with what was wrong."""
    return _page(desk, signing_pages.asking(desk.request, desk.act, found, code), status=422)


def _page(desk: Desk, asking: dict[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """asking: the electronic signature stands first, and this is what it is asked with."""
    application = desk.application
    if asking is None and desk.by_signature:
        asking = signing_pages.asking(desk.request, desk.act)
    context = {
        "application": application,
        "digest": statement.digest(desk.content),
        "documents": desk.papers,
        "applicant": application.applicant,
        "masked": snils.mask(application.applicant.snils),
        "report": application.data.get("report") or {},
        "today": timezone.localdate(),
        "consent_of": date.fromisoformat(application.data["consent"]["version"]),
        "by_signature": asking is not None,
        "may_press": desk.manner != rules.REQUIRED,
        "may_sign": desk.manner != rules.SIMPLE,
        **(asking or {}),
    }
    return render(desk.request, "applications/submit.html", context, status=status)


def _already_sent(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """A second press does no harm: it was sent by the first one, unless she has taken it back since."""
    application = own(request, application_id)
    if application.submitted_at and application.state != rules.State.WITHDRAWN:
        messages.info(request, _("Заявление уже отправлено. Делать ничего не нужно."))
    else:
        messages.error(request, words.refused_code("wrong_state"))
    return redirect("applications:show", application.pk)
