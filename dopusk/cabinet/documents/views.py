"""Giving a document back to those who may read it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from dopusk.cabinet.documents import actions, rules
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.signin.access import confirmed_required, current, roles, session_mark
from dopusk.web.files import answers


@require_safe
@confirmed_required
def show(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    """The file; `?inline=1` to look at it in a page of ours. To strangers it does not exist."""
    person = current(request)
    document = get_object_or_404(Document.objects.select_related("stored"), pk=document_id)
    owns = document.owner_id == person.pk
    released = document.released_at is not None
    if not rules.may_read(owns=owns, released=released, roles=frozenset() if owns else roles(person)):
        raise Http404
    if not owns:
        actions.note_reading(document, person, session=session_mark(request))
    return answers.give(document.stored, document.title, inline=request.GET.get("inline") == "1")
