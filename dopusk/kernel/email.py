"""Addresses of electronic mail. Whether one works is shown by a code sent to it, not by its spelling."""

import re
import unicodedata

from dopusk.kernel import pasted
from dopusk.kernel.invalid import Invalid

LONGEST = 254  # RFC 5321 §4.5.3.1.3
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def parse(text: str) -> str:
    """The address with its domain lower-cased and in letters people read. Raises `Invalid("email_format")`.

    One mailbox is one text: `почта.рф` and `xn--80a1acny.xn--p1ai`, full width and half, are spellings of the same.
    """
    local, at, domain = (pasted.plain(text) or "").strip().rpartition("@")
    labels = [_read(label) for label in domain.lower().split(".")]
    domain = ".".join(labels)
    well = at and len(local) <= 64 and _LOCAL.fullmatch(local) and len(labels) > 1
    if not well or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise Invalid("email_format")
    if len(local) + 1 + len(domain) > LONGEST:
        raise Invalid("email_format")
    return f"{local}@{domain}"


def _read(label: str) -> str:
    """A label of the wire (RFC 5890: `xn--…`) as people read it; one that is written amiss is refused."""
    if not label.startswith("xn--"):
        return label
    try:
        read = label[4:].encode("ascii").decode("punycode")
        again = f"xn--{read.encode('punycode').decode()}"
    except ValueError as error:
        raise Invalid("email_format") from error
    if read.isascii() or again != label or unicodedata.normalize("NFKC", read).lower() != read:
        raise Invalid("email_format")
    return read


def mask(address: str) -> str:
    """`a***@example.org`, for lists and logs."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}"
