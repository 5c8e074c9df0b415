"""How long a session lasts, what a network and a device are called."""

import hashlib
import ipaddress
import re
from datetime import timedelta
from functools import lru_cache
from typing import Final

SESSION_LENGTH: Final = timedelta(hours=12)
# Defaults of DOPUSK_IDLE_WARNING_MINUTES and DOPUSK_IDLE_END_MINUTES; NIST SP 800-63B-4 §2.2.3: an hour at most.
IDLE_WARNING_MINUTES: Final = 15
IDLE_END_MINUTES: Final = 20

DEVICE_COOKIE_LASTS: Final = timedelta(days=400)  # no browser keeps a cookie longer (RFC 6265bis §5.5)
DEVICES_KNOWN: Final = 5  # browsers of a person that count as known: those she used last
DEVICE_FORGOTTEN_AFTER: Final = timedelta(days=400)
_DEVICE_COOKIE: Final = re.compile(r"[A-Za-z0-9_-]{43}")

PROOF_MARGIN: Final = timedelta(
    minutes=10
)  # a sensitive form is not shown with less time than this to fill it in
PROOF_LASTS: Final = timedelta(minutes=30)  # sensitive acts ask for identity again after this
# How identity was proved (RFC 8176); also otp, sms, hwk and swk (passkeys), mfa for two of them together.
BY_PASSWORD: Final = "pwd"  # noqa: S105 - a name, not a secret
BY_SIGNATURE: Final = "pop"  # of an electronic signature's key; where it is kept nobody knows


def together(before: list[str], now: list[str]) -> list[str]:
    """How a session stands proved after one proof more; `mfa` as soon as two kinds came together (RFC 8176)."""
    methods = dict.fromkeys([*before, *now])
    further = {"otp", "sms", "hwk", "swk"}.intersection(methods)
    if (further and {BY_PASSWORD, BY_SIGNATURE}.intersection(methods)) or {BY_PASSWORD, BY_SIGNATURE} <= set(
        methods
    ):
        methods["mfa"] = None
    return sorted(methods, key="mfa".__eq__)


def is_device_cookie(text: str) -> bool:
    """Whether a text has the form of the device cookies we give."""
    return _DEVICE_COOKIE.fullmatch(text) is not None


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(remote: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """The address a request comes from: the connection's own, or what trusted proxies say of it.

    forwarded: X-Forwarded-For, whose last entry the nearest proxy wrote. Read from the right as long as the speaker
    is trusted; what anybody else wrote there counts for nothing.
    """
    speaker = remote
    told = [part.strip() for part in forwarded.split(",")] if forwarded else []
    while told and _is_in(speaker, trusted):
        speaker = told.pop()
    return speaker


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return any(ip in one for one in networks)


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
