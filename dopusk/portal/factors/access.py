"""Passkey sign-in over HTTP: what sign-in's two JSON addresses answer with, and the cookie that binds a challenge."""

import json
import secrets
import uuid
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from dopusk.portal.factors import passkeys

COOKIE: Final = "portal_ceremony"  # a value only this browser holds; signs nobody in
LONGEST_ANSWER: Final = 64 * 1024


def begin_assertion(request: HttpRequest, sub: uuid.UUID | None = None) -> JsonResponse:
    """Answer for `data-options-url`: options of a new challenge, bound to this browser by a cookie."""
    binding = request.COOKIES.get(COOKIE, "")
    fresh = len(binding) != 43
    binding = secrets.token_urlsafe(32) if fresh else binding
    response = JsonResponse(passkeys.begin_assertion(binding, sub))
    if fresh:
        response.set_cookie(
            COOKIE, binding, httponly=True, samesite="Strict", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def finish_assertion(
    request: HttpRequest, sub: uuid.UUID | None = None
) -> passkeys.Asserted | passkeys.Refused:
    """What came to `data-finish-url`: who showed her passkey, or why it was not taken."""
    binding = request.COOKIES.get(COOKIE, "")
    if not binding:
        return passkeys.Refused("challenge_unknown")
    return passkeys.finish_assertion(binding, answer_of(request), sub)


def answer_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body; empty when it is none."""
    if len(request.body) > LONGEST_ANSWER:
        return {}
    try:
        answer = json.loads(request.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def onward(path: str) -> JsonResponse:
    """Tell passkeys.js where to go now."""
    return JsonResponse({"next": path})


def refusal(refused: passkeys.Refused) -> JsonResponse:
    """Tell passkeys.js why not; it has the words."""
    return JsonResponse({"code": refused.code}, status=422)
