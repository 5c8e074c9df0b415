"""The commission's pages: sittings, an agenda with its quorum, a case and the vote, the protocol."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.cabinet.applications import packages, signatures, signing_pages
from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.rules import OF_SIGNATURES, Refusal
from dopusk.cabinet.commission import actions, agenda, minutes, rules, words
from dopusk.cabinet.commission.forms import PostponeForm, VoteForm
from dopusk.cabinet.commission.models import Case, Seat, Sitting
from dopusk.cabinet.commission.seats import seat_of
from dopusk.cabinet.review.desk import layout
from dopusk.cabinet.signin import kept
from dopusk.cabinet.signin.access import current, role_required, session_mark
from dopusk.web import live
from dopusk.web.design.templatetags.design import day
from dopusk.web.files import answers
from dopusk.web.signing import uploads
from dopusk.web.signing.actions import Examined

PAGE = 25
member_only = role_required("chair", "secretary", "commissioner")


@require_safe
@member_only
def sittings(request: HttpRequest) -> HttpResponse:
    """The person's commission: what comes, what was held; who leads may call a sitting for today."""
    seat = agenda.seat_for(current(request))
    today = timezone.localdate()
    coming = Sitting.objects.filter(commission=seat.commission).upcoming().with_counts()
    held = Sitting.objects.filter(commission=seat.commission).held().with_counts()
    context = {
        "seat": seat,
        "leads": seat.place in {"chair", "secretary"},
        "upcoming": coming.filter(Q(on__gte=today) | Q(cases_count__gt=0)),
        "page": Paginator(held, PAGE).get_page(request.GET.get("page")),
        "waiting": agenda.waiting(seat.commission),
        "today": today,
    }
    return render(request, "commission/sittings.html", context)


@require_POST
@member_only
def convene(request: HttpRequest) -> HttpResponseBase:
    """Call an unscheduled sitting for today."""
    person = current(request)
    commission = agenda.seat_for(person).commission
    try:
        called = actions.convene(commission, person, timezone.localdate(), session=session_mark(request))
    except NotAllowed as error:
        messages.error(request, _say(error.refusal))
        return redirect("commission:sittings")
    return redirect("commission:sitting", called.pk)


@require_safe
@member_only
def sitting(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The agenda: each case with its votes so far, the quorum, and what keeps the chair from closing."""
    found, seat = _sitting(request, sitting_id)
    cases = Case.objects.filter(sitting=found).on_agenda()
    page = Paginator(cases, PAGE).get_page(request.GET.get("page"))
    context = agenda.overview(found, seat) | {
        "page": page,
        "rows": agenda.rows(found, seat, list(page.object_list)),
        "publish_by": rules.publish_by(found.on, actions.norms_at(found.on)),
        "live_url": f"{settings.LIVE_URL}/events",
        "following": found.protocol_id is None,
    }
    context["manner"] = signatures.manner("commission_closing")
    if context["chairs"] and context["is_on"] and not context["undecided"]:
        context["draft"] = minutes.decisions(found)
    return render(request, "commission/sitting.html", context)


@require_safe
@member_only
def case(request: HttpRequest, sitting_id: int, application_id: UUID) -> HttpResponse:
    """One case: documents, checks, votes, one's own vote."""
    found, seat, one = _case(request, sitting_id, application_id)
    typed = kept.values(request, reverse("commission:vote", args=[sitting_id, application_id]))
    context = _case_page(request, found, seat, one, VoteForm(typed)) | {"restored": typed is not None}
    return render(request, "commission/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def vote(request: HttpRequest, sitting_id: int, application_id: UUID) -> HttpResponseBase:
    """Cast the vote; it is final. Then the next case on the agenda without one's vote."""
    if request.method != "POST":  # back from signing in: a refused vote was shown under this address
        return redirect("commission:case", sitting_id, application_id)
    found, seat, one = _case(request, sitting_id, application_id)
    form = VoteForm(request.POST)
    if not form.is_valid():
        context = _case_page(request, found, seat, one, form)
        return render(request, "commission/case.html", context, status=422)
    try:
        actions.vote(
            one.pk,
            current(request),
            rules.Choice(form.cleaned_data["vote"]),
            form.codes(),
            form.cleaned_data["words"],
            timezone.localdate(),
            session=session_mark(request),
        )
    except NotAllowed as error:
        messages.error(request, _say(error.refusal))
        return redirect("commission:case", sitting_id, application_id)
    number = one.application.number
    messages.success(request, _("Ваш голос по заявлению № %(number)s подан.") % {"number": number})
    following = agenda.next_for(found, seat)
    if following:
        return redirect("commission:case", sitting_id, following.application_id)
    return redirect("commission:sitting", sitting_id)


@require_POST
@member_only
def postpone(request: HttpRequest, sitting_id: int, application_id: UUID) -> HttpResponseBase:
    """Put the case off to the next sitting."""
    _found, _seat, one = _case(request, sitting_id, application_id)
    form = PostponeForm(request.POST)
    reason = form.cleaned_data["words"] if form.is_valid() else ""
    try:
        again = actions.postpone(
            one.pk, current(request), reason, timezone.localdate(), session=session_mark(request)
        )
    except NotAllowed as error:
        messages.error(request, _say(error.refusal))
        return redirect("commission:case", sitting_id, application_id)
    postponed = _("Рассмотрение отложено на заседание %(day)s.") % {"day": day(again.sitting.on)}
    messages.success(request, postponed)
    return redirect("commission:sitting", sitting_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_only
def close(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """Close the sitting, by the press or by an electronic signature; the protocol and the certificates follow."""
    found, _seat = _sitting(request, sitting_id)
    if request.method != "POST":  # back from signing in: the page of the signature stood under this address
        return redirect("commission:sitting", sitting_id)
    person, today, signed = current(request), timezone.localdate(), None
    try:
        if "challenge" in request.POST:
            act = actions.to_sign(found, person, today)
            signed = uploads.examined(request, act.purpose, act.object_key, lines=act.lines)
            if not signed.good:
                return _ask_signature(request, found, signed)
        elif signing_pages.wanted(request, "commission_closing"):
            return _ask_signature(request, found)
        closed = actions.close(sitting_id, person, today, examined=signed, session=session_mark(request))
    except NotAllowed as error:
        if signed is not None and error.refusal.code in OF_SIGNATURES - {"challenge_used"}:
            return _ask_signature(request, found, signed, error.refusal.code)
        messages.error(request, _say(error.refusal))
        return redirect("commission:sitting", sitting_id)
    number = closed.protocol_number
    messages.success(request, _("Заседание закрыто. Протокол № %(number)s.") % {"number": number})
    return redirect("commission:sitting", sitting_id)


def _ask_signature(
    request: HttpRequest, found: Sitting, signed: Examined | None = None, code: str = ""
) -> HttpResponse:
    """The page between the press and the closing: the decisions in words and the ways to sign them."""
    act = actions.to_sign(found, current(request), timezone.localdate())
    context = signing_pages.asking(request, act, signed, code) | {"sitting": found}
    return render(request, "commission/sign.html", context, status=422 if signed else 200)


@require_safe
@member_only
def closing_signature(request: HttpRequest, sitting_id: int) -> HttpResponseBase:
    """The chair's electronic signature under the decisions of a closed sitting."""
    found, _seat = _sitting(request, sitting_id)
    if found.signature is None:
        raise Http404
    return packages.give(found.signature, f"Подпись под решениями {found.protocol_number}")


@require_safe
@member_only
def signature(request: HttpRequest, sitting_id: int, application_id: UUID) -> HttpResponseBase:
    """The applicant's electronic signature with what it was put under; that it was taken is written down."""
    _found, _seat, one = _case(request, sitting_id, application_id)
    signed = signatures.under(one.application)
    if signed is None:
        raise Http404
    signatures.note_reading(one.application, current(request), session=session_mark(request))
    return packages.application(signed)


@require_safe
@member_only
def protocol(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """The sealed protocol."""
    found, _seat = _sitting(request, sitting_id)
    if found.protocol is None:
        raise Http404
    return answers.give(found.protocol, f"Протокол {found.protocol_number}")


@require_safe
@member_only
def ticket(request: HttpRequest, sitting_id: int) -> HttpResponse:
    """A minute's ticket to the live stream of this sitting."""
    found, _seat = _sitting(request, sitting_id)
    return JsonResponse({"ticket": live.ticket(current(request).pk, [found.key])})


def _sitting(request: HttpRequest, sitting_id: int) -> tuple[Sitting, Seat]:
    """A sitting of the person's own commission; to others it does not exist."""
    found = get_object_or_404(
        Sitting.objects.select_related("commission", "protocol", "signature"), pk=sitting_id
    )
    seat = seat_of(found.commission, current(request))
    if seat is None:
        raise Http404
    return found, seat


def _case(request: HttpRequest, sitting_id: int, application_id: UUID) -> tuple[Sitting, Seat, Case]:
    found, seat = _sitting(request, sitting_id)
    one = get_object_or_404(Case.objects.filter(sitting=found).on_agenda(), application_id=application_id)
    return found, seat, one


def _case_page(request: HttpRequest, found: Sitting, seat: Seat, one: Case, form: VoteForm) -> dict[str, Any]:
    (row,) = agenda.rows(found, seat, [one])
    return {
        "sitting": found,
        "seat": seat,
        "row": row,
        "application": one.application,
        "votes": agenda.votes(one),
        "form": form,
        "may_vote": row["my_vote"] is None and not one.outcome and agenda.is_on(found),
        "may_postpone": seat.place in {"chair", "secretary"} and not one.outcome and found.state == "open",
        "postpone_form": PostponeForm(),
        **layout(one.application, request.GET.get("document", "")),
    }


def _say(refusal: Refusal) -> str:
    numbers = refusal.detail.get("numbers")
    named = {"numbers": ", ".join(numbers)} if isinstance(numbers, list) else {}
    told: str = str(words.REFUSALS[refusal.code]) % {**refusal.detail, **named}
    return told
