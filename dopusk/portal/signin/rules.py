"""Where sign-in may lead, and how long a stranger waits."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from dopusk.portal.sessions.rules import DEVICES_KNOWN

# How many wrong passwords in a row anybody may try, and how long one waits between them; docs/security.md explains.
# Each table: how long after the first, second… failure; its last entry holds for all further ones.
_S, _M, _H = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NO_WAIT: Final = timedelta(0)
# from one network with one identifier, or from one known device
NEAR_WAITS: Final = (*[NO_WAIT] * 4, 30 * _S, _M, 2 * _M, 4 * _M, 8 * _M, 15 * _M)
# from all unknown devices together, with one identifier, and with all identifiers of one account
_NINE: Final = [NO_WAIT] * 9
CLOSED: Final = timedelta(days=365)
FAR_WAITS: Final = (*_NINE, 5 * _M, *_NINE, 30 * _M, *_NINE, 2 * _H, *_NINE, 12 * _H, *_NINE, CLOSED)
CLOSED_FROM: Final = timedelta(days=1)  # a wait beyond this is no wait to speak of
STRANGERS_TRIES: Final = len(
    FAR_WAITS
)  # then the password opens nothing on an unknown device until somebody unlocks
DEVICE_TRIES: Final = len(NEAR_WAITS)  # then the device counts as unknown until she has signed in on it
# NIST SP 800-63B-4 §3.2.2: at most 100 in a row for one authenticator
TRIES_IN_ALL: Final = STRANGERS_TRIES + DEVICES_KNOWN * DEVICE_TRIES
# from one network with any identifiers: each minute forgives so many
NETWORK_TRIES: Final = 300
NETWORK_FORGIVEN_A_MINUTE: Final = 10
NETWORK_WAIT: Final = 15 * _M

# signatures looked at for one network: each costs us calls to their issuer, none can be guessed
KNOCKS: Final = 60
KNOCKS_FORGIVEN_A_MINUTE: Final = 10
KNOCK_WAIT: Final = _M

PENDING_LASTS: Final = timedelta(minutes=10)  # between the first step of a sign-in and the last


class Step(StrEnum):
    """What a sign-in still lacks after a right password."""

    SECOND = "second"
    PASSWORD = "password"  # noqa: S105 - a name: a new one has to be chosen
    DONE = "done"


def next_step(*, second_due: bool, amr: list[str], must_change: str) -> Step:
    """The second step comes before a new password: who has stolen the old one may not choose another."""
    if second_due and "mfa" not in amr:
        return Step.SECOND
    return Step.PASSWORD if must_change else Step.DONE


_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")


def safe_next(text: str) -> str:
    """The path to go to after sign-in, or `/`: only paths of this site that no browser reads as another host."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or len(text) > 8000:
        return "/"
    if _UNSAFE.search(text):
        return "/"
    try:
        parts = urlsplit(text)
    except ValueError:
        return "/"
    return text if not parts.scheme and not parts.netloc else "/"


def past_signin(next_path: str) -> str:
    """Where one who is signed in already goes on, or an empty text: an authorization has sent her to sign in anew."""
    if next_path.startswith("/oidc/"):
        return ""
    return "/" if next_path.startswith(("/signin", "/signout")) else next_path


def is_in_the_middle(next_path: str) -> bool:
    """Whether a service has asked for a fresh sign-in (`prompt=login`, `max_age`): no moment for offers."""
    return re.match(r"/oidc/authorize\?(?:.*&)?again=", next_path) is not None


LONGEST_IDENTIFIER: Final = 254  # characters
_CLIENT: Final = re.compile(
    r"(?:/oidc/authorize|/aas/oauth2/(?:v2/)?ac)\?(?:.*&)?client_id=([A-Za-z0-9._-]{1,100})(?:&|$)"
)


def client_of(next_path: str) -> str:
    """The service on whose behalf the person signs in, told by the address she returns to; or an empty text."""
    found = _CLIENT.match(next_path)
    return found[1] if found else ""


def hinted(text: str) -> str:
    """What a service knows her by (OIDC Core §3.1.2.1, `login_hint`), for the field; an empty text if it is no
    identifier people could type."""
    return text if len(text) <= LONGEST_IDENTIFIER and text.isprintable() else ""


@dataclass(frozen=True)
class Held:
    """Sign-in with this identifier is put off for this browser. closed: nobody knows for how long."""

    until: datetime
    closed: bool = False
