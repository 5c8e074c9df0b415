"""How `client_secret` is written: base64 of either alphabet (reference §3.3), or something that is none."""

import base64
import binascii
import re
from typing import Any, Final

from dopusk.trust import raw

_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){64,}")
_JWT: Final = re.compile(r"[\w-]+\.[\w-]+\.[\w-]*", re.ASCII)
_MAIL: Final = re.compile(r"^(?:MIME-Version|Content-Type):", re.IGNORECASE | re.MULTILINE)
_SHORTEST: Final = 64  # bytes: no signature of the dialect is shorter


def told(given: str, decoded: raw.Decoded | None) -> dict[str, Any]:
    """For the report: form, length and kind, never the text itself."""
    return {
        "characters": len(given),
        "encoding": decoded.form if decoded else "",
        "bytes": len(decoded.data) if decoded else 0,
        "kind": "unknown" if _HEX.fullmatch(given) or not decoded else raw.kind(decoded.data),
    }


def fault(given: str) -> str:
    """Why a text is no base64."""
    if "-----BEGIN" in given:
        return "secret_pem"
    if _MAIL.search(given):
        return "secret_smime"
    if _JWT.fullmatch(given):
        return "secret_jwt"
    if re.search(r"%[0-9A-Fa-f]{2}", given):
        return "secret_encoded_twice"
    if " " in given and raw.decode(given.replace(" ", "+")):
        return "secret_plus_lost"
    return "secret_lines" if without_lines(given) else "secret_form"


def without_lines(given: str) -> raw.Decoded | None:
    """What base64 in lines holds; None when it is not that, or its spaces are pluses that were lost besides."""
    if not re.search(r"\s", given):
        return None
    joined = re.sub(r"[\r\n\t]", "", given)
    return raw.decode(joined.replace(" ", "+")) or raw.decode(joined.replace(" ", ""))


def fault_of_unknown(given: str) -> str:
    """Why what was decoded is no signature."""
    if _HEX.fullmatch(given):
        return "secret_hex"
    try:
        inner = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_")
    except (binascii.Error, ValueError):
        return "secret_literal"
    if inner.startswith(b"-----BEGIN"):
        return "secret_pem"
    if _MAIL.search(inner.decode("ascii", "replace")):
        return "secret_smime"
    if raw.decode(inner.decode("ascii", "replace").strip()) and len(inner) > _SHORTEST:
        return "secret_base64_twice"
    return "secret_literal" if len(inner) < _SHORTEST else "secret_kind"
