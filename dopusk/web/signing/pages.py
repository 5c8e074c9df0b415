"""What templates/signing/parts/sign.html is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from dopusk.web.signing.actions import Examined
from dopusk.web.signing.models import Challenge
from dopusk.web.signing.words import Sentences, say

# after these the same text cannot be signed any more: the page asks anew
OVER: Final = frozenset(
    {
        "challenge_unknown", "challenge_expired", "challenge_used", "other_session", "other_origin", "other_act",
        "content_changed", "too_many_tries",
    }
)  # fmt: skip


@dataclass(frozen=True)
class SigningPage:
    """The text to be signed, ways to sign it, and why the last signature was refused.

    content_url: the exact bytes. text: the same, to be read. commands: for openssl, by kind of key.
    """

    challenge_id: str
    content_url: str
    file_name: str
    size: int
    sha256: str
    title: str
    origin: str
    good_until: datetime
    text: str
    agent_id: str
    cadesplugin_url: str
    rutoken_url: str
    help_url: str
    command: str
    command_gost: str
    code: str = ""
    refusal: Sentences | None = None


def page(challenge: Challenge, *, code: str = "", why: str = "") -> SigningPage:
    """`{% include "signing/parts/sign.html" with signing=… action=… button=… %}`. code, why: of the last refusal."""
    content, name = challenge.content, file_name(challenge)
    return SigningPage(
        challenge_id=str(challenge.pk),
        content_url=reverse("signing:content", args=[challenge.pk]),
        file_name=name,
        size=len(content),
        sha256=challenge.sha256,
        title=challenge.title,
        origin=challenge.origin,
        good_until=challenge.good_until,
        text=content.decode(),
        agent_id=settings.SIGNING_AGENT_ID,
        cadesplugin_url=_script(settings.SIGNING_CADESPLUGIN),
        rutoken_url=_script(settings.SIGNING_RUTOKEN),
        help_url=settings.SIGNING_HELP_URL,
        command=openssl(name),
        command_gost=openssl(name, gost=True),
        code=code,
        refusal=say(code, why) if code else None,
    )


def again(examined: Examined) -> Challenge | None:
    """The challenge that the next try may still answer, so that a text downloaded stays good; None: ask anew."""
    challenge = examined.challenge
    over = (
        examined.code in OVER
        or challenge is None
        or challenge.used_at
        or challenge.good_until <= timezone.now()
    )
    return None if over else challenge


def file_name(challenge: Challenge) -> str:
    """Of the text as a file: Latin letters, so that it is the same in every program."""
    return f"dopusk-{str(challenge.pk)[:8]}.txt"


def openssl(name: str, *, gost: bool = False) -> str:
    """The line that signs the file."""
    key = " -md md_gost12_256 -engine gost" if gost else ""
    return (
        f"openssl cms -sign -cades -binary -nosmimecap -in {name} -signer certificate.pem -inkey key.pem"
        f"{key} -outform DER -out {name}.p7s"
    )


def _script(path: str) -> str:
    return static(path) if path else ""
