"""What certificates point to, fetched: issuers, revocation lists, OCSP answers.

The addresses were written by strangers: anybody may upload a certificate of his own making. So a name is resolved
here, every address it has must be of the open network (or of SIGNING_NETWORKS), the connection goes to the address
that was looked at, redirects are looked at in the same way, and answers have a size and a time. Nothing of an answer
is believed here: `trust.validation` judges the signatures on it.
"""

import functools
import ipaddress
import logging
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from django.conf import settings

from dopusk.kernel import trace
from dopusk.web.outgoing.register import Breaker

log = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 2.0, 4.0
SECONDS: Final = 12.0  # for everything that is fetched for one signature
ATTEMPTS: Final = 2
REDIRECTS: Final = 2
MOST_FETCHES: Final = 16  # of one signature
PORTS: Final = frozenset({80, 443})  # beyond our own networks
HOSTS: Final = 512  # whose trouble is remembered


@dataclass(frozen=True)
class Kind:
    """What is fetched. most: bytes. sends: media type of the question, when there is one."""

    name: str
    most: int
    sends: str = ""


ISSUERS: Final = Kind("certificates", 256 * 1024)
CRL: Final = Kind("crl", 24 * 1024 * 1024)  # those of large Russian centres have some megabytes
OCSP: Final = Kind("ocsp", 64 * 1024, "application/ocsp-request")
ROOTS: Final = Kind("roots", 1024 * 1024)


class Unreachable(Exception):
    """Nothing usable came. code: address, down, refused, large, resting, late."""

    def __init__(self, code: str, url: str, reason: str = "") -> None:
        super().__init__(f"{code} {url[:200]} {reason}".strip())
        self.code = code


@dataclass
class Hosts:
    """Breakers of hosts, the longest unused forgotten first."""

    breakers: OrderedDict[str, Breaker] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, host: str) -> Breaker:
        """The host's breaker."""
        with self.lock:
            breaker = self.breakers.setdefault(host, Breaker())
            self.breakers.move_to_end(host)
            while len(self.breakers) > HOSTS:
                self.breakers.popitem(last=False)
            return breaker


hosts = Hosts()


@dataclass
class Budget:
    """Of one signature: until (monotonic seconds), and how many fetches are left."""

    until: float = field(default_factory=lambda: time.monotonic() + SECONDS)
    fetches: int = MOST_FETCHES

    def spend(self, url: str) -> None:
        """Count a fetch. Raises Unreachable when nothing is left."""
        self.fetches -= 1
        if self.fetches < 0 or time.monotonic() >= self.until:
            raise Unreachable("late", url)


def fetch(url: str, kind: Kind, question: bytes = b"", budget: Budget | None = None) -> bytes:
    """The body at the address, by GET, or by POST when there is a question. Raises Unreachable."""
    budget = budget or Budget()
    budget.spend(url)
    breaker = hosts.of(_parts(url)[1])
    if breaker.resting():
        raise Unreachable("resting", url)
    for attempt in range(ATTEMPTS):
        try:
            body = _follow(url, kind, question, budget.until)
        except httpx.HTTPError as error:
            hanging = time.monotonic() >= budget.until - 0.5 or isinstance(error, httpx.TimeoutException)
            if attempt + 1 == ATTEMPTS or hanging:
                breaker.failed(hanging=hanging)
                raise Unreachable("down", url, type(error).__name__) from error
        else:
            breaker.answered()
            return body
    raise AssertionError("unreachable: the last attempt returns or raises")


def _follow(url: str, kind: Kind, question: bytes, until: float) -> bytes:
    for _ in range(REDIRECTS + 1):
        with _answer(url, kind, question, until) as answer:
            if answer.is_redirect and not question:
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status_code >= 500:
                raise httpx.HTTPStatusError(str(answer.status_code), request=answer.request, response=answer)
            if answer.status_code != httpx.codes.OK:
                raise Unreachable("refused", url, str(answer.status_code))
            return _body(answer, kind, url, until)
    raise Unreachable("refused", url, "too many redirects")


@functools.cache
def client() -> httpx.Client:
    """One for all, made once: that costs more than a request. A connection serves one answer: they are of names."""
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=0)
    return httpx.Client(trust_env=False, follow_redirects=False, limits=limits)


@contextmanager
def _answer(url: str, kind: Kind, question: bytes, until: float) -> Iterator[httpx.Response]:
    """One request, to an address that was looked at; the name goes along for the server and for TLS."""
    scheme, host, port, rest = _parts(url)
    address = _open_address(url, host, port)
    literal = f"[{address}]" if ":" in address else address
    named = f"[{host}]" if ":" in host else host
    standard = {"http": 80, "https": 443}[scheme]
    headers = {
        "Host": named if port == standard else f"{named}:{port}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "User-Agent": "dopusk",
        "X-Trace-Id": trace.current(),
    }
    if question:
        headers["Content-Type"] = kind.sends
    left = max(until - time.monotonic(), 0.05)
    timeout = httpx.Timeout(min(READ_SECONDS, left), connect=min(CONNECT_SECONDS, left))
    with client().stream(
        "POST" if question else "GET",
        f"{scheme}://{literal}:{port}{rest}",
        headers=headers,
        content=question or None,
        timeout=timeout,
        extensions={"sni_hostname": host},
    ) as answer:
        yield answer


def _body(answer: httpx.Response, kind: Kind, url: str, until: float) -> bytes:
    """The body as it comes over the wire, no more of it than is allowed and no longer."""
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > kind.most:
            raise Unreachable("large", url, f"more than {kind.most} bytes of {kind.name}")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the answer comes too slowly", request=answer.request)
    return bytes(body)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port, and the rest from the path on. Raises Unreachable("address")."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except ValueError:
        raise Unreachable("address", url) from None
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None or not port:
        raise Unreachable("address", url)
    return parts.scheme, host, port, urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _open_address(url: str, host: str, port: int) -> str:
    """The address to connect to: of the open network, or of ours. Raises Unreachable, httpx.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError("the name is not found") from error
    addresses = [str(one[4][0]) for one in found]
    wrong = [one for one in addresses if not _may_ask(one, port)]
    if wrong or not addresses:
        log.warning("a certificate points to %s, port %d: not asked", wrong[:1], port)
        raise Unreachable("address", url, "not of the open network")
    return addresses[0]


def _may_ask(address: str, port: int) -> bool:
    """Whether a stranger's certificate may make us ask there."""
    one = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(one, "ipv4_mapped", None) or getattr(one, "sixtofour", None)
    one = inner or one
    if any(one in network for network in settings.SIGNING_NETWORKS if network.version == one.version):
        return True
    return one.is_global and not one.is_multicast and not one.is_reserved and port in PORTS
