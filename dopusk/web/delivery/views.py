"""The inbox of the training stand: letters and SMS that nobody really receives."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dopusk.web.delivery import rules
from dopusk.web.delivery.forms import Recipient
from dopusk.web.delivery.models import InboxLetter, index_of

ON_A_PAGE = 20


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest letters, all or to one address; as JSON by Accept or `?format=json`. Sandbox only."""
    if not settings.SANDBOX:
        raise Http404
    form = Recipient(request.GET)
    letters = InboxLetter.objects.order_by("-at", "pk")
    if not form.is_valid():
        letters = letters.none()
    elif form.cleaned_data["to"]:
        letters = letters.filter(to_index=index_of(form.cleaned_data["to"]))
    page = Paginator(letters, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(letter) for letter in page]
    status = 200 if form.is_valid() else 400
    if (
        request.GET.get("format") == "json"
        or request.get_preferred_type(["text/html", "application/json"]) == "application/json"
    ):
        response: HttpResponse = JsonResponse(
            {"letters": rows}, status=status, json_dumps_params={"ensure_ascii": False}
        )
    else:
        for row in rows:
            row["pieces"] = list(rules.pieces(row["text"], _here()))
        context = {"form": form, "page": page, "rows": rows, "chosen": form.data.get("to", "")}
        response = render(request, "delivery/inbox.html", context, status=status)
    response["Vary"] = "Accept, Cookie"
    return response


def _row(letter: InboxLetter) -> dict[str, Any]:
    parcel = letter.parcel()
    return {
        "id": parcel.id,
        "to": parcel.to,
        "channel": letter.channel,
        "purpose": letter.purpose,
        "subject": parcel.subject,
        "text": parcel.text,
        "at": letter.at,
    }


def _here() -> str:
    """The address of this site: links to it, and to nowhere else, can be followed from a letter."""
    here: str = getattr(settings, f"{settings.SITE.upper()}_URL")
    return here
