"""What meets a person whom a page cannot let in yet."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from dopusk.cabinet.signin import kept
from dopusk.cabinet.signin.portal import portal


def ask_to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Keep what was typed, then send her to the portal and back to the page she was on."""
    page = kept.page_of(request)
    address = f"{reverse('signin:begin')}?{urlencode({'next': page})}"
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"code": "signed_out", "signin": address}, status=401)
    response = redirect(address)
    if request.method == "POST":
        kept.keep(request, response)
    return response


def ask_to_confirm(request: HttpRequest) -> HttpResponseBase:
    """The page that names the missing step of the portal account."""
    return unconfirmed(request, "standard", request.get_full_path())


def unconfirmed(request: HttpRequest, level: str, next_path: str) -> HttpResponse:
    """What the account lacks at its level, the page of the portal where it is mended, the way back to `next_path`."""
    again = f"{reverse('signin:begin')}?{urlencode({'next': next_path})}"
    context = {
        "level": level,
        "again": again,
        "proofing_url": portal().proofing_url(f"{settings.CABINET_URL}{again}"),
        "leave_url": portal().leave_url(),
    }
    return render(request, "signin/unconfirmed.html", context, status=403)


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """The form reached its view: what was kept of it is not needed any more."""
    kept.forget(request, response)
