"""The reviewers' desk: the queue, a case with its scan, the decision."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.kernel import names
from dopusk.kernel.passport import Passport
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.proofing import desk, rules, words
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.forms import RefuseForm
from dopusk.portal.proofing.models import Attempt
from dopusk.portal.proofing.rules import Answers, ReviewCode, Typed
from dopusk.portal.sessions.access import Person
from dopusk.web.design.templatetags.design import day, snils
from dopusk.web.files import answers as given

PAGE = 25


def _see(name: str, *arguments: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=arguments), status=HTTPStatus.SEE_OTHER)


@require_safe
@right_required(Right.REVIEW)
def queue(request: HttpRequest, person: Person) -> HttpResponse:
    """What waits for a person's eyes, the longest waiting first."""
    page = Paginator(Attempt.objects.in_review(), PAGE).get_page(request.GET.get("page"))
    rows = [_row(attempt, person) for attempt in page.object_list]
    return render(request, "proofing/queue.html", {"page": page, "rows": rows})


def _row(attempt: Attempt, person: Person) -> dict[str, Any]:
    typed = attempt.typed()
    refusal = rules.may_take(attempt.desk(), str(person.sub), timezone.now())
    return {
        "attempt": attempt,
        "name": names.full(typed.last_name, typed.first_name, typed.patronymic),
        "doubts": [_(words.DOUBTS[doubt]) for doubt in attempt.doubts],
        "mine": attempt.reviewer_id == person.sub,
        "blocked": refusal.code if refusal else "",
    }


def _case(attempt_id: uuid.UUID) -> Attempt:
    attempt = Attempt.objects.in_review().select_related("scan").filter(pk=attempt_id).first()
    if attempt is None:
        raise Http404
    return attempt


@require_safe
@right_required(Right.REVIEW)
def card(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """One case: the scan beside what was typed and what the registers said."""
    return _card(request, person, _case(attempt_id), RefuseForm())


def _card(request: HttpRequest, person: Person, attempt: Attempt, form: RefuseForm) -> HttpResponse:
    me, desk_now = str(person.sub), attempt.desk()
    taking = rules.may_take(desk_now, me, timezone.now())
    mine = desk_now.holder == me
    approving = rules.may_approve(desk_now, me) if mine else None
    context = {
        **_row(attempt, person),
        "facts": _facts(attempt.typed()),
        "findings": _findings(attempt.answers()),
        "form": form,
        "blocked_words": _(words.ACTS[taking.code]) if taking else "",
        "may_take": taking is None and not mine,
        "may_decide": mine and taking is None,
        "unapprovable": _(words.ACTS[approving.code]) if approving else "",
    }
    return render(request, "proofing/card.html", context, status=422 if form.errors else 200)


def _facts(typed: Typed) -> list[dict[str, str]]:
    rows = (
        (_("Фамилия, имя, отчество"), names.full(typed.last_name, typed.first_name, typed.patronymic)),
        (_("Пол"), _("Женский") if typed.gender == "female" else _("Мужской")),
        (_("Дата рождения"), day(typed.birth_date)),
        (_("Паспорт"), str(Passport(typed.series, typed.number))),
        (_("Выдан"), f"{day(typed.issued)}, {typed.issuer}, {typed.issuer_code}"),
        (_("СНИЛС"), snils(typed.snils)),
        (_("ИНН"), typed.inn),
    )
    return [{"key": key, "value": value} for key, value in rows if value]


def _findings(answers: Answers) -> list[dict[str, str]]:
    """What each register said, as the page draws it."""
    said = (
        ("snils", _one(Answers(snils=answers.snils))),
        ("passports", _one(Answers(passport=answers.passport))),
    )
    return [{"title": capfirst(words.registers_here([key])), **one} for key, one in said]


def _one(answers: Answers) -> dict[str, str]:
    if answers.snils is None and answers.passport is None:
        return {"outcome": "unknown", "word": _("Ответа нет"), "evidence": _("Ещё не ответил.")}
    refusal = rules.disagreement(answers)
    if refusal is None:
        return {"outcome": "passed", "word": _("Совпало"), "evidence": _("Всё совпадает.")}
    evidence = f"{_(words.REFUSALS[refusal.code][0])} {capfirst(words.fields_here(refusal.fields))}."
    return {"outcome": "failed", "word": _("Не совпало"), "evidence": evidence}


@require_safe
@right_required(Right.REVIEW)
def scan(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """The scan, to be looked at within the card; only for who has taken the case, and written down."""
    attempt = _case(attempt_id)
    if rules.may_decide(attempt.desk(), str(person.sub)):
        raise Http404
    desk.note_scan(attempt, person.sub, session=str(person.sid))
    return given.give(attempt.scan, _("Скан паспорта"), inline=True)


@require_POST
@right_required(Right.REVIEW)
def take(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """Claim the case; if somebody was faster, the card says so."""
    try:
        desk.take(attempt_id, person.sub, session=str(person.sid))
    except NotAllowed as error:
        return _told(request, error, attempt_id)
    return _see("proofing:card", attempt_id)


@require_POST
@right_required(Right.REVIEW)
def release(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """Back into the queue."""
    try:
        desk.release(attempt_id, person.sub)
    except NotAllowed as error:
        return _told(request, error, attempt_id)
    messages.success(request, _("Данные вернулись в общую очередь."))
    return _see("proofing:queue")


@require_POST
@right_required(Right.REVIEW)
def approve(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """The person on the scan is the person in the registers and in the account."""
    try:
        outcome = desk.approve(attempt_id, person.sub)
    except NotAllowed as error:
        return _told(request, error, attempt_id)
    if outcome == "confirmed":
        messages.success(request, _("Личность подтверждена, человек получит сообщение. Скан удалён."))
    else:
        said = _("СНИЛС или ИНН уже есть в другой учётной записи, её владелец получит сообщение.")
        messages.warning(request, said)
    return _see("proofing:queue")


@require_http_methods(["POST"])
@right_required(Right.REVIEW)
def refuse(request: HttpRequest, person: Person, attempt_id: uuid.UUID) -> HttpResponse:
    """Refuse with a coded reason."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _card(request, person, _case(attempt_id), form)
    told = form.cleaned_data
    try:
        desk.refuse(attempt_id, person.sub, ReviewCode(told["code"]), told["words"], session=str(person.sid))
    except NotAllowed as error:
        return _told(request, error, attempt_id)
    messages.success(request, _("Отказ отправлен, человек получит сообщение. Скан удалён."))
    return _see("proofing:queue")


def _told(request: HttpRequest, error: NotAllowed, attempt_id: uuid.UUID) -> HttpResponse:
    messages.error(request, _(words.ACTS[error.refusal.code]), extra_tags=error.refusal.code)
    if error.refusal.code == "already_decided":
        return _see("proofing:queue")
    return _see("proofing:card", attempt_id)
