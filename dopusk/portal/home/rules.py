"""What wants the person's attention, and how her journal is sorted and read."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# -- attention -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Portrait:
    """What the first page looks at. proofing: state of a living attempt (`asking`, `waiting`, `questions`, `review`),
    or what is decided against a confirmation (`suspended`, `withdrawn`), or empty. unverified: kinds of contacts
    that wait to be shown to be hers; contacts: kinds that are; asked: the monthly look is due. certificate_ending: the
    last certificate she can sign in by ends within a month. by_signature: this session was opened by one."""

    level: str
    proofing: str
    unverified: frozenset[str]
    contacts: frozenset[str]
    second_factor: bool
    asked: bool
    cooling: bool
    certificate_ending: bool = False
    by_signature: bool = False


# what a living attempt, or a decision, asks of her; each leads to /proofing/
PROOFING: Final = {
    "asking": "proofing_waiting",
    "waiting": "proofing_waiting",
    "questions": "proofing_questions",
    "review": "proofing_review",
    "suspended": "confirmation_suspended",
    "withdrawn": "confirmation_withdrawn",
}


def wants_attention(portrait: Portrait) -> list[str]:
    """Codes, the most pressing first."""
    found = ["cooling"] if portrait.cooling else []
    if portrait.level != "confirmed":
        found.append(PROOFING.get(portrait.proofing, "not_confirmed"))
    if not portrait.contacts:
        found.append("no_contact")
    found += [f"{kind}_unverified" for kind in ("phone", "email") if kind in portrait.unverified]
    if portrait.certificate_ending:
        found.append("certificate_ending")
    if not portrait.second_factor:
        found.append("password_alone" if portrait.by_signature else "no_second_factor")
    return found + (["look"] if portrait.asked else [])


# -- the journal ---------------------------------------------------------------------------------------------

# kind → beginnings of acts; what none of them names is a change
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "signins": ("signin.", "sessions.", "recovery.", "devices."),
    "consents": ("consent.", "registration.consented"),
    "data": (
        "oidc.", "profile.document_read", "profile.exported", "journal.exported",
        "proofing.scan_seen", "proofing.looked_up", "support.looked_up", "support.journal_read", "support.letters_seen",
    ),
    "changes": (),
}  # fmt: skip
PERIODS: Final = {"week": 7, "month": 30, "year": 365}


def kind_of(act: str) -> str:
    """Which kind an act is."""
    return next((kind for kind, begins in KINDS.items() if begins and act.startswith(begins)), "changes")


def since(period: str, now: datetime) -> datetime | None:
    """Where a period begins; None for everything."""
    days = PERIODS.get(period)
    return now - timedelta(days=days) if days else None


# what the portal itself writes down when somebody knocks, and when a stranger's knock opened something
KNOCKS: Final = ("signin.", "recovery.", "factor.", "passkey.", "contacts.", "password.", "certificate.")


# beginnings of what people of the desk do to somebody else's account
DESK: Final = (
    "support.",
    "operator.",
    "proofing.",
    "profile.",
    "signin.unlocked",
    "factor.all_removed",
    "sessions.",
    "delivery.",
)
_PERSON: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def by(actor: str, act: str, sub: str) -> str:
    """Who did it, to her: `own`, `operator` (another person, by an act of the desk), `system`, or `stranger`:
    somebody who has not signed in, as every attempt that failed."""
    if actor == sub:
        return "own"
    if actor == "system":
        return "system"
    return "operator" if _PERSON.fullmatch(actor) and act.startswith(DESK) else "stranger"


def may_disown(actor: str, act: str, sub: str, subject: str) -> bool:
    """Whether she may say «это не я»: of what was done in her name to her account, and of ways into it."""
    own = actor == sub and subject in {sub, ""}
    return own or (actor == "system" and act.startswith(KNOCKS))


LOCAL: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
        "fc00::/7", "fe80::/10", "::/64",
    )
)  # fmt: skip  # RFC 1918, RFC 4193 and loopback; ipaddress.is_private counts networks for documentation too


def place(network: str) -> str:
    """`local` for a network that is nobody's in particular, `unknown`, or an empty text: the network says it all."""
    try:
        found = ipaddress.ip_network(network)
    except ValueError:
        return "unknown"
    local = any(one.version == found.version and found.network_address in one for one in LOCAL)
    return "local" if local else ""


def cell(text: str) -> str:
    """A cell of a table that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
