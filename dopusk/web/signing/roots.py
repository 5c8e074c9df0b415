"""Whom certificates are believed by: the accredited roots of this deployment, read again when they change."""

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from django.conf import settings

from dopusk.trust.certificates import Certificate, NotACertificate, read
from dopusk.trust.validation import Policy
from dopusk.web.signing import gathering

log = logging.getLogger(__name__)

REMEMBERED: Final = 180.0  # seconds: roots of the sandbox's authority
SECONDS: Final = 5.0  # of waiting for them, while whoever signs meanwhile waits too
ENDINGS: Final = frozenset({".pem", ".crt", ".cer"})
_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_END: Final = b"-----END CERTIFICATE-----"


class Unavailable(Exception):
    """Nobody can be judged now: the roots cannot be read, or the sandbox's authority does not show its own.

    Its text says which file or address, and why.
    """

    code = "roots_unavailable"


@dataclass
class _Memory:
    """Roots of one place. state: of the files they were read from; until: monotonic seconds."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    files: dict[Path, tuple[object, tuple[Certificate, ...]]] = field(default_factory=dict)
    shown: dict[str, tuple[float, tuple[Certificate, ...]]] = field(default_factory=dict)


_memory = _Memory()


def policy(*, person: bool = True) -> Policy:
    """By what certificates are judged here. person: a СНИЛС is demanded. Raises Unavailable."""
    accredited = own(settings.SIGNING_ROOTS)
    of_time = own(settings.SIGNING_TSA_ROOTS or settings.SIGNING_ROOTS)
    if settings.SIGNING_REGISTERS:
        try:
            shown, of_its_time = sandbox()
            of_time += shown + of_its_time
            accredited += shown
        except Unavailable:
            if not accredited:
                raise
    return Policy(
        roots=accredited, timestamp_roots=of_time, policies=settings.SIGNING_POLICIES, person=person
    )


def sandbox() -> tuple[tuple[Certificate, ...], tuple[Certificate, ...]]:
    """The roots its authority shows: of people, of its seals and timestamps. Raises Unavailable."""
    at = settings.SIGNING_REGISTERS
    return _shown(f"{at}/pki/roots.pem"), _shown(f"{at}/pki/ca.pem")


def left_out(place: Path) -> list[str]:
    """Names in a folder that are not read, for their ending."""
    if not place.is_dir():
        return []
    return sorted(one.name for one in place.iterdir() if one.is_file() and one.suffix not in ENDINGS)


def forget() -> None:
    """Read everything anew: for tests."""
    _memory.files.clear()
    _memory.shown.clear()


def bundle(pem: bytes) -> tuple[Certificate, ...]:
    """Every certificate of a PEM bundle, or the one of a DER file. Raises NotACertificate."""
    if _BEGIN not in pem:
        return (read(pem),)
    blocks = (_BEGIN + part.partition(_END)[0] + _END for part in pem.split(_BEGIN)[1:])
    return tuple(map(read, blocks))


def own(place: Path | None) -> tuple[Certificate, ...]:
    """The roots of a file or folder of the operator's. Raises Unavailable."""
    if place is None:
        return ()
    one = place
    try:
        files = sorted(one for one in place.iterdir() if one.suffix in ENDINGS) if place.is_dir() else [place]
        state = [(one, (at := one.stat()).st_mtime_ns, at.st_size) for one in files]
        known = _memory.files.get(place)
        if known is None or known[0] != state:
            read_: list[Certificate] = []
            for one in files:
                read_ += bundle(one.read_bytes())
            known = (state, tuple(read_))
            _memory.files[place] = known
            log.info("%d accredited roots read from %s", len(known[1]), place)
    except (OSError, NotACertificate) as error:
        log.error("accredited roots cannot be read from %s: %s", one, error)  # noqa: TRY400 - its reason is all
        raise Unavailable(f"{one}: {error}") from error
    return known[1]


def _shown(url: str) -> tuple[Certificate, ...]:
    """What the sandbox's authority shows; while it is silent, what it showed before."""
    with _memory.lock:
        until, known = _memory.shown.get(url, (0.0, ()))
        if known and time.monotonic() < until:
            return known
        try:
            budget = gathering.Budget(until=time.monotonic() + SECONDS)
            known = bundle(gathering.fetch(url, gathering.ROOTS, budget=budget))
        except (gathering.Unreachable, NotACertificate) as error:
            log.warning("the sandbox's roots cannot be had: %s", error)
            if not known:
                raise Unavailable(f"{url}: {error}") from error
        _memory.shown[url] = (time.monotonic() + REMEMBERED, known)
        return known
