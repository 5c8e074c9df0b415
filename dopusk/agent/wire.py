"""Native messaging: a length of four bytes in the machine's order, then so much JSON in UTF-8, on stdin and stdout."""

import json
import struct
from typing import IO, Any, Final

LARGEST_IN: Final = 1024 * 1024  # what browsers may send is more; a text to be signed has 256 KiB at most
BROWSERS_SEND: Final = 64 * 1024 * 1024  # less than this
LARGEST_OUT: Final = 1024 * 1024  # more the browser does not take


class Garbled(ValueError):
    """What came is no message. ``why``: truncated, large, json."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def read(stream: IO[bytes]) -> dict[str, Any] | None:
    """The next message, None at the end of the stream. Raises Garbled."""
    head = stream.read(4)
    if not head:
        return None
    if len(head) < 4:
        raise Garbled("truncated")
    (size,) = struct.unpack("=I", head)
    if size > LARGEST_IN:
        _skip(stream, size if size < BROWSERS_SEND else 0)  # who stops reading is not listened to any more
        raise Garbled("large")
    body = stream.read(size)
    if len(body) < size:
        raise Garbled("truncated")
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        raise Garbled("json") from None
    if not isinstance(message, dict):
        raise Garbled("json")
    return message


def _skip(stream: IO[bytes], size: int) -> None:
    while size > 0 and (part := stream.read(min(size, 65536))):
        size -= len(part)


def pack(message: dict[str, object]) -> bytes:
    """As it goes over the wire. Raises Garbled("large")."""
    body = json.dumps(message).encode()
    if len(body) > LARGEST_OUT:
        raise Garbled("large")
    return struct.pack("=I", len(body)) + body
