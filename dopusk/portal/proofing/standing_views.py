"""Confirmations: operators take them away and give them back, the person objects."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dopusk.kernel import email, names, phone, snils
from dopusk.portal.accounts.models import Account
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.proofing import endings, rules, standing, words
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.forms import AppealForm, DecideForm, FindForm, WordsForm
from dopusk.portal.proofing.models import Appeal
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.sessions.access import Person, person_required


def _see(name: str, *arguments: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=arguments), status=HTTPStatus.SEE_OTHER)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.CONFIRMATION)
def find(request: HttpRequest, person: Person) -> HttpResponse:
    """Look an account up by an identifier typed whole; and the appeals that wait."""
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        account = Account.objects.by_text(form.cleaned_data["identifier"])
        if account:
            return _see("proofing:confirmation", account.sub)
        try:
            standing.note_look(None, person.sub, session=str(person.sid))
        except NotAllowed as error:
            return _too_many(request, error)
        form.add_error("identifier", forms.ValidationError(_("Такой учётной записи нет."), code="not_found"))
    appeals = Appeal.objects.filter(judged_at=None, suspension__ended_at=None)
    context = {
        "form": form,
        "appeals": [
            {"appeal": one, "account": one.suspension.account, "own": one.suspension.by_id == person.sub}
            for one in appeals.select_related("suspension__account").order_by("at")[:50]
        ],
    }
    return render(request, "proofing/find.html", context, status=422 if form.errors else 200)


@require_safe
@right_required(Right.CONFIRMATION)
def confirmation(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """How one person's confirmation stands; looking is written down for her."""
    account = get_object_or_404(Account, pk=sub)
    try:
        standing.note_look(sub, person.sub, session=str(person.sid))
    except NotAllowed as error:
        return _too_many(request, error)
    return _page(request, person, account)


def _too_many(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    messages.error(request, _(words.ACTS[error.refusal.code]), extra_tags=error.refusal.code)
    return _see("proofing:find")


def _page(
    request: HttpRequest,
    person: Person,
    account: Account,
    form: forms.Form | None = None,
    act: str = "",
) -> HttpResponse:
    stands, me = standing.standing(account), str(person.sub)
    decision = endings.standing_of(account.sub)
    waiting = Appeal.objects.filter(suspension=decision, judged_at=None).first() if decision else None
    may = {
        "suspend": rules.may_suspend(stands, me),
        "withdraw": rules.may_withdraw(stands, me),
        "restore": rules.may_restore(stands, me),
    }
    judging = (
        rules.may_judge_appeal(str(decision.by_id or ""), str(account.sub), me, judged=False)
        if decision and waiting
        else None
    )
    context = {
        "account": account,
        "name": names.full(account.last_name, account.first_name, account.patronymic),
        "level_words": _(words.LEVELS[account.level]),
        "facts": _facts(account),
        "decision": decision,
        "reason": _(words.STANDING_CODES[decision.code]) if decision else "",
        "appeal": waiting,
        "judging_refused": _(words.ACTS[judging.code]) if judging else "",
        "may": [act for act, refusal in may.items() if refusal is None],
        "own": stands.owner == me,
        "suspend_form": form if act == "suspend" and form else DecideForm(prefix="suspend"),
        "withdraw_form": form if act == "withdraw" and form else DecideForm(prefix="withdraw"),
        "restore_form": form if act == "restore" and form else WordsForm(prefix="restore"),
        "judge_form": form if act == "judge" and form else WordsForm(prefix="judge"),
        "form": form,
    }
    return render(request, "proofing/confirmation.html", context, status=422 if form else 200)


def _facts(account: Account) -> list[dict[str, str]]:
    """Masked: enough to know that it is the one meant."""
    opened = account.opened()
    rows = (
        (_("СНИЛС"), snils.mask(opened["snils"]) if opened.get("snils") else ""),
        (_("Телефон"), phone.mask(opened["phone"]) if opened.get("phone") else ""),
        (_("Почта"), email.mask(opened["email"]) if opened.get("email") else ""),
    )
    return [{"key": key, "value": value} for key, value in rows]


Act = Callable[[dict[str, Any]], object]


def _done(
    request: HttpRequest, person: Person, sub: uuid.UUID, act: str, form: forms.Form, do: Act, said: str
) -> HttpResponse:
    """Check the form, do it, say so; a refusal is said on the card."""
    account = get_object_or_404(Account, pk=sub)
    if not form.is_valid():
        return _page(request, person, account, form, act)
    try:
        do(form.cleaned_data)
    except NotAllowed as error:
        messages.error(request, _(words.ACTS[error.refusal.code]), extra_tags=error.refusal.code)
    else:
        messages.success(request, said)
    return _see("proofing:confirmation", sub)


@require_POST
@right_required(Right.CONFIRMATION)
def suspend(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Take the confirmation away for a while."""

    def do(told: dict[str, Any]) -> object:
        code = StandingCode(told["code"])
        return standing.suspend(sub, code, person.sub, told["words"], session=str(person.sid))

    form = DecideForm(request.POST, prefix="suspend")
    said = _("Подтверждение приостановлено, человек получит сообщение.")
    return _done(request, person, sub, "suspend", form, do, said)


@require_POST
@right_required(Right.CONFIRMATION)
def withdraw(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Take the confirmation away for good."""

    def do(told: dict[str, Any]) -> object:
        code = StandingCode(told["code"])
        return standing.withdraw(sub, code, person.sub, told["words"], session=str(person.sid))

    form = DecideForm(request.POST, prefix="withdraw")
    said = _("Подтверждение отозвано, человек получит сообщение.")
    return _done(request, person, sub, "withdraw", form, do, said)


@require_POST
@right_required(Right.CONFIRMATION)
def restore(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Give it back."""

    def do(told: dict[str, Any]) -> None:
        standing.restore(sub, person.sub, told["words"], session=str(person.sid))

    form = WordsForm(request.POST, prefix="restore")
    said = _("Подтверждение возвращено, человек получит сообщение.")
    return _done(request, person, sub, "restore", form, do, said)


@require_POST
@right_required(Right.CONFIRMATION)
def judge(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Answer her appeal; another operator than the one who decided."""

    def do(told: dict[str, Any]) -> None:
        waiting = Appeal.objects.filter(
            suspension__account_id=sub, suspension__ended_at=None, judged_at=None
        ).first()
        if waiting is None:
            raise NotAllowed(rules.Refusal("already_judged"))
        restored = request.POST.get("decision") == "restore"
        standing.judge(waiting.pk, person.sub, told["words"], restored=restored, session=str(person.sid))

    form = WordsForm(request.POST, prefix="judge")
    said = _("Жалоба рассмотрена, человек получит ответ.")
    return _done(request, person, sub, "judge", form, do, said)


@require_http_methods(["GET", "HEAD", "POST"])
@person_required
def appeal(request: HttpRequest, person: Person) -> HttpResponse:
    """Her side: the decision, its reason, her objection, the answer."""
    decision = endings.standing_of(person.sub)
    made = Appeal.objects.filter(suspension=decision).first() if decision else None
    form = AppealForm(request.POST if request.method == "POST" and not made else None)
    if request.method == "POST" and form.is_valid():
        try:
            standing.appeal(person.sub, form.cleaned_data["text"], session=str(person.sid))
        except NotAllowed as error:
            messages.error(request, _(words.ACTS[error.refusal.code]), extra_tags=error.refusal.code)
        else:
            messages.success(
                request, _("Жалоба отправлена. Её рассмотрит другой оператор, о решении сообщим.")
            )
        return _see("proofing:appeal")
    context = {
        "decision": decision,
        "reason": _(words.STANDING_CODES[decision.code]) if decision else "",
        "appeal": made,
        "form": form,
    }
    return render(request, "proofing/appeal.html", context, status=422 if form.errors else 200)
