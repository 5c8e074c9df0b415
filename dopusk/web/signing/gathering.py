"""What certificates point to, fetched: issuers, revocation lists, OCSP answers.

Redirects are looked at like first addresses, a signature has a budget of time and questions, and a host that fails is
left alone for a while. Nothing of an answer is believed here: `trust.validation` judges the signatures on it.
"""

import http.client
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from dopusk.web.outgoing.register import Breaker
from dopusk.web.signing import asking
from dopusk.web.signing.asking import NotAsked, Place, TooLarge

SECONDS: Final = 12.0  # for everything that is fetched for one signature
ATTEMPTS: Final = 2
REDIRECTS: Final = 2
MOST_FETCHES: Final = 16  # of one signature
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
    """Nothing usable came. code: address, down, refused, large, resting, late, garbage."""

    def __init__(self, code: str, url: str, reason: str = "") -> None:
        named = url[:200].encode("unicode_escape").decode()  # for a log: strangers wrote it
        super().__init__(f"{code} {named} {reason}".strip())
        self.code = code


class _Failed(Exception):
    """The host said that it cannot now."""


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
    breaker = hosts.of(_place(url).named)
    if breaker.resting():
        raise Unreachable("resting", url)
    for attempt in range(ATTEMPTS):
        try:
            body = _follow(url, kind, question, budget.until)
        except (OSError, http.client.HTTPException, _Failed) as error:
            over = time.monotonic() >= budget.until  # looking a name up has no deadline of its own
            hanging = isinstance(error, TimeoutError) or over
            if attempt + 1 == ATTEMPTS or hanging:
                breaker.failed(hanging=hanging)
                raise Unreachable("down", url, repr(error)) from error
        else:
            breaker.answered()
            return body
    raise AssertionError("unreachable: the last attempt returns or raises")


def _place(url: str) -> Place:
    try:
        return Place.of(url)
    except NotAsked as refused:
        raise Unreachable("address", url, str(refused)) from None


def _moved(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as broken:  # a stranger's server may write anything there
        raise Unreachable("address", url, str(broken)) from None


def _follow(url: str, kind: Kind, question: bytes, until: float) -> bytes:
    for _ in range(REDIRECTS + 1):
        try:
            answer = asking.ask(_place(url), question, sends=kind.sends, most=kind.most, until=until)
        except NotAsked as refused:
            raise Unreachable("address", url, str(refused)) from None
        except TooLarge as large:
            raise Unreachable("large", url, f"{large} of {kind.name}") from None
        if answer.status == http.client.OK:
            return answer.body
        if answer.status >= 500:
            raise _Failed(answer.status)
        if answer.status not in {301, 302, 303, 307, 308} or question or not answer.location:
            raise Unreachable("refused", url, str(answer.status))
        url = _moved(url, answer.location)
    raise Unreachable("refused", url, "too many redirects")
