"""What happened to the person's applications, newest first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dopusk.cabinet.notices import actions, words
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.signin.access import current, person_required

PAGE = 25


@require_safe
@person_required
def show(request: HttpRequest) -> HttpResponse:
    """The list; what is new says so in a word."""
    person = current(request)
    page = Paginator(Notice.objects.of(person), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"notice": notice, "title": words.title(notice), "text": words.text(notice)}
            for notice in page.object_list
        ],
        "unread": Notice.objects.unread(person).count(),
    }
    return render(request, "notices/show.html", context)


@require_safe
@person_required
def follow(request: HttpRequest, notice_id: int) -> HttpResponseBase:
    """Note that it was opened and go where it speaks of."""
    notice = get_object_or_404(Notice.objects.of(current(request)), pk=notice_id)
    actions.read(notice)
    number = notice.detail.get("number")
    if notice.kind in {"certificate_ready", "recorded"} and number:
        return redirect(reverse("certificates:show", args=[number]))
    return redirect(f"/applications/{notice.application_id}/")


@require_POST
@person_required
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Mark all as read."""
    actions.read_all(current(request))
    return redirect("notices:show")
