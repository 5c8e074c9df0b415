"""How long a session lasts, what a network and a device are called."""

import hashlib
import ipaddress
import re
from datetime import timedelta
from functools import lru_cache
from typing import Final

SESSION_LENGTH: Final = timedelta(hours=12)
SESSION_IDLE: Final = timedelta(hours=1)  # NIST SP 800-63B-4 §2.2.3: at most an hour at AAL2


PROOF_LASTS: Final = timedelta(minutes=30)  # sensitive acts ask for identity again after this
# How identity was proved (RFC 8176); also otp, sms, hwk and swk (passkeys), mfa for two of them together.
BY_PASSWORD: Final = "pwd"  # noqa: S105 - a name, not a secret


def cookie_hash(cookie: str) -> bytes:
    """How a session cookie is kept: the value is 256 random bits, so a plain hash suffices."""
    return hashlib.sha256(cookie.encode()).digest()


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
