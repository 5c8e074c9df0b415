"""Where sign-in may lead, and how long a stranger waits."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

FREE_TRIES: Final = 5  # in a row from one network, without waiting
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
TRIES_IN_ALL: Final = 100  # in a row from everywhere (NIST SP 800-63B-4 §3.2.2)
CLOSED_FOR: Final = timedelta(hours=24)
FORGOTTEN_AFTER: Final = timedelta(hours=24)  # failures from one network


@dataclass(frozen=True)
class Failures:
    """Failed attempts in a row for one identifier: from this network, and from all."""

    here: int
    everywhere: int


def wait_after(failures: Failures) -> timedelta:
    """How long this network waits for its next attempt, the latest failure counted in."""
    if failures.everywhere >= TRIES_IN_ALL:
        return CLOSED_FOR
    if failures.here < FREE_TRIES:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * 2 ** min(failures.here - FREE_TRIES, 16)
    return min(doubled, LONGEST_WAIT)


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


_CLIENT: Final = re.compile(r"/oidc/authorize\?(?:.*&)?client_id=([A-Za-z0-9._-]{1,100})(?:&|$)")


def client_of(next_path: str) -> str:
    """The service on whose behalf the person signs in, told by the address she returns to; or an empty text."""
    found = _CLIENT.match(next_path)
    return found[1] if found else ""


@dataclass(frozen=True)
class Held:
    """Sign-in with this identifier from this network is put off."""

    until: datetime
