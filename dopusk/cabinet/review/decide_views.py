"""The registrar's decision: accepting the set, sending it back; signed by the press, or electronically in between.

Where a decision is signed electronically, the press leads to a page with its text instead of deciding; what was
typed goes along in the form, and the decision is made when the signature comes.
"""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.cabinet.applications import packages, signatures, signing_pages
from dopusk.cabinet.applications import rules as application_rules
from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.review import actions, decision, rules
from dopusk.cabinet.review.forms import RefuseForm
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.views import layout_of, registrar_only, review_of, say
from dopusk.cabinet.signin import kept
from dopusk.cabinet.signin.access import current, session_mark
from dopusk.cabinet.signin.models import Person
from dopusk.web.signing import uploads
from dopusk.web.signing.actions import Examined


@require_http_methods(["GET", "HEAD", "POST"])
@registrar_only
def accept(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Pass the case on to the commission and go to the next one on the desk."""
    if request.method != "POST":  # back from signing in: the page of the signature stood under this address
        return redirect("review:card", application_id)
    return _decide(request, review_of(application_id), (), "")


@registrar_only
def refuse(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Send the case back with coded reasons; the form stands beside the documents."""
    person = current(request)
    review = review_of(application_id)
    if refusal := rules.may_decide(review.desk(), person.pk):
        messages.error(request, say(refusal))
        return redirect("review:card", application_id)
    typed = request.POST if request.method == "POST" else kept.values(request)
    form = RefuseForm(typed)
    if request.method == "POST" and form.is_valid():
        return _decide(request, review, form.faults(), form.cleaned_data["comment"])
    restored = typed is not None and request.method != "POST"
    context = layout_of(request, application_id) | {"form": form, "restored": restored}
    return render(request, "review/refuse.html", context, status=422 if request.method == "POST" else 200)


@require_safe
@registrar_only
def signature(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """The applicant's electronic signature with what it was put under; that it was taken is written down."""
    application = review_of(application_id).application
    signed = signatures.under(application)
    if signed is None:
        raise Http404
    signatures.note_reading(application, current(request), session=session_mark(request))
    return packages.application(signed)


@require_safe
@registrar_only
def decision_signature(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """The electronic signature under the centre's decision."""
    review = review_of(application_id)
    if review.signature is None:
        raise Http404
    return packages.give(review.signature, f"Подпись под решением о приёме {review.application.number}")


def _decide(
    request: HttpRequest, review: Review, faults: Sequence[rules.Fault], comment: str
) -> HttpResponseBase:
    """Decide, or ask for the signature that the decision needs first. faults: empty to accept."""
    person, found = current(request), None
    if refusal := rules.may_decide(review.desk(), person.pk):
        messages.error(request, say(refusal))
        return redirect("review:card", review.application_id)
    if "challenge" in request.POST:
        act = decision.act(review, person, faults, comment)
        found = uploads.examined(request, act.purpose, act.object_key, lines=act.lines)
        if not found.good:
            return _ask(request, review, faults, comment, found)
    elif signing_pages.wanted(request, "intake_decision"):
        return _ask(request, review, faults, comment)
    try:
        _act(review, person, faults, comment, found, session_mark(request))
    except NotAllowed as error:
        if found is not None and error.refusal.code in application_rules.OF_SIGNATURES:
            return _ask(request, review_of(review.application_id), faults, comment, found, error.refusal.code)
        messages.error(request, say(error.refusal))
        return redirect("review:card", review.application_id)
    number = {"number": review.application.number}
    done = (
        _("Заявление № %(number)s возвращено с замечаниями.")
        if faults
        else _("Заявление № %(number)s передано в комиссию.")
    )
    messages.success(request, done % number)
    return _next_of(person)


def _act(
    review: Review,
    person: Person,
    faults: Sequence[rules.Fault],
    comment: str,
    found: Examined | None,
    session: str,
) -> None:
    if faults:
        actions.refuse(review.pk, person, faults, comment, examined=found, session=session)
    else:
        actions.accept(review.pk, person, examined=found, session=session)


def _ask(
    request: HttpRequest,
    review: Review,
    faults: Sequence[rules.Fault],
    comment: str,
    found: Examined | None = None,
    code: str = "",
) -> HttpResponse:
    """The page between the press and the decision: its text and the ways to sign it."""
    act = decision.act(review, current(request), faults, comment)
    context = signing_pages.asking(request, act, found, code) | {
        "application": review.application,
        "refuses": bool(faults),
    }
    return render(request, "review/sign.html", context, status=422 if found else 200)


def _next_of(person: Person) -> HttpResponseBase:
    following = Review.objects.held_by(person).first()
    return redirect("review:card", following.application_id) if following else redirect("review:queue")
