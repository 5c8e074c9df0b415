"""Support's pages about one person: found by her number, seen masked, helped with a reason."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.operators.access import right_required, rights_here
from dopusk.portal.operators.rules import Right
from dopusk.portal.sessions.access import Person, place_of
from dopusk.portal.support import actions, shown, words
from dopusk.portal.support.actions import NotDone, Operator
from dopusk.portal.support.forms import ActForm, LookForm, NewcomerForm
from dopusk.portal.support.models import Look
from dopusk.portal.support.rules import Act, Reason, Why, fault
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.models import Entry

A_PAGE = 25


def _operator(request: HttpRequest, person: Person) -> Operator:
    return Operator(person.sub, str(person.sid), Right.APPOINT in rights_here(request))


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.LOOK_UP)
def people(request: HttpRequest, person: Person) -> HttpResponse:
    """Find one account; there is no list of people."""
    form = LookForm(request.POST if request.method == "POST" else None)
    code, status = "", HTTPStatus.OK
    if form.is_valid():
        try:
            look = actions.look_up(
                form.cleaned_data["identifier"],
                _operator(request, person),
                reason=Reason(form.cleaned_data["reason"]),
                ticket=form.cleaned_data["ticket"],
            )
        except NotDone as refused:
            code, status = refused.code, HTTPStatus.TOO_MANY_REQUESTS
        else:
            if look.account_id:
                return redirect("support:person", look.account_id)
            code = "found_nobody"
    elif form.is_bound:
        code, status = first_code(form), HTTPStatus.UNPROCESSABLE_ENTITY
    may_open = Right.UNLOCK in rights_here(request)
    context = {"form": form, "code": code, "may_open": may_open}
    return render(request, "support/people.html", context, status=status)


def _look(request: HttpRequest, person: Person, sub: uuid.UUID) -> Look | None:
    """The look-up by which she is here; without one she is told to name her reason first."""
    look = actions.look_of(person.sub, sub)
    if look is None:
        messages.warning(
            request, _("Найдите человека и назовите причину: без этого чужие данные не открываются.")
        )
    return look


@require_safe
@right_required(Right.LOOK_UP)
def person(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """One account, masked, and what can be done with it."""
    look = _look(request, person, sub)
    if look is None or look.account is None:
        return redirect("support:people")
    account, operator = look.account, _operator(request, person)
    stands = actions.stands(account, person.sub)
    acts = []
    if Right.UNLOCK in rights_here(request):
        for act in Act:
            code = fault(act, stands, administrator=operator.administrator)
            if code in {"not_operator_made", "recovery_does"}:  # not for such an account at all
                continue
            acts.append(
                {
                    "title": words.ACTS[act][0],
                    "address": f"support:{act.value}",
                    "code": code or "",
                    "refused": words.REFUSED.get(code or "", ""),
                }
            )
    context = {
        "look": look,
        "shown": shown.of(account, stands),
        "level": words.LEVELS[account.level],
        "lock": words.LOCKS.get(stands.locked_by, ""),
        "must_change": words.MUST_CHANGE.get(account.must_change, ""),
        "acts": acts,
    }
    return render(request, "support/person.html", context)


@require_safe
@right_required(Right.LOOK_UP)
def journal(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """What was done to one account, newest first; that it was read stands there too."""
    look = _look(request, person, sub)
    if look is None:
        return redirect("support:people")
    actions.note_journal(look, _operator(request, person))
    entries = Entry.objects.filter(subject=str(sub)).order_by("-number")
    page = Paginator(entries, A_PAGE).get_page(request.GET.get("page"))
    rows = [{"entry": one, "words": SENTENCES.say(one.words)} for one in page]
    return render(request, "support/journal.html", {"look": look, "page": page, "rows": rows})


def _act(request: HttpRequest, person: Person, sub: uuid.UUID, act: Act) -> HttpResponse:
    """Ask for the reason, then do it."""
    look = _look(request, person, sub)
    if look is None or look.account is None:
        return redirect("support:people")
    operator = _operator(request, person)
    form = ActForm(request.POST if request.method == "POST" else None)
    title, follows, done = words.ACTS[act]
    code = ""
    if form.is_valid():
        try:
            why, explained = Why(form.cleaned_data["why"]), form.cleaned_data["explained"]
            actions.do(act, sub, operator, why=why, explained=explained)
        except NotDone as refused:
            code = refused.code
        else:
            messages.success(request, str(done))
            return redirect("support:person", sub)
    elif not form.is_bound:
        stands = actions.stands(look.account, person.sub)
        code = fault(act, stands, administrator=operator.administrator) or ""
    status = HTTPStatus.OK
    if form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    elif form.is_bound:
        status = HTTPStatus.CONFLICT
    context = {
        "look": look,
        "act": act.value,
        "title": title,
        "follows": follows,
        "form": form,
        "code": code or first_code(form),
        "refused": words.REFUSED.get(code, ""),
    }
    return render(request, "support/act.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def unlock(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Take locks and counted failures off."""
    return _act(request, person, sub, Act.UNLOCK)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def lock(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Let nobody in until support unlocks: for a password somebody else may know."""
    return _act(request, person, sub, Act.LOCK)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def order_password(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Have her choose a new password at the next sign-in."""
    return _act(request, person, sub, Act.ORDER_PASSWORD)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def end_sessions(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """End all her sessions."""
    return _act(request, person, sub, Act.END_SESSIONS)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def take_factors(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Take a colleague's lost second factor off; for one who also appoints operators."""
    return _act(request, person, sub, Act.TAKE_FACTORS)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def send_password(request: HttpRequest, person: Person, sub: uuid.UUID) -> HttpResponse:
    """Another temporary password, for an account an operator made and nobody has entered."""
    return _act(request, person, sub, Act.SEND_PASSWORD)


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.UNLOCK)
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Open an account for a person at the desk; the operator never sees its password."""
    form = NewcomerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        given = form.cleaned_data
        newcomer = actions.Newcomer(
            *(given[field] for field in ("last_name", "first_name", "patronymic", "phone", "email"))
        )
        try:
            account = actions.open_for(
                newcomer,
                _operator(request, person),
                ticket=given["ticket"],
                network=place_of(request).network,
            )
        except NotDone as refused:
            if refused.code == "too_many_looks":
                context = {"form": LookForm(), "code": refused.code, "may_open": True}
                return render(request, "support/people.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
            said = _(
                "Учётная запись с этим телефоном уже есть. Найдите её: человеку поможет восстановление доступа."
            )
            form.add_error("phone", ValidationError(said, code=refused.code))
        else:
            messages.success(
                request, _("Учётная запись открыта. Временный пароль ушёл в СМС и действует 72 часа.")
            )
            return redirect("support:person", account.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "support/new.html", {"form": form, "code": first_code(form)}, status=status)
