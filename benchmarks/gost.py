"""What GOST costs here: `python -m benchmarks.gost [--json]`. Medians, milliseconds; figures of decision 33.

here     this process: the library's Streebog, our sum of points, our reading of a CMS
library  gostcrypto all the way
program  openssl with its engine, the start of the process included (left out where there is none)
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gostcrypto import gosthash, gostsignature

from dopusk.trust import certificates, cms, gost

CONTENT = b"openid fullname2026.11.22 14:36:11 +0300DOPUSK7a8c1e52-5a2f-4f0b-9b3e-1c7a3f5d9e20"
CURVE = gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]
SIZES = (80, 2_000, 16_000, 100_000)


def median(act: Callable[[], object], times: int) -> float:
    """Milliseconds of one, the first left out."""
    act()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - began))
    return round(statistics.median(taken), 2)


def program(*arguments: str, given: bytes = b"") -> bytes:
    """As the module starts it."""
    return gost._openssl(*arguments, given=given)  # noqa: SLF001 - what is measured


def main() -> int:
    """Measure and tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    if not gost.available():
        print("openssl has no engine for GOST here; nothing to sign with", file=sys.stderr)
        return 2
    figures = {**hashing(), **signing()}
    if as_json:
        print(json.dumps(figures))
        return 0
    for name, sides in figures.items():
        print(f"{name:34}" + "".join(f"{side:>9} {taken:8.2f}" for side, taken in sides.items()))
    return 0


def hashing() -> dict[str, dict[str, float]]:
    """Streebog-256 by the size of what is hashed."""
    return {f"Streebog-256 of {size:,} bytes": _hashing(bytes(size)) for size in SIZES}


def _hashing(data: bytes) -> dict[str, float]:
    return {
        "here": median(lambda: gosthash.new("streebog256", data=bytearray(data)).digest(), 5),
        "program": median(lambda: program("dgst", "-md_gost12_256", "-binary", given=data), 20),
    }


def signing() -> dict[str, dict[str, float]]:
    """Bare signatures and CMS with a key of 256 bits on the curve everybody has."""
    key = gost.new_key()
    certificate = certificates.read(gost.self_signed(key, "/CN=DOPUSK", days=1))
    signature, spki = gost.sign_raw(key, CONTENT), certificate.spki
    message = cms.sign(key, certificate.der, CONTENT, attached=False, attributes=True)

    def by_library() -> bool:
        point = spki[-64:-32][::-1] + spki[-32:][::-1]
        verifier = gostsignature.new(gostsignature.MODE_256, CURVE)
        digest, turned = gost.streebog256(CONTENT)[::-1], signature[32:] + signature[:32]
        return bool(verifier.verify(bytearray(point), bytearray(digest), bytearray(turned)))

    with tempfile.TemporaryDirectory() as folder:
        public, value, whole, content = (Path(folder, name) for name in ("public", "value", "cms", "content"))
        for file, octets in ((public, spki), (value, signature), (whole, message), (content, CONTENT)):
            file.write_bytes(octets)
        bare = ("dgst", "-md_gost12_256", "-keyform", "DER", "-verify", str(public), "-signature", str(value))
        told = ("cms", "-verify", "-binary", "-noverify", "-inform", "DER", "-in", str(whole))
        verifying = {
            "bare signature verified": {
                "here": median(lambda: gost.verify_raw(spki, CONTENT, signature), 50),
                "library": median(by_library, 5),
                "program": median(lambda: program(*bare, given=CONTENT), 20),
            },
            "CMS verified": {
                "here": median(lambda: cms.verify(message, CONTENT, [certificate]), 50),
                "program": median(lambda: program(*told, "-content", str(content)), 20),
            },
        }
    return {
        **verifying,
        "bare signature made": {"program": median(lambda: gost.sign_raw(key, CONTENT), 20)},
        "CMS made": {
            "program": median(
                lambda: gost.sign_cms(key, certificate.der, CONTENT, attached=False, attributes=True), 20
            )
        },
        "hashes of a certificate": {"here": median(lambda: certificates.fingerprints(certificate.der), 10)},
    }


if __name__ == "__main__":
    sys.exit(main())
