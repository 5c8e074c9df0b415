"""One attempt to sign in: what must be remembered between leaving for the portal and coming back.

Each attempt rests sealed in a cookie of its own, named by its `state`, so that tabs, the back button and a
long stay at the portal do not disturb each other, nothing is kept for strangers, and an answer that some
other browser began is not accepted here.
"""

import base64
import json
import secrets
import time
import uuid
from dataclasses import asdict, dataclass
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from dopusk.trust.sealing import SealBroken, Sealer

PREFIX = "cabinet_signin_"
PATH = "/signin/"
LIFETIME = 3600  # seconds one may stay at the portal
MOST = 6  # attempts a browser carries at once


@dataclass(frozen=True)
class Attempt:
    """state, nonce, verifier: random, of this attempt only. next: path of this site. at: Unix seconds."""

    state: str
    nonce: str
    verifier: str
    next: str
    at: int


def begin(next_path: str) -> Attempt:
    """A new attempt."""
    return Attempt(
        str(uuid.uuid4()),  # 122 random bits; one of the dialects wants this form
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(48),
        next_path,
        int(time.time()),
    )


def remember(request: HttpRequest, response: HttpResponseBase, attempt: Attempt) -> None:
    """Put the attempt into the browser; the oldest ones make room."""
    kept = sorted(
        (name for name in request.COOKIES if name.startswith(PREFIX)), key=partial(_left_at, request)
    )
    for name in kept[: max(0, len(kept) - MOST + 1)]:
        response.delete_cookie(name, path=PATH, samesite="Lax")
    sealed = Sealer(settings.SEALING_KEY).seal(_item(attempt.state), json.dumps(asdict(attempt)).encode())
    response.set_cookie(
        _cookie(attempt.state),
        f"{time.time_ns() // 1_000_000}.{base64.urlsafe_b64encode(sealed).decode()}",
        max_age=LIFETIME,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def recall(request: HttpRequest, state: str) -> Attempt | None:
    """The attempt this browser began under this state, not older than an hour."""
    text = request.COOKIES.get(_cookie(state), "").rpartition(".")[2]
    try:
        opened = Sealer(settings.SEALING_KEY).open(_item(state), base64.urlsafe_b64decode(text))
        attempt = Attempt(**json.loads(opened))
    except (SealBroken, ValueError, TypeError):
        return None
    if not secrets.compare_digest(attempt.state, state) or time.time() - attempt.at > LIFETIME:
        return None
    return attempt


def forget(response: HttpResponseBase, state: str) -> None:
    """Delete the attempt from the browser."""
    response.delete_cookie(_cookie(state), path=PATH, samesite="Lax")


def safe_next(request: HttpRequest, wanted: str) -> str:
    """A path of this site, "/" for anything else."""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe and wanted.startswith("/") and not wanted.startswith(PATH) else "/"


def _cookie(state: str) -> str:
    return PREFIX + "".join(letter for letter in state if letter.isalnum())[:10]


def _left_at(request: HttpRequest, name: str) -> int:
    """Unix milliseconds before the dot of this cookie; 0 without them. Open to read, because it only orders cookies.

    An attempt's own time is sealed under its state, which nobody knows until the portal answers.
    """
    try:
        return int(request.COOKIES[name].partition(".")[0])
    except ValueError:
        return 0


def _item(state: str) -> str:
    return f"signin {state}"
