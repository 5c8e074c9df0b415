"""What templates/signing/parts/sign.html is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone

from dopusk.web.signing.actions import Examined
from dopusk.web.signing.meanings import Group, groups
from dopusk.web.signing.models import Challenge
from dopusk.web.signing.words import Sentences, anchor, say

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

    content_url: the exact bytes. text: the same, to be read. commands: for openssl, by kind of key. help_url: takes
    anchors, `#agent` or a code. exact: the code with its why, where that has words of its own. sandbox: certificates
    are given here as a folder with their key.
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
    sandbox: bool
    code: str = ""
    exact: str = ""
    refusal: Sentences | None = None

    @property
    def digest(self) -> list[str]:
        """The digest in groups, between which a line may break."""
        return [self.sha256[at : at + 8] for at in range(0, len(self.sha256), 8)]


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
        help_url=help_url(),
        command=openssl(name),
        command_gost=openssl(name, gost=True),
        sandbox=bool(settings.SIGNING_REGISTERS),
        code=code,
        exact=anchor(code, why),
        refusal=say(code, why) if code else None,
    )


@dataclass(frozen=True)
class HelpPage:
    """How people sign on this site.

    groups: refusals, those of `asked` alone when something was. origins: sites the agent must be told of, those of
    this machine excepted. authority: where a sandbox gives certificates for trying, or "".
    """

    groups: list[Group]
    asked: str
    agent: bool
    cadesplugin: bool
    rutoken: bool
    origins: tuple[str, ...]
    authority: str

    @property
    def found(self) -> int:
        """How many refusals are shown."""
        return sum(len(one.meanings) for one in self.groups)


def help_page(asked: str) -> HelpPage:
    """As this deployment is set up."""
    registers = settings.SIGNING_REGISTERS
    return HelpPage(
        groups=groups(asked),
        asked=asked,
        agent=bool(settings.SIGNING_AGENT_ID),
        cadesplugin=bool(settings.SIGNING_CADESPLUGIN),
        rutoken=bool(settings.SIGNING_RUTOKEN),
        origins=_origins(),
        authority=f"{registers}/pki/" if registers and not settings.ALONE else "",
    )


def help_url() -> str:
    """Where people read how to sign: the operator's page, or ours."""
    return settings.SIGNING_HELP_URL or reverse("signing:help")


def _origins() -> tuple[str, ...]:
    """Sites people sign on, without those of this machine, which the agent knows."""
    sites = {"portal": settings.PORTAL_URL, "cabinet": settings.CABINET_URL}
    mine = (url for name, url in sites.items() if name == settings.SITE or not settings.ALONE)
    parts = (urlsplit(url) for url in mine)
    found = (
        f"{one.scheme}://{one.netloc}"
        for one in parts
        if one.scheme != "http" or one.hostname not in {"localhost", "127.0.0.1"}
    )
    return tuple(dict.fromkeys(found))


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
    """The line that signs the file, with every certificate of certificate.pem in the signature.

    -nocerts: openssl 3.0 adds the signer's own a second time otherwise, and fails.
    """
    key = " -md md_gost12_256 -engine gost" if gost else ""
    return (
        f"openssl cms -sign -cades -binary -nosmimecap -in {name} -signer certificate.pem"
        f" -nocerts -certfile certificate.pem -inkey key.pem{key} -outform DER -out {name}.p7s"
    )


def _script(path: str) -> str:
    return static(path) if path else ""
