"""`client_certificate_hash` (reference §3.4): which certificate it names, and what it is a hash of when it is wrong."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dopusk.portal.esia.client_secret.signed import Registered
from dopusk.trust import gost

_HEX: Final = re.compile(r"[0-9a-f]+")
_COLONS: Final = re.compile(r"([0-9a-f]{2}[: -])+[0-9a-f]{2}")
_LONG: Final = 128


@dataclass(frozen=True)
class Named:
    """matches: a name as `streebog256`, `pem_sha256`, or empty when no certificate of the system fits. fault: a
    code, or empty when this hash will do. deviation: what was forgiven."""

    registered: Registered | None = None
    matches: str = ""
    fault: str = ""
    deviation: str = ""


def look(given: str, certificates: Sequence[Registered], *, lenient: bool) -> Named:
    """The certificate a hash names. Quirk 10: either case; which algorithm belongs to which key is strict."""
    text = given.lower()
    for registered in certificates:
        right = "streebog256" if registered.gost else "sha256"
        if text == registered.hashes[right]:
            return Named(registered, right)
        other = "sha256" if registered.gost else "streebog256"
        if text == registered.hashes[other]:
            if lenient:
                return Named(registered, other, deviation="hash_other_algorithm")
            return Named(registered, other, "hash_other_algorithm")
    for registered in certificates:
        for matches, fault, value in _mistaken(registered):
            if value in {text, given}:
                return Named(registered, matches, fault)
    return Named(fault=_by_form(text))


def _mistaken(registered: Registered) -> Iterator[tuple[str, str, str]]:
    """What people send instead: (what it is, the code of it, the value in lower case or as base64)."""
    spki = registered.certificate.spki
    right = registered.hashes["streebog256" if registered.gost else "sha256"]
    for name, value in registered.hashes.items():
        if name.startswith("pem"):
            yield name, "hash_pem", value
        if name == "sha1":
            yield name, "hash_sha1", value
        if name in {"sha256", "streebog256"}:
            digest = bytes.fromhex(value)
            yield f"{name}_reversed", "hash_reversed", digest[::-1].hex()
            encoded = base64.b64encode(digest).decode()
            url = base64.urlsafe_b64encode(digest).decode()
            for form in (encoded, url, encoded.rstrip("="), url.rstrip("=")):
                yield f"{name}_base64", "hash_base64", form
    colons = ":".join(right[index : index + 2] for index in range(0, len(right), 2))
    yield "colons", "hash_colons", colons
    yield "spki_sha256", "hash_of_public_key", hashlib.sha256(spki).hexdigest()
    yield "spki_streebog256", "hash_of_public_key", gost.streebog256(spki).hex()


def _by_form(text: str) -> str:
    if _COLONS.fullmatch(text):
        return "hash_colons"
    if not _HEX.fullmatch(text):
        return "hash_form"
    return {40: "hash_sha1", 64: "hash_unknown", _LONG: "hash_long"}.get(len(text), "hash_form")
