"""Registered information systems, read through a short memory; their certificates are parsed once."""

import time
from typing import Final

from django.conf import settings

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.models import REMEMBERED
from dopusk.portal.esia.client_secret.signed import Registered, SystemView
from dopusk.portal.esia.models import System
from dopusk.trust import certificates

__all__ = ["SystemView", "find", "forget"]

_PARSED_KEPT: Final = 1000

_memory: dict[str, tuple[float, SystemView]] = {}
_parsed: dict[bytes, Registered] = {}


def find(mnemonic: str) -> SystemView | None:
    """The system of this mnemonic, unless there is none or its client is disabled. A change shows within seconds."""
    client = clients.find(mnemonic)
    if client is None:
        _memory.pop(mnemonic, None)
        return None
    kept = _memory.get(mnemonic)
    now = time.monotonic()
    if kept and now - kept[0] < REMEMBERED:
        return kept[1]
    system = System.objects.prefetch_related("certificates").filter(pk=mnemonic).first()
    if system is None:
        return None
    found = SystemView(
        mnemonic=mnemonic,
        lenient=system.lenient,
        v1=system.v1,
        v2=system.v2,
        certificates=tuple(
            _registered(bytes(one.der), disabled=one.disabled_at is not None)
            for one in sorted(system.certificates.all(), key=lambda one: one.pk)
        ),
        token_alg=system.token_alg,
        numeric_sub=system.numeric_sub,
        redirect_uris=client.redirect_uris,
        scopes=client.scopes,
        tolerance_seconds=settings.ESIA_TIMESTAMP_SECONDS,
    )
    _memory[mnemonic] = (now, found)
    return found


def _registered(der: bytes, *, disabled: bool) -> Registered:
    known = _parsed.get(der)
    if known is None:
        if len(_parsed) >= _PARSED_KEPT:
            _parsed.clear()
        known = _parsed[der] = Registered(certificates.read(der), certificates.fingerprints(der))
    return Registered(known.certificate, known.hashes, disabled=True) if disabled else known


def forget() -> None:
    """Read systems anew, now."""
    _memory.clear()
    clients.forget()
