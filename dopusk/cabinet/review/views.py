"""The registrar's desk: the queue, a case with its documents, the decision."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.rules import Refusal
from dopusk.cabinet.review import actions, rules, words
from dopusk.cabinet.review.desk import layout
from dopusk.cabinet.review.forms import SearchForm
from dopusk.cabinet.review.models import Review, ReviewQuerySet
from dopusk.cabinet.signin.access import current, role_required, session_mark
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import workdays

PAGE = 25
LISTS: dict[str, Callable[[Person], ReviewQuerySet]] = {
    "free": lambda _person: Review.objects.free(),
    "mine": Review.objects.held_by,
    "all": lambda _person: Review.objects.undecided(),
    "decided": Review.objects.decided_by,
}
registrar_only = role_required("registrar")


@require_safe
@registrar_only
def queue(request: HttpRequest) -> HttpResponse:
    """What waits: free cases, one's own, all, or those one has decided; the most urgent first."""
    person = current(request)
    chosen = request.GET.get("list", "free")
    chosen = chosen if chosen in LISTS else "free"
    search = SearchForm(request.GET if "q" in request.GET else None)
    text = search.cleaned_data["q"].strip() if search.is_bound and search.is_valid() else ""
    rows = _found(text) if text else LISTS[chosen](person).shown()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "chosen": "found" if text else chosen,
        "search": search,
        "page": page,
        "rows": [_row(review, person) for review in page.object_list],
        "free": Review.objects.free().count(),
        "mine": Review.objects.held_by(person).count(),
        "overdue": Review.objects.undecided().filter(due_on__lt=today).count(),
    }
    return render(request, "review/queue.html", context)


def _found(text: str) -> ReviewQuerySet:
    """Wherever they are: those that wait first, then the decided, each the most urgent or the latest first."""
    found = Review.objects.filter(
        Q(application__number__endswith=text) | Q(application__applicant__last_name__istartswith=text)
    )
    return found.order_by(F("decided_at").desc(nulls_first=True), "due_on", "id").shown()


def _row(review: Review, person: Person) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "review": review,
        "application": review.application,
        "urgency": rules.urgency(review.due_on, today).value,
        "left": workdays.between(today, review.due_on),
        "mine": review.registrar_id == person.pk,
        "own": review.application.applicant_id == person.pk,
    }


@require_safe
@registrar_only
def card(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """One case: documents in the middle, checks and the decision beside them."""
    return render(request, "review/card.html", layout_of(request, application_id))


def layout_of(request: HttpRequest, application_id: UUID) -> dict[str, Any]:
    """Everything the card shows."""
    person = current(request)
    review = review_of(application_id)
    desk = review.desk()
    blocked = rules.may_take(desk, person.pk)
    mine = list(Review.objects.held_by(person).shown()[:20])
    return {
        "review": review,
        "application": review.application,
        "blocked": say(blocked) if blocked and blocked.code != "already_decided" else "",
        "may_take": blocked is None and review.registrar_id is None,
        "may_decide": rules.may_decide(desk, person.pk) is None,
        "mine": [_row(one, person) for one in mine],
        "manner": signatures.manner("intake_decision"),
        **layout(review.application, request.GET.get("document", "")),
    }


@require_POST
@registrar_only
def take_next(request: HttpRequest) -> HttpResponseBase:
    """Take the most urgent free case."""
    try:
        review = actions.take_next(current(request), session=session_mark(request))
    except NotAllowed as error:  # it went its way between the look and the grasp
        messages.error(request, say(error.refusal))
        return redirect("review:queue")
    if review is None:
        messages.info(request, _("Свободных заявлений сейчас нет."))
        return redirect("review:queue")
    return redirect("review:card", review.application_id)


@require_POST
@registrar_only
def take(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Claim this case; if somebody was faster, the card says who."""
    try:
        actions.take(review_of(application_id).pk, current(request), session=session_mark(request))
    except NotAllowed as error:
        if error.refusal.code not in {"taken_by_other", "own_application"}:  # these stand on the card anyway
            messages.error(request, say(error.refusal))
    return redirect("review:card", application_id)


@require_POST
@registrar_only
def release(request: HttpRequest, application_id: UUID) -> HttpResponseBase:
    """Put the case back into the common queue."""
    try:
        actions.release(review_of(application_id).pk, current(request), session=session_mark(request))
    except NotAllowed as error:
        messages.error(request, say(error.refusal))
        return redirect("review:card", application_id)
    messages.success(request, _("Заявление вернулось в общую очередь."))
    return redirect("review:queue")


def review_of(application_id: UUID) -> Review:
    """The case of an application."""
    return get_object_or_404(Review.objects.shown(), application_id=application_id)


def say(refusal: Refusal) -> str:
    """A refusal as a sentence."""
    told: str = str(words.REFUSALS[refusal.code]) % refusal.detail
    return told
