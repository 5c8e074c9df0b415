"""A person's own pages: where she stands, what is needed, the data, the questions, the missing step."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.proofing import actions, endings, rules, words
from dopusk.portal.proofing import questions as control
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.forms import DataForm, QuestionsForm, as_initial, as_typed, fault
from dopusk.portal.proofing.models import Attempt, Draft
from dopusk.portal.proofing.rules import Refusal
from dopusk.portal.sessions.access import Person, person_required
from dopusk.portal.signin.rules import client_of, safe_next
from dopusk.web.files import words as file_words
from dopusk.web.files.actions import FileRefused
from dopusk.web.outgoing import RegisterDown


def _to(name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name), status=HTTPStatus.SEE_OTHER)


@require_safe
@person_required
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """Where she stands, what is next, what is needed. `next`: where she was going."""
    if request.GET.get("next"):
        actions.remember_errand(person.sub, request.GET["next"])
    attempt = Attempt.objects.filter(account_id=person.sub).first()
    stands = endings.standing_of(person.sub)
    ended = None if attempt or person.level == "confirmed" else actions.last_ended(person.sub)
    errand, errand_client = actions.errand_of(person.sub)
    context = {
        "level": person.level,
        "level_words": _(words.LEVELS[person.level]),
        "attempt": attempt,
        "silent": words.registers_here(attempt.silent) if attempt else "",
        "review_reason": rules.reason_to_tell(attempt.doubts) if attempt else "",
        "suspension": stands,
        "appealed": endings.appealed(stands),
        "suspension_reason": _(words.STANDING_CODES[stands.code]) if stands else "",
        "ended": ended,
        "ended_words": _ended_words(ended) if ended else [],
        "drafted": Draft.objects.filter(account_id=person.sub).exists(),
        "errand": errand,
        "errand_client": errand_client,
        "tries_left": actions.tries_left(person.sub),
    }
    return render(request, "proofing/overview.html", context)


def _ended_words(ended: actions.Ended) -> list[str]:
    """What happened and what to do, of an attempt that is over."""
    if ended.code in words.REFUSALS:
        return [_(part) for part in words.REFUSALS[ended.code]]
    if ended.code in words.REVIEW_CODES:
        return [_(words.REVIEW_CODES[ended.code]), *([ended.words] if ended.words else [])]
    return []


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def data(request: HttpRequest, person: Person) -> HttpResponse:
    """The form. A fault loses nothing typed and no accepted scan; a register's refusal keeps nothing."""
    account = Account.objects.get(pk=person.sub)
    if actions.why_not(account):
        return _to("proofing:overview")
    draft = Draft.objects.select_related("scan").filter(account_id=person.sub).first()
    opened = account.opened()
    known = opened.get("snils", "")
    kept = bool(draft and draft.scan)
    if request.method != "POST":
        initial = as_initial(draft.values()) if draft else _known(account, opened)
        form = DataForm(initial=initial, scan_kept=kept, fixed_snils=known)
        return _form_page(request, form, draft)
    form = DataForm(request.POST, request.FILES, scan_kept=kept, fixed_snils=known)
    good = form.is_valid()
    scan = None
    if request.FILES.get("scan"):
        try:
            scan = actions.take_scan(person.sub, request.FILES["scan"])
        except FileRefused as refused:
            said = file_words.say(refused.code, refused.detail)
            form.add_error("scan", ValidationError(said, code=refused.code))
            good = False
    draft = actions.save_draft(person.sub, as_typed(request.POST), scan)
    if not good:
        return _form_page(request, form, draft)
    return _send(request, person, form, draft)


def _send(request: HttpRequest, person: Person, form: DataForm, draft: Draft) -> HttpResponse:
    """Begin the attempt, ask the registers, lead on or say what does not agree."""
    try:
        attempt = actions.begin(person.sub, form.typed(), session=str(person.sid))
    except NotAllowed as error:
        if error.refusal.fields:
            form.add_error(error.refusal.fields[0], fault(error.refusal.code))
            return _form_page(request, form, draft)
        messages.info(request, _(words.ACTS[error.refusal.code]))
        return _to("proofing:overview")
    outcome = actions.ask(attempt)
    if outcome.refusal:
        for field in outcome.refusal.fields:
            form.add_error(field, ValidationError(_mismatch(outcome.refusal), code=outcome.refusal.code))
        return _form_page(request, form, None, refusal=outcome.refusal, left=actions.tries_left(person.sub))
    return _to("proofing:questions" if outcome.code == "questions" else "proofing:overview")


def _mismatch(refusal: Refusal) -> str:
    if refusal.code.endswith("_mismatch"):
        return _("Не совпало с регистром. Проверьте по документу.")
    return _(words.REFUSALS[refusal.code][0])


def _form_page(
    request: HttpRequest,
    form: DataForm,
    draft: Draft | None,
    *,
    refusal: Refusal | None = None,
    left: int = 0,
) -> HttpResponse:
    refused = words.REFUSALS[refusal.code] if refusal else ()
    form.fields["scan"].required = not (
        draft and draft.scan
    )  # the label says what the next sending will demand
    context = {
        "form": form,
        "code": first_code(form),
        "scan": draft.scan if draft else None,
        "refusal": refusal,
        "refused_words": [_(part) for part in refused],
        "left": left,
    }
    return render(request, "proofing/data.html", context, status=422 if form.errors else 200)


def _known(account: Account, opened: dict[str, Any]) -> dict[str, Any]:
    """What a form begins with: what the portal knows already is not asked twice."""
    paper = opened.get("identity_document") or {}
    number = f"{paper['series']} {paper['number']}" if paper else ""
    issued = paper.get("issue_date", "").split("-")
    return {
        "last_name": account.last_name,
        "first_name": account.first_name,
        "patronymic": account.patronymic,
        "gender": account.gender,
        "birth_date": account.birth_date,
        "passport": number,
        "issued": [str(int(part)) for part in reversed(issued)] if len(issued) == 3 else None,
        "issuer": paper.get("issuer", ""),
        "issuer_code": paper.get("issuer_code", ""),
        "inn": opened.get("inn", ""),
    }


@require_POST
@person_required
def draft(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep what stands in the form by now; answered in JSON for the page's script."""
    if actions.why_not(Account.objects.get(pk=person.sub)):
        return JsonResponse({"code": "under_way"}, status=HTTPStatus.CONFLICT)
    actions.save_draft(person.sub, as_typed(request.POST))
    return JsonResponse({"at": timezone.localtime().strftime("%H:%M")})


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def questions(request: HttpRequest, person: Person) -> HttpResponse:
    """Three questions, if they lie open; else what they are and the button that opens them."""
    attempt = Attempt.objects.filter(account_id=person.sub, state=rules.State.QUESTIONS).first()
    if attempt is None:
        return _to("proofing:overview")
    lying = control.ready(attempt)
    if lying is None:
        return render(request, "proofing/before_questions.html", {"attempt": attempt, "down": False})
    form = QuestionsForm(lying, request.POST if request.method == "POST" else None)
    context = {"form": form, "until": control.until(attempt), "down": False}
    if request.method != "POST":
        return render(request, "proofing/questions.html", context)
    if not form.is_valid():
        return render(request, "proofing/questions.html", context, status=422)
    try:
        outcome = control.answer(attempt.pk, form.cleaned_data, session=str(person.sid))
    except RegisterDown:
        return render(request, "proofing/questions.html", {**context, "down": True}, status=503)
    except NotAllowed:
        return _to("proofing:overview")
    if outcome == "expired":
        messages.info(request, _("Время на ответы вышло. Вопросы можно открыть ещё раз."))
        return _to("proofing:questions")
    return _to("proofing:overview")


@require_POST
@person_required
def open_questions(request: HttpRequest, person: Person) -> HttpResponse:
    """She is ready: have the questions made."""
    attempt = Attempt.objects.filter(account_id=person.sub).first()
    if attempt is None:
        return _to("proofing:overview")
    try:
        code = control.open_questions(attempt.pk)
    except RegisterDown:
        context = {"attempt": attempt, "down": True}
        return render(request, "proofing/before_questions.html", context, status=503)
    except NotAllowed:
        return _to("proofing:overview")
    return _to("proofing:questions" if code == "questions" else "proofing:overview")


@require_POST
@person_required
def leave_to_operator(request: HttpRequest, person: Person) -> HttpResponse:
    """An operator instead of questions."""
    attempt = Attempt.objects.filter(account_id=person.sub).first()
    if attempt:
        try:
            control.leave_to_operator(attempt.pk, session=str(person.sid))
        except NotAllowed as error:
            messages.info(request, _(words.ACTS[error.refusal.code]))
    return _to("proofing:overview")


@require_POST
@person_required
def cancel(request: HttpRequest, person: Person) -> HttpResponse:
    """Take back what waits for a register."""
    if actions.cancel(person.sub, session=str(person.sid)):
        messages.success(request, _("Данные отозваны. Их можно отправить снова."))
    return _to("proofing:overview")


@require_safe
@person_required
def missing(request: HttpRequest, person: Person) -> HttpResponse:
    """What a service still needs of her, before it gets anything; and the way back to it."""
    next_path = safe_next(request.GET.get("next", ""))
    client = clients.find(client_of(next_path))
    account = Account.objects.get(pk=person.sub)
    lacking = _lacking(account, client)
    if not lacking:
        return HttpResponseRedirect(next_path, status=HTTPStatus.SEE_OTHER)
    actions.remember_errand(person.sub, next_path)
    attempt = Attempt.objects.filter(account_id=person.sub).first()
    stands = endings.standing_of(person.sub)
    context = {
        "client": client,
        "lacking": lacking,
        "step": _step(attempt, suspended=bool(stands and stands.kind == "suspended")),
        "silent": words.registers_here(attempt.silent) if attempt else "",
        "appealed": endings.appealed(stands),
        "cooling_until": account.cooling_until,
        "level_words": _(words.LEVELS[account.level]),
        "proofing_url": f"{reverse('proofing:overview')}?{urlencode({'next': next_path})}",
        "again_url": next_path,
        "refuse_url": f"{next_path}&consent=denied" if client else "/",
    }
    return render(request, "proofing/missing.html", context, status=403)


def _lacking(account: Account, client: Registration | None) -> list[str]:
    """As the statement of the authorization endpoint asks: `level`, `cooling`, `contact`."""
    contacts = Identifier.objects.filter(
        account=account, kind__in=["phone", "email"], verified_at__isnull=False
    )
    cooling = account.cooling_until is not None and account.cooling_until > timezone.now()
    found = {
        "level": client is not None and account.level not in client.levels,
        "cooling": cooling,
        "contact": not contacts.exists(),
    }
    return [code for code, lacks in found.items() if lacks]


def _step(attempt: Attempt | None, *, suspended: bool) -> str:
    """Which step of proofing is hers now: `begin`, `waiting`, `questions`, `review` or `suspended`."""
    if suspended:
        return "suspended"
    if attempt is None:
        return "begin"
    return "waiting" if attempt.state == rules.State.ASKING else attempt.state
