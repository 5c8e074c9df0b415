"""Where sign-in may lead, how long a stranger waits, what a device is called."""

import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

SESSION_LENGTH: Final = timedelta(hours=12)
SESSION_IDLE: Final = timedelta(hours=1)  # NIST SP 800-63B-4 §2.2.3: at most an hour at AAL2

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


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The network an address counts for: /24 of IPv4, /64 of IPv6; `unknown` for anything else."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 64), strict=False))


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


_BROWSERS: Final = (
    ("Яндекс Браузер", r"YaBrowser/"),
    ("Edge", r"Edg/"),
    ("Opera", r"OPR/"),
    ("Firefox", r"Firefox/"),
    ("Chrome", r"Chrom(?:e|ium)/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS: Final = (
    ("Android", r"Android"),
    ("iOS", r"iPhone|iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("Linux", r"Linux"),
)


@lru_cache(maxsize=1024)
def device(user_agent: str) -> str:
    """A device in words a person knows: «Firefox, Linux»; «неизвестная программа» when it does not say."""
    browser = next((name for name, sign in _BROWSERS if re.search(sign, user_agent)), "")
    system = next((name for name, sign in _SYSTEMS if re.search(sign, user_agent)), "")
    return ", ".join(part for part in (browser, system) if part) or "неизвестная программа"


@dataclass(frozen=True)
class Held:
    """Sign-in with this identifier from this network is put off."""

    until: datetime
