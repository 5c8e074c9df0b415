"""What a letter is before it is kept: its address, its one-line subject, the links in its text."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from dopusk.kernel import email, phone
from dopusk.kernel.invalid import Invalid

Channel = Literal["sms", "mail"]
KEPT, SHOWN = timedelta(days=30), timedelta(days=7)  # a letter's row; what the inbox of the stand shows
LONGEST_SUBJECT = 200
_ENDS = ".,;:!?»\"')]}>…"  # of a sentence, not of an address


@dataclass(frozen=True)
class Parcel:
    """What a channel carries. id: of the letter, the same at every attempt; to: phone or e-mail, normal spelling."""

    id: str
    to: str
    subject: str
    text: str


@dataclass(frozen=True)
class Piece:
    """A part of a text: plain, or a link when url is not empty."""

    text: str
    url: str = ""


def address(text: str) -> tuple[Channel, str]:
    """The channel and the normal spelling of an address as people write it. Raises `Invalid`: `phone_format`,
    `email_format`."""
    if "@" in text:
        return "mail", email.parse(text)
    return "sms", phone.parse(text)


def checked(channel: str, to: str) -> Channel:
    """The channel, if `to` is an address of it in its normal spelling. Raises ValueError: the caller is wrong."""
    with contextlib.suppress(Invalid):
        if channel == "sms" and phone.parse(to) == to:
            return "sms"
        if channel == "mail" and email.parse(to) == to:
            return "mail"
    raise ValueError(f"no address of channel {channel!r} in its normal spelling")


def mask(channel: str, to: str) -> str:
    """The address for lists and logs."""
    return phone.mask(to) if channel == "sms" else email.mask(to)


def ascii_address(address: str) -> str:
    """An e-mail address with its domain as servers know it (IDNA, RFC 3490). Raises ValueError for no domain."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def one_line(subject: str) -> str:
    """A subject without line ends and control characters: it becomes a header."""
    plain = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else sign for sign in subject
    )
    return " ".join(plain.split())[:LONGEST_SUBJECT]


def late(good_until: datetime | None, now: datetime) -> bool:
    """Whether it is of no use any more."""
    return good_until is not None and now >= good_until


def pieces(text: str, site: str) -> Iterator[Piece]:
    """The text with its links to pages of `site` (an address without a trailing slash), and to nowhere else."""
    done = 0
    for found in re.finditer(re.escape(site) + r"(?:/[A-Za-z0-9\-._~%!$&'()*+,;=:@/?#]*)?(?![\w.:@-])", text):
        url = found[0].rstrip(_ENDS)
        if not url.startswith(site):
            continue
        yield Piece(text[done : found.start()])
        yield Piece(url, url)
        done = found.start() + len(url)
    yield Piece(text[done:])
