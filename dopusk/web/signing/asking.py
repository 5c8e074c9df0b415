"""One question to an address that a stranger wrote: who may be asked, and how long an answer may take.

Anybody may upload a certificate of his own making. So a name is resolved here, every address it has must be of the
open network (or of SIGNING_NETWORKS), the connection goes to the address that was looked at, and everything from
connecting to the last octet has one deadline: libraries bound only each pause, and a server that sends an octet of its
head every second would hold us for ever.
"""

import functools
import http.client
import io
import ipaddress
import logging
import socket
import ssl
import time
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings

from dopusk.kernel import trace

log = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
PORTS: Final = frozenset({80, 443})  # beyond our own networks
_USUAL: Final = {"http": 80, "https": 443}
_PIECE: Final = 64 * 1024


class NotAsked(Exception):
    """Whoever is named there is not asked: no address of ours to ask, or not of the open network."""


class TooLarge(Exception):
    """More came than is allowed."""


@dataclass(frozen=True)
class Place:
    """Where an address leads. rest: from the path on."""

    scheme: str
    host: str
    port: int
    rest: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """Raises NotAsked."""
        if not url.isprintable():
            raise NotAsked("no address")
        try:
            parts = urlsplit(url)
            port = parts.port or _USUAL.get(parts.scheme, 0)
            host = (parts.hostname or "").encode("idna").decode()
            rest = urlunsplit(("", "", parts.path or "/", parts.query, "")).encode("ascii").decode()
        except ValueError:
            raise NotAsked("no address") from None
        if parts.scheme not in _USUAL or not host or parts.username is not None or not port:
            raise NotAsked("no address of the web")
        return cls(parts.scheme, host, port, rest)

    @property
    def named(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Answer:
    """status: of HTTP. location: where a redirect leads."""

    status: int
    location: str
    body: bytes = field(repr=False)


def ask(place: Place, question: bytes, *, sends: str, most: int, until: float) -> Answer:
    """GET, or POST when there is a question. until: monotonic seconds.

    Raises NotAsked, TooLarge, and OSError or http.client.HTTPException when no whole answer came in time.
    """
    headers = {
        "Host": place.named,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": "dopusk",
        "X-Trace-Id": trace.current(),
    } | ({"Content-Type": sends} if question else {})
    with closing(_connected(place, until)) as connected:
        caller = http.client.HTTPConnection(place.host, place.port)
        caller.sock = _Line(connected, until)
        caller.request("POST" if question else "GET", place.rest, question or None, headers)
        response = caller.getresponse()
        body = bytearray()
        while response.status == http.client.OK and (piece := response.read(_PIECE)):
            body += piece
            if len(body) > most:
                raise TooLarge(f"more than {most} bytes")
        return Answer(response.status, response.headers.get("Location", ""), bytes(body))


class _Reader(io.RawIOBase):
    """Octets of a connection, each time within what is left of it."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        super().__init__()
        self._socket, self._until = connected, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(_left(self._until, READ_SECONDS))
        return self._socket.recv_into(buffer)


class _Line:
    """What `http.client` wants of a socket. It may say close() when the head has been read: `ask` closes."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self._socket, self._until = connected, until

    def sendall(self, content: bytes) -> None:
        self._socket.settimeout(_left(self._until, READ_SECONDS))
        self._socket.sendall(content)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._socket, self._until))

    def close(self) -> None:
        """Not yet."""


def _connected(place: Place, until: float) -> socket.socket:
    family, address = _open_address(place)
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(_left(until, CONNECT_SECONDS))
        line.connect(address)
        if place.scheme == "http":
            return line
        line.settimeout(_left(until, CONNECT_SECONDS))  # of the whole handshake
        return _trust().wrap_socket(line, server_hostname=place.host)
    except BaseException:
        line.close()
        raise


def _left(until: float, most: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is over")
    return min(left, most)


@functools.cache
def _trust() -> ssl.SSLContext:
    """Of the system; made once, that costs more than a question."""
    return ssl.create_default_context()


def _open_address(place: Place) -> tuple[int, tuple[Any, ...]]:
    """Family and address to connect to: of the open network, or of ours. Raises NotAsked, OSError."""
    try:
        found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise NotAsked("no name") from error
    if not found or any(not may_ask(str(one[4][0]), place.port) for one in found):
        log.warning("a certificate points to %s, port %d: not asked", place.host, place.port)
        raise NotAsked("not of the open network")
    return found[0][0], found[0][4]


def may_ask(address: str, port: int) -> bool:
    """Whether a stranger's certificate may make us ask there."""
    one = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(one, "ipv4_mapped", None) or getattr(one, "sixtofour", None)
    one = inner or one
    if any(one in network for network in settings.SIGNING_NETWORKS if network.version == one.version):
        return True
    site_local = (
        isinstance(one, ipaddress.IPv6Address) and one.is_site_local
    )  # global to Python, inner to routers
    usual = one.is_global and not one.is_multicast and not one.is_reserved
    return usual and not site_local and port in PORTS
