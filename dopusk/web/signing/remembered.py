"""Revocation lists and OCSP answers as this process remembers them: so that a second signature waits for nobody.

Within SIGNING_REMEMBER the remembered one is enough. Later it is asked for again; should nobody answer, the remembered
one serves until its own nextUpdate: its issuer promised nothing newer before. Who promises nothing (an OCSP answer
without nextUpdate: «ask whenever you want to know», RFC 6960 §4.2.2.1) is asked every time: what he said minutes ago is
too old for a verdict, and would only keep us from asking.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.x509 import ocsp
from django.conf import settings
from django.utils import timezone

from dopusk.trust.certificates import UNREADABLE
from dopusk.web.signing import gathering
from dopusk.web.signing.gathering import Budget, Unreachable

ROOM: Final = 64 * 1024 * 1024  # bytes of all that is remembered
MOST: Final = 2000  # pieces


@dataclass(frozen=True)
class Piece:
    """der: as it came. fetched_at: our clock. next_update: its issuer's promise."""

    der: bytes = field(repr=False)
    fetched_at: datetime
    next_update: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether nobody need be asked."""
        lasts: timedelta = settings.SIGNING_REMEMBER
        return self.serves(now) and now - self.fetched_at < lasts

    def serves(self, now: datetime) -> bool:
        """Whether it is better than nothing."""
        return now < self.next_update


@dataclass
class Memory:
    """Bounded; the longest unused is forgotten first."""

    pieces: OrderedDict[tuple[str, str], Piece] = field(default_factory=OrderedDict)
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, key: tuple[str, str]) -> Piece | None:
        """What is remembered."""
        with self.lock:
            if key in self.pieces:
                self.pieces.move_to_end(key)
            return self.pieces.get(key)

    def keep(self, key: tuple[str, str], piece: Piece) -> None:
        """Remember it instead of what was there."""
        with self.lock:
            self._drop(key)
            self.pieces[key] = piece
            self.size += len(piece.der)
            while self.pieces and (self.size > ROOM or len(self.pieces) > MOST):
                self._drop(next(iter(self.pieces)))

    def forget(self) -> None:
        """Begin anew."""
        with self.lock:
            self.pieces.clear()
            self.size = 0

    def _drop(self, key: tuple[str, str]) -> None:
        gone = self.pieces.pop(key, None)
        self.size -= len(gone.der) if gone else 0


memory = Memory()


def crl(url: str, budget: Budget) -> bytes:
    """The revocation list at this address. Raises Unreachable."""
    return _had((url, ""), budget)


def ocsp_answer(url: str, question: bytes, budget: Budget) -> bytes:
    """The responder's answer (OCSPResponse). Raises Unreachable."""
    return _had((url, hashlib.sha256(question).hexdigest()), budget, question)


def _had(key: tuple[str, str], budget: Budget, question: bytes = b"") -> bytes:
    now, known = timezone.now(), memory.find(key)
    if known and known.fresh(now):
        return known.der
    try:
        der = gathering.fetch(key[0], gathering.OCSP if question else gathering.CRL, question, budget)
        next_update = _answered(der) if question else _listed(der)
    except (Unreachable, *UNREADABLE) as error:
        if known and known.serves(now):
            return known.der
        if isinstance(error, Unreachable):
            raise
        raise Unreachable("garbage", key[0]) from error
    if next_update:
        memory.keep(key, Piece(der, now, next_update))
    return der


def _listed(der: bytes) -> datetime | None:
    """When the next list comes. ValueError when this is no list."""
    return x509.load_der_x509_crl(der).next_update_utc


def _answered(der: bytes) -> datetime | None:
    """When the next answer comes. ValueError when this is no answer."""
    answer = ocsp.load_der_ocsp_response(der)
    if answer.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise ValueError(answer.response_status.name)
    return min((one.next_update_utc for one in answer.responses if one.next_update_utc), default=None)
