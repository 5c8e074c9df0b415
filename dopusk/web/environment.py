"""Settings come from the environment and are checked at start; nothing else reads `os.environ`.

Every name may be given as NAME or as NAME_FILE (a file holding the value), so that secrets
need not stand in a process list. A missing or malformed value raises `Misconfigured`.
"""

import base64
import ipaddress
import os
from pathlib import Path
from typing import TypedDict
from urllib.parse import parse_qsl, unquote, urlsplit


class Misconfigured(Exception):
    """The environment does not let the site start; the message says which name and why."""


class DatabaseSettings(TypedDict):
    """What Django wants to know of one PostgreSQL database."""

    ENGINE: str
    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str
    OPTIONS: dict[str, object]
    CONN_MAX_AGE: int | None
    CONN_HEALTH_CHECKS: bool


def text(name: str, default: str | None = None) -> str:
    """The value of NAME, or the content of the file NAME_FILE names."""
    value = os.environ.get(name)
    path = os.environ.get(f"{name}_FILE")
    if value is None and path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE={path} cannot be read: {error.strerror}") from error
    if value is None:
        value = default
    if value is None:
        raise Misconfigured(f"{name} (or {name}_FILE) is not set; `./dev run` sets it for the sandbox")
    return value


def secret(name: str) -> str:
    """A secret key or token: at least 32 characters, so that an empty or a short one is noticed at start."""
    value = text(name)
    if len(value) < 32:
        raise Misconfigured(f"{name} must have at least 32 characters, it has {len(value)}")
    return value


def flag(name: str, *, default: bool) -> bool:
    """A yes-or-no value, written 1 or 0."""
    value = text(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise Misconfigured(f"{name} must be 1 or 0, not {value!r}")
    return value == "1"


def whole(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, `least` or more."""
    value = text(name, str(default)).strip()
    if not value.isdecimal() or int(value) < least:
        raise Misconfigured(f"{name} must be a whole number from {least}, not {value!r}")
    return int(value)


def networks(name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Addresses and networks parted by commas or spaces, as `10.0.0.0/8 ::1`; none when it is not set."""
    try:
        return tuple(ipaddress.ip_network(part) for part in text(name, "").replace(",", " ").split())
    except ValueError as error:
        raise Misconfigured(f"{name}: {error}") from error


def key(name: str) -> bytes:
    """A secret of exactly 32 bytes, written in base64."""
    try:
        value = base64.b64decode(text(name), validate=True)
    except ValueError as error:
        raise Misconfigured(f"{name} is not base64") from error
    if len(value) != 32:
        raise Misconfigured(f"{name} must hold 32 bytes, it holds {len(value)}")
    return value


def url(name: str) -> str:
    """An http(s) address without a trailing slash."""
    value = text(name).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Misconfigured(f"{name} must be an http(s) address, not {value!r}")
    return value


def database(site: str) -> DatabaseSettings:
    """The site's own database: DOPUSK_<SITE>_DATABASE_URL, or dopusk_<site> on DOPUSK_DATABASE_URL's server."""
    own = f"DOPUSK_{site.upper()}_DATABASE_URL"
    address = os.environ.get(own) or (text(own) if os.environ.get(f"{own}_FILE") else None)
    name = None
    if address is None:
        address, name = text("DOPUSK_DATABASE_URL"), f"dopusk_{site}"
    parts = urlsplit(address)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Misconfigured(f"{own} must be a postgresql:// address")
    options: dict[str, object] = dict(parse_qsl(parts.query))
    host = str(options.pop("host", "") or unquote(parts.hostname or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name or unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 5, **options},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }
