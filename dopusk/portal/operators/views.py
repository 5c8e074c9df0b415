"""The operators' first page, and who holds which post."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.kernel import names
from dopusk.portal.accounts.fields import first_code
from dopusk.portal.accounts.models import Account
from dopusk.portal.operators import actions
from dopusk.portal.operators import desk as cards
from dopusk.portal.operators.access import operator_required, right_required, rights_here
from dopusk.portal.operators.forms import AppointmentForm
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Right, Role
from dopusk.portal.operators.words import DUTIES, ROLES
from dopusk.portal.sessions.access import Person

A_PAGE = 25


@require_safe
@operator_required
def desk(request: HttpRequest, person: Person) -> HttpResponse:
    """What this operator may do, and how much of it waits."""
    shown = [
        {"card": card, "url": reverse(card.address), "waiting": card.waiting() if card.waiting else None}
        for card in cards.of(rights_here(request))
    ]
    held = Appointment.objects.filter(account_id=person.sub, ended_at=None).order_by("pk")
    roles = [_(ROLES[Role(one.role)]) for one in held]
    return render(request, "operators/desk.html", {"cards": shown, "roles": roles})


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.APPOINT)
def roles(request: HttpRequest, person: Person) -> HttpResponse:
    """Who holds which post; the form gives one."""
    form = AppointmentForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _appointed(request, form, person):
        return redirect("operators:roles")
    held = Appointment.objects.filter(account=OuterRef("pk"), ended_at=None)
    holders = Account.objects.filter(Exists(held)).order_by("last_name", "first_name", "pk")
    page = Paginator(holders, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "code": first_code(form),
        "page": page,
        "rows": _rows(list(page)),
        "own": person.sub,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "operators/roles.html", context, status=status)


def _appointed(request: HttpRequest, form: AppointmentForm, person: Person) -> bool:
    """Whether the post of the form was given; what is in the way stands in the form's errors."""
    account = Account.objects.by_text(form.cleaned_data["identifier"])
    if account is None or not names.same(account.last_name, form.cleaned_data["last_name"]):
        words = _("Такой учётной записи с такой фамилией нет. Проверьте номер и фамилию.")
        form.add_error("identifier", ValidationError(words, code="person_unknown"))
        return False
    role = Role(form.cleaned_data["role"])
    try:
        done = actions.appoint(account.pk, role, by=str(person.sub), session=str(person.sid))
    except actions.NotDone as refused:
        words = _("Себя назначить нельзя: попросите другого, кто назначает операторов.")
        form.add_error("identifier", ValidationError(words, code=refused.code))
        return False
    if not done:
        words = _("Эта должность у человека уже есть.")
        form.add_error("role", ValidationError(words, code="post_held"))
        return False
    said = _("%(name)s: должность дана. Права заработают, когда человек войдёт в два шага.")
    messages.success(request, said % {"name": str(account)})
    return True


def _rows(holders: list[Account]) -> list[dict[str, object]]:
    """People with their posts and the names of those who gave them, in two queries."""
    posts = list(Appointment.objects.filter(account__in=holders, ended_at=None).order_by("pk"))
    givers = Account.objects.in_bulk(
        [uuid.UUID(post.appointed_by) for post in posts if post.appointed_by != "system"]
    )
    hers: dict[uuid.UUID, list[dict[str, object]]] = {}
    for post in posts:
        by = givers.get(uuid.UUID(post.appointed_by)) if post.appointed_by != "system" else None
        hers.setdefault(post.account_id, []).append(
            {"post": post, "role": _(ROLES[Role(post.role)]), "by": by}
        )
    return [{"account": one, "posts": hers.get(one.pk, [])} for one in holders]


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.APPOINT)
def dismiss(request: HttpRequest, person: Person, sub: uuid.UUID, role: str) -> HttpResponse:
    """Ask once more, then end the post."""
    if role not in set(Role):
        raise Http404
    post = get_object_or_404(
        Appointment.objects.select_related("account"), account_id=sub, role=role, ended_at=None
    )
    refused = ""
    if request.method == "POST":
        try:
            actions.dismiss(sub, Role(role), by=str(person.sub), session=str(person.sid))
        except actions.NotDone as error:
            refused = error.code
        else:
            messages.success(request, _("%(name)s: должность снята.") % {"name": str(post.account)})
            return redirect("home:home" if sub == person.sub else "operators:roles")
    context = {
        "post": post,
        "role": _(ROLES[Role(role)]),
        "duty": _(DUTIES[Role(role)]),
        "refused": refused,
        "own": sub == person.sub,
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "operators/dismiss.html", context, status=status)
