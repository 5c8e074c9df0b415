"""What arrived at an address: for tests of any slice."""

import re

from dopusk.web.delivery.models import Letter, index_of


def texts(to: str) -> list[str]:
    """The texts of letters on their way to an address, the oldest first."""
    rows = Letter.objects.filter(to_index=index_of(to), state="waiting").order_by("created_at")
    return [one.parcel().text for one in rows]


def last_code(to: str) -> str:
    """The digits of the latest code sent there."""
    return re.findall(r"\b\d{6}\b", texts(to)[-1])[0]


def last_path(to: str) -> str:
    """The path of the link in the latest letter there."""
    return re.findall(r"https?://[^/\s]+(/\S+)", texts(to)[-1])[0]


def wrong(digits: str) -> str:
    """Six digits that are not these."""
    return f"{(int(digits) + 1) % 10**6:06d}"
