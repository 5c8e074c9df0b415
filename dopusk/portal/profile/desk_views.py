"""The operator's side of name changes: the queue, one request, its scan, the decision."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.kernel import names as kernel_names
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.profile import actions, forms, words
from dopusk.portal.profile.models import NameChange
from dopusk.portal.sessions.access import Person
from dopusk.web.files import answers

A_PAGE = 25


@require_safe
@right_required(Right.REVIEW)
def names(request: HttpRequest, person: Person) -> HttpResponse:
    """Requests that wait, the oldest first."""
    waiting = NameChange.objects.filter(state="waiting").select_related("account").order_by("filed_at", "id")
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "profile/desk_names.html", {"page": page, "own": person.sub})


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.REVIEW)
def name(request: HttpRequest, person: Person, change_id: uuid.UUID) -> HttpResponse:
    """One request: the old name, the new one, the scan; approve or refuse."""
    change = get_object_or_404(NameChange.objects.select_related("account", "document"), pk=change_id)
    form = forms.RefusalForm(request.POST if request.POST.get("decision") == "refuse" else None)
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "approve":
                actions.approve_name_change(change_id, by=person.sub, session=str(person.sid))
                messages.success(request, _("Имя изменено."))
                return redirect("profile:names")
            if form.is_valid():
                reason = form.cleaned_data["reason"]
                actions.refuse_name_change(change_id, reason, by=person.sub, session=str(person.sid))
                messages.success(request, _("В смене имени отказано."))
                return redirect("profile:names")
        except actions.NotDone as refused:
            messages.warning(request, words.REFUSED[refused.code])
            same = refused.code == "document_unseen"
            return redirect("profile:name", change_id) if same else redirect("profile:names")
    account = change.account
    context = {
        "change": change,
        "own": change.account_id == person.sub,
        "old": kernel_names.full(account.last_name, account.first_name, account.patronymic),
        "new": " ".join(part for part in change.opened().values() if part),
        "state": words.STATES[change.state],
        "form": form,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "profile/desk_name.html", context, status=status)


@require_safe
@right_required(Right.REVIEW)
def name_document(request: HttpRequest, person: Person, change_id: uuid.UUID) -> HttpResponse:
    """The scan, while the request waits; each look is in the person's journal."""
    waiting = NameChange.objects.filter(state="waiting", document__isnull=False)
    change = get_object_or_404(waiting.select_related("document__stored"), pk=change_id)
    assert change.document is not None
    actions.note_reading(change.document, person.sub, session=str(person.sid))
    inline = request.GET.get("inline") == "1"
    return answers.give(change.document.stored, str(words.CHOICES["name_change"]), inline=inline)
