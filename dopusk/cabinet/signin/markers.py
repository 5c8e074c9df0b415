"""Markers of an ЕСИА: JSON Web Tokens with headers of its own (`ver`, `typ`, `sbt`) and `urn:esia:` claims.

What makes it safe: no key is taken from the marker; the algorithm is that of a certificate we were given, and the
marker's `alg` must be the same; a marker of one kind never passes for the other; no time or name may be missing.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dopusk.cabinet.signin.provider import PortalRefused
from dopusk.trust import raw
from dopusk.trust.certificates import Certificate

ALGORITHMS: Final = {"rsa": "RS256", "gost2012_256": "GOST3410_2012_256", "gost2012_512": "GOST3410_2012_512"}
LEEWAY: Final = 30  # seconds by which clocks may differ
LONGEST: Final = 16384  # characters
FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def read(
    marker: str, kind: str, certificates: Sequence[Certificate], *, issuer: str, client: str, now: float
) -> dict[str, Any]:
    """What a marker says. kind: "id" or "access". now: Unix seconds.

    Raises PortalRefused: `marker_form`, `marker_kind`, `marker_alg`, `marker_signature`, `marker_issuer`,
    `marker_audience`, `marker_time`.
    """
    header, claims, said, signature = _parts(marker)
    if header.get("sbt", kind) != kind:
        raise PortalRefused("marker_kind")
    _signed(header, said, signature, certificates)
    checks: list[tuple[str, Callable[[], bool]]] = [
        ("marker_issuer", lambda: claims.get("iss") == issuer),
        ("marker_audience", lambda: _is_for(claims, kind, client)),
        ("marker_time", lambda: _is_timely(claims, now)),
    ]
    for code, right in checks:
        if not right():
            raise PortalRefused(code)
    return dict(claims)


def _parts(marker: str) -> tuple[Mapping[str, Any], Mapping[str, Any], bytes, bytes]:
    if len(marker) > LONGEST or not FORM.fullmatch(marker):
        raise PortalRefused("marker_form")
    head, body, tail = marker.split(".")
    try:
        header, claims = json.loads(_bytes(head)), json.loads(_bytes(body))
        signature = _bytes(tail)
    except (ValueError, binascii.Error, RecursionError) as error:
        raise PortalRefused("marker_form") from error
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header:
        raise PortalRefused("marker_form")
    return header, claims, f"{head}.{body}".encode(), signature


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _signed(
    header: Mapping[str, Any], said: bytes, signature: bytes, certificates: Sequence[Certificate]
) -> None:
    """By one of the keys we were given; a GOST signature in either order of bytes, as programs differ in it."""
    suited = [one for one in certificates if ALGORITHMS.get(one.algorithm) == header.get("alg")]
    if not suited:
        raise PortalRefused("marker_alg")
    for certificate in suited:
        orders = [signature] if certificate.algorithm == "rsa" else [signature, signature[::-1]]
        if any(raw.verify(certificate, said, one) for one in orders):
            return
    raise PortalRefused("marker_signature")


def _is_for(claims: Mapping[str, Any], kind: str, client: str) -> bool:
    if kind == "access":
        return bool(claims.get("client_id") == client)
    told = claims.get("aud")
    return told == client or (isinstance(told, list) and told == [client])


def _is_timely(claims: Mapping[str, Any], now: float) -> bool:
    times = [claims.get(name) for name in ("nbf", "iat", "exp")]
    if not all(isinstance(time, int | float) and not isinstance(time, bool) for time in times):
        return False
    not_before, issued, ends = (float(time) for time in times if isinstance(time, int | float))
    return not_before <= now + LEEWAY and issued <= now + LEEWAY and ends > now - LEEWAY
