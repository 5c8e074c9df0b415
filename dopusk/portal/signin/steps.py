"""Between the pages of one sign-in: its cookie, the way on, and what all of them say alike."""

import math
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.factors.actions import offer_due
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import Opened
from dopusk.portal.signin import actions, rules
from dopusk.portal.signin.models import Pending
from dopusk.web.design.templatetags.design import day

COOKIE: Final = "portal_pending"


def begin(response: HttpResponse, cookie: str) -> None:
    """Give the browser the cookie of a sign-in that lacks a step."""
    response.set_cookie(
        COOKIE, cookie, max_age=rules.PENDING_LASTS, path="/signin/",
        httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def begun(request: HttpRequest) -> Pending | None:
    """The sign-in this browser is in the middle of."""
    return actions.pending(request.COOKIES.get(COOKIE, ""))


def enter(opened: Opened, next_path: str, *, offer: bool, code_used: bool = False) -> HttpResponse:
    """A whole sign-in: the cookies, and on to `next`, perhaps past the offer of a passkey.

    Offered only in a browser she has signed in with before, not on a computer she happens to sit at; and not when a
    service wants her password once more. code_used: one of her recovery codes opened it, which the offer mentions.
    """
    onward = next_path
    if offer and not rules.is_in_the_middle(next_path) and offer_due(opened.sub):
        onward = f"/signin/offer/?{urlencode({'next': next_path, **({'used': 1} if code_used else {})})}"
    response = seen_off(onward, next_path)
    access.carry(response, opened)
    response.delete_cookie(COOKIE, path="/signin/", samesite="Lax")
    return response


def seen_off(path: str, next_path: str) -> HttpResponse:
    """To another page; the service she is on her way to may be reached by the redirects that follow."""
    response = HttpResponseRedirect(path, status=HTTPStatus.SEE_OTHER)
    return leading_to(clients.find(rules.client_of(next_path)), response)


def leading_to(client: Registration | None, response: HttpResponse) -> HttpResponse:
    """Let the form lead back to the service by redirects."""
    if client:
        response.csp_form_action = client.origins()  # type: ignore[attr-defined]  # read by SecurityHeadersMiddleware
    return response


def in_words(held_until: datetime) -> str:
    """«через 2 минуты, в 18:40», rounded up; a wait of hours by its day and time."""
    later = timezone.localtime(held_until + timedelta(seconds=59))
    minutes = max(1, math.ceil((held_until - timezone.now()) / timedelta(minutes=1)))
    if minutes <= 60:
        soon = ngettext("через %(n)s минуту", "через %(n)s минут", minutes) % {"n": minutes}
        return _("%(soon)s, в %(time)s") % {"soon": soon, "time": f"{later:%H:%M}"}
    return _("%(day)s в %(time)s") % {"day": day(later), "time": f"{later:%H:%M}"}
