"""Addresses of electronic mail. Whether one works is shown by a code sent to it, not by its spelling."""

import re
import unicodedata

from dopusk.kernel.invalid import Invalid

LONGEST = 254  # RFC 5321 §4.5.3.1.3
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def parse(text: str) -> str:
    """The address with its domain lower-cased. Raises `Invalid("email_format")`."""
    local, at, domain = unicodedata.normalize("NFC", text).strip().rpartition("@")
    domain = domain.lower()
    labels = domain.split(".")
    well = at and len(local) <= 64 and _LOCAL.fullmatch(local) and len(labels) > 1
    if not well or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Invalid("email_format")
    if len(local) + 1 + len(domain) > LONGEST:
        raise Invalid("email_format")
    return f"{local}@{domain}"


def mask(address: str) -> str:
    """`a***@example.org`, for lists and logs."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
