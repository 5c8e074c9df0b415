"""What pages of this cabinet ask a signature with, and how one is answered that does not fit."""

from typing import Any

from django.http import HttpRequest

from dopusk.cabinet.applications import rules, signatures
from dopusk.cabinet.signin.access import current
from dopusk.web.signing import pages, sessions
from dopusk.web.signing.actions import Act, Examined
from dopusk.web.signing.models import Challenge

# the page is shown again with the form as it was sent, but for what belongs to that one sending
OURS = {"csrfmiddlewaretoken", "challenge", "signature", "signature_file"}


def wanted(request: HttpRequest, act: str) -> bool:
    """Whether the press of a button asks for an electronic signature first: it must be one, or it was chosen."""
    manner = signatures.manner(act)
    return manner == rules.REQUIRED or (manner == rules.OFFERED and request.POST.get("by") == "signature")


def ask(request: HttpRequest, act: Act) -> Challenge:
    """The text this person is asked to sign in this session."""
    return signatures.ask(
        act, current(request), session=sessions.of(request), origin=sessions.origin(request)
    )


def asking(request: HttpRequest, act: Act, found: Examined | None = None, code: str = "") -> dict[str, Any]:
    """What `signing/parts/sign.html` is given: `signing`, the `lines` of its text, and `carried` for its hidden fields.

    found: the signature that came and does not fit. code: why, when that is not the verdict on it. The same text is
    shown again if it may still be signed, so that one taken away to be signed stays good.
    """
    code = code or (found.code if found else "")
    same = _same(found, act) if found and code not in pages.OVER else None
    challenge = same or ask(request, act)
    carried = [(name, value) for name, values in request.POST.lists() if name not in OURS for value in values]
    return {
        "signing": pages.page(challenge, code=code, why=found.why if found and code == found.code else ""),
        "lines": act.lines,
        "carried": carried,
    }


def _same(found: Examined, act: Act) -> Challenge | None:
    """The text that was shown, if it may still be signed and still says what the act is about.

    A form without a readable signature is turned down before anybody looks whose text and how old it names.
    """
    challenge = pages.again(found)
    if challenge is None or (challenge.purpose, challenge.object_key) != (act.purpose, act.object_key):
        return None
    return challenge if signatures.lines_of(challenge) == act.lines else None
