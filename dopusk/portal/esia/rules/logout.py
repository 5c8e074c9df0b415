"""The checks of a request to end the session, in the order they are asked; their faults are shown on a page."""

from typing import Final
from urllib.parse import urlsplit

from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules.ac import client_is_known
from dopusk.portal.esia.rules.received import Check, Received, is_readable, mandatory, nothing_is_repeated


def return_is_registered(received: Received) -> EsiaFault | None:
    """§1, §8 007023: an address the system has registered; of a lenient one, any of their sites (§2)."""
    address = received.get("redirect_url")
    client = received.client
    if not address or client is None or address in client.redirect_uris | client.signed_out_uris:
        return None
    if received.lenient and _origin(address) in client.origins():
        return None
    return EsiaFault("007023", "redirect_unregistered", "redirect_url")


def _origin(address: str) -> str:
    """Scheme and host of an address that every browser reads alike; else an empty text."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    odd = not address.isascii() or any(sign <= " " or sign in '"<>\\^`{|}' for sign in address)
    return "" if odd or parts.username is not None else f"{parts.scheme}://{parts.netloc}"


LOGOUT: Final[tuple[Check, ...]] = (
    is_readable,
    nothing_is_repeated,
    mandatory("client_id"),
    client_is_known,
    return_is_registered,
)
