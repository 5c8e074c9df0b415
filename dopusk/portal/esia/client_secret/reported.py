"""The parts of a report: what the console and the log show of a request. No secrets: see `judge`."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, Final

from dopusk.portal.esia.client_secret.hashes import Named
from dopusk.portal.esia.client_secret.signed import Registered
from dopusk.portal.esia.client_secret.strings import Text
from dopusk.portal.esia.client_secret.variants import Parts

_SECRET: Final = {"code", "refresh_token"}
_SHOWN: Final = 6  # characters of a code
_LONGEST: Final = 2000
_PERSON: Final = re.compile(r"(?<=oid=)\d+(?=\d\d)")
TABLE: Final = ("sha1", "sha256", "streebog256", "pem_sha1", "pem_sha256", "pem_streebog256")


def shown(name: str, value: str) -> str:
    """A part as it may be kept: a code by its first characters, a person's number by its last two digits."""
    if name in _SECRET and len(value) > _SHOWN:
        return f"{value[:_SHOWN]}…"
    return _PERSON.sub("…", value[:_LONGEST]) if name == "scope" else value[:_LONGEST]


def of_parts(parts: Parts) -> list[dict[str, Any]]:
    """Names and values in their order. hidden: characters that are not shown."""
    listed = []
    for name, value in parts:
        seen = shown(name, value)
        hidden = len(value) - len(seen) + 1 if seen != value else 0
        listed.append({"name": name, "value": seen, "length": len(value), "hidden": hidden})
    return listed


def of_string(text: Text) -> dict[str, Any]:
    """The string as built, whole and in parts, with the digest by which a client can compare his own."""
    return {
        "string_name": text.name,
        "string": "".join(shown(name, value) for name, value in text.parts),
        "string_parts": of_parts(text.parts),
        "string_bytes": len(text.data),
        "string_sha256": hashlib.sha256(text.data).hexdigest(),
    }


def of_hash(given: str, named: Named, certificates: Sequence[Registered]) -> dict[str, Any]:
    """What the hash is of, and the digests of every certificate it might have been of."""
    return {
        "given": given[:200],
        "length": len(given),
        "matches": f"der_{named.matches}"
        if named.matches in {"sha1", "sha256", "streebog256"}
        else named.matches,
        "of_certificate": named.registered.certificate.serial if named.registered else "",
        "certificates": [of_certificate(one) for one in certificates],
    }


def of_certificate(registered: Registered) -> dict[str, Any]:
    """A registered certificate in words: it is public."""
    certificate = registered.certificate
    return {
        "subject": certificate.subject,
        "serial": certificate.serial,
        "algorithm": certificate.algorithm,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "disabled": registered.disabled,
        "right": "streebog256" if registered.gost else "sha256",
        "hashes": {name: registered.hashes[name] for name in TABLE},
    }


def difference(ours: str, theirs: str) -> int | None:
    """The first place where two texts differ, from nought; None when they are the same."""
    if ours == theirs:
        return None
    pairs = zip(ours, theirs, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(ours), len(theirs)))


def of_redirect(given: str, registered: Sequence[str]) -> dict[str, Any]:
    """An address that is not registered, beside those that are, the most alike first."""
    known = [{"uri": one, "differs_at": difference(one, given)} for one in registered]
    known.sort(key=lambda one: -(one["differs_at"] if one["differs_at"] is not None else _LONGEST))  # type: ignore[operator]  # a number or None
    return {"given": given[:_LONGEST], "registered": known}
