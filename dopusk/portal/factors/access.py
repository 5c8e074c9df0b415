"""For other slices' views: passkey sign-in over HTTP with the cookie that binds a challenge, and the stricter proof."""

import functools
import json
import secrets
import uuid
from collections.abc import Callable
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import actions, passkeys
from dopusk.portal.operators.access import TWO_FACTORS
from dopusk.portal.sessions.access import Person, page_of_form, proof_required

Arguments = ParamSpec("Arguments")

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
    """The JSON object of the body; empty when it is none, or holds what no text can."""
    if len(request.body) > LONGEST_ANSWER:
        return {}
    try:
        answer = json.loads(request.body)
        json.dumps(answer, ensure_ascii=False).encode()  # halves of signs, which the database would not take
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def onward(path: str) -> JsonResponse:
    """Tell passkeys.js where to go now."""
    return JsonResponse({"next": path})


def refusal(refused: passkeys.Refused) -> JsonResponse:
    """Tell passkeys.js why not; it has the words."""
    return JsonResponse({"code": refused.code}, status=422)


def whole_proof_required(
    view: Callable[Concatenate[HttpRequest, Person, Arguments], HttpResponse],
) -> Callable[Concatenate[HttpRequest, Arguments], HttpResponse]:
    """As proof_required, and whoever has a second factor has shown it in this session.

    So a password alone, on a device that is not asked for more, neither adds a factor nor takes one away, and gives
    codes by SMS no other telephone to go to
    (NIST SP 800-63B-4 §4.1.2: a factor is bound at the assurance the account has).
    """

    @functools.wraps(view)
    def guarded(
        request: HttpRequest, person: Person, /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> HttpResponse:
        if TWO_FACTORS not in person.amr and actions.asked(
            Account.objects.get(pk=person.sub), known_device=False
        ):
            page = request.get_full_path() if request.method in {"GET", "HEAD"} else page_of_form(request)
            return HttpResponseRedirect(f"/signin/again/?next={quote(page, safe='/')}")
        return view(request, person, *args, **kwargs)

    return proof_required(guarded)
