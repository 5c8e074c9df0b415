"""GOST signatures made once by openssl 3.0.19 with its engine 3.0.1, so that verifying is tested without them.

``python -m dopusk.trust.tests.kept_gost`` makes the file anew (where the engine is).
"""

import base64
import json
from pathlib import Path
from typing import Any, Final

from dopusk.trust import gost

FILE: Final = Path(__file__).with_name("kept_gost.json")
SIGNED: Final = b"openid fullname2026.11.22 14:36:11 +0300DOPUSK7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20"
SETS: Final = [
    *((256, name) for name in ("A", "B", "C", "XA", "XB", "TCA", "TCB", "TCC", "TCD")),
    *((512, name) for name in ("A", "B", "C")),
]
FORMS: Final = [(attached, attributes) for attached in (False, True) for attributes in (False, True)]


def form(*, attached: bool, attributes: bool) -> str:
    return f"{'attached' if attached else 'detached'}, {'with' if attributes else 'without'} attributes"


def read() -> dict[str, Any]:
    return json.loads(FILE.read_text())


def octets(text: str) -> bytes:
    return base64.b64decode(text)


def _make() -> dict[str, Any]:
    raw, cms = {}, {}
    for bits, name in SETS:
        key = gost.new_key(bits=bits, parameters=name)
        raw[f"{bits} {name}"] = {"spki": gost.public_key(key), "signature": gost.sign_raw(key, SIGNED)}
    for bits in (256, 512):
        key = gost.new_key(bits=bits)
        certificate = gost.self_signed(
            key,
            {"C": "RU", "O": "Больница / № 1", "CN": "Орлова Анна", "1.2.643.100.3": "00000060001"},
            days=3650,
        )
        cms[str(bits)] = {"key": key, "certificate": certificate} | {
            form(attached=attached, attributes=attributes): gost.sign_cms(
                key, certificate, SIGNED, attached=attached, attributes=attributes
            )
            for attached, attributes in FORMS
        }
    return {"raw": raw, "cms": cms}


if __name__ == "__main__":
    FILE.write_text(
        json.dumps(_make(), indent=1, default=lambda found: base64.b64encode(found).decode()) + "\n"
    )
