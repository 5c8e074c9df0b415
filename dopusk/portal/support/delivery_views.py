"""Letters that left or wait: for whom, what for, how it goes; never what they say."""

import uuid
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dopusk.portal.accounts.fields import first_code
from dopusk.portal.operators.access import right_required
from dopusk.portal.operators.rules import Right
from dopusk.portal.sessions.access import Person
from dopusk.portal.support import actions, words
from dopusk.portal.support.actions import Operator
from dopusk.portal.support.forms import AgainForm, LettersForm
from dopusk.web.delivery.actions import NotSendable, send_again
from dopusk.web.delivery.models import Letter

A_PAGE = 25
COLOURS = {"waiting": "yellow", "delivered": "green", "refused": "red", "expired": "grey"}


@require_safe
@right_required(Right.DELIVERIES)
def deliveries(request: HttpRequest, person: Person) -> HttpResponse:
    """Letters, newest first; of one state, to one address."""
    form = LettersForm(request.GET)
    letters = Letter.objects.none()
    if form.is_valid():
        chosen = form.cleaned_data
        letters = Letter.objects.for_operator(state=chosen["state"], to=chosen["to"])
    page = Paginator(letters, A_PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    if form.is_valid() and form.cleaned_data["to"]:
        actions.note_letters(Operator(person.sub, str(person.sid)), shown)
    context = {
        "form": form,
        "code": first_code(form),
        "page": page,
        "rows": [_row(letter) for letter in shown],
        "chosen": any(form.data.get(name) for name in ("state", "to")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "support/deliveries.html", context, status=status)


def _row(letter: Letter) -> dict[str, Any]:
    return {
        "letter": letter,
        "purpose": words.purpose(letter.purpose),
        "channel": words.CHANNELS[letter.channel],
        "state": words.STATES[letter.state],
        "colour": COLOURS[letter.state],
        "cause": words.cause(letter.last_reason),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@right_required(Right.DELIVERIES)
def letter(request: HttpRequest, person: Person, letter_id: uuid.UUID) -> HttpResponse:
    """One letter without its text; a waiting one can be tried at once."""
    found = get_object_or_404(Letter.objects.for_operator(), pk=letter_id)
    form = AgainForm(request.POST if request.method == "POST" else None)
    code, status = "", HTTPStatus.OK
    if form.is_valid():
        try:
            send_again(letter_id, actor=str(person.sub), why=form.cleaned_data["why"])
        except NotSendable as refused:
            code, status = refused.code, HTTPStatus.CONFLICT
        else:
            messages.success(
                request, _("Сообщение поставлено в очередь первым. Обновите страницу через минуту.")
            )
            return redirect("support:letter", letter_id)
    elif form.is_bound:
        code, status = first_code(form), HTTPStatus.UNPROCESSABLE_ENTITY
    context = {
        **_row(found),
        "form": form,
        "code": code,
        "refused": words.NOT_SENDABLE.get(code, ""),
        "waits": found.state == "waiting",
    }
    return render(request, "support/letter.html", context, status=status)
