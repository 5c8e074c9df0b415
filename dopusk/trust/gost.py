"""GOST: the one module that knows it. Streebog (GOST R 34.11-2012), signatures of GOST R 34.10-2012.

Hashing and verifying need nothing but Python: Streebog and the curves are the library's `gostcrypto`, the sum of
two points is ours (public data only, so it need not take constant time). What touches a private key is done by
the `openssl` program with the engine of Debian's ``libengine-gost-openssl``; where that is missing,
:class:`EngineMissing`. None of this is a certified tool; see docs/decisions/0033-gost.md.

Byte orders: keys in certificates are X‖Y little-endian, signatures s‖r big-endian (RFC 4491 §2.3.2, RFC 9215 §2),
a digest taken as a number is little-endian. A CryptoPro CSP writes raw signatures the other way round; turning
them is the caller's try.
"""

import binascii
import contextlib
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from gostcrypto.gosthash import new as streebog
from gostcrypto.gostsignature import CURVES_R_1323565_1_024_2019 as CURVES

from dopusk.trust import der

Bits = Literal[256, 512]

KEY_OIDS: Final[dict[str, Bits]] = {"1.2.643.7.1.1.1.1": 256, "1.2.643.7.1.1.1.2": 512}

_CONFIGURATION: Final = Path(__file__).with_name("gost.cnf")
_SECONDS: Final = 20
_PIN_ROUNDS: Final = 100_000  # of PBKDF2: 50 ms
_LONGEST_PIN: Final = 64
_HASHED_HERE: Final = 4096  # bytes, 15 ms; for more, starting the program (4 ms) is worth it
_STREEBOG_OF_ABC: Final = "4e2919cf137ed41ec4fb6270c61826cc4fffb660341e0af3688cd0626d23b481"


class EngineMissing(Exception):
    """The `openssl` program or its GOST engine is not here, or does not answer."""


class _Slow(EngineMissing):
    """It did not answer in time; it may the next time."""


def available() -> bool:
    """Whether keys can be made and used. What was found stays found; a program that was too slow is asked again."""
    try:
        return _looked()
    except _Slow:
        return False


@functools.cache
def _looked() -> bool:
    try:
        return _openssl("dgst", "-md_gost12_256", "-binary", given=b"abc").hex() == _STREEBOG_OF_ABC
    except _Slow:
        raise
    except (EngineMissing, ValueError):
        return False


def _engine(*arguments: str | bytes, given: bytes = b"") -> bytes:
    if not available():
        raise EngineMissing("openssl has no GOST engine; Debian has it in libengine-gost-openssl")
    return _openssl(*arguments, given=given)


def streebog256(data: bytes) -> bytes:
    """32 bytes."""
    return _streebog(256, data)


def streebog512(data: bytes) -> bytes:
    """64 bytes."""
    return _streebog(512, data)


def _streebog(bits: Bits, data: bytes) -> bytes:
    if len(data) > _HASHED_HERE and available():
        return _openssl("dgst", f"-md_gost12_{bits}", "-binary", given=data)
    # in one piece always: the library's update() counts a rest twice after a whole number of blocks
    return bytes(streebog(f"streebog{bits}", data=bytearray(data)).digest())


# ── verifying ──


@dataclass(frozen=True)
class _Curve:
    p: int
    a: int
    b: int
    q: int
    x: int
    y: int


def _curve(name: str) -> _Curve:
    """A curve of R 1323565.1.024-2019 in Weierstrass form; two of them are given in Edwards form."""
    given: dict[str, int] = CURVES[name]
    p, q = given["p"], given["q"]
    if not given.get("e"):
        return _Curve(p, given["a"], given["b"], q, given["x"], given["y"])
    s = (given["e"] - given["d"]) * pow(4, -1, p) % p
    t = (given["e"] + given["d"]) * pow(6, -1, p) % p
    up = s * (1 + given["v"]) * pow(1 - given["v"], -1, p)
    x, y = (up + t) % p, up * pow(given["u"], -1, p) % p
    return _Curve(p, (s * s - 3 * t * t) % p, (2 * t**3 - t * s * s) % p, q, x, y)


# The names the engine knows: A, B, C (with XA, XB equal to A, C) of RFC 4357 and TCA…TCD; 512: A, B, C
_CURVE_OF: Final[dict[str, tuple[Bits, str]]] = {
    "1.2.643.2.2.35.1": (256, "id-tc26-gost-3410-2012-256-paramSetB"),
    "1.2.643.2.2.35.2": (256, "id-tc26-gost-3410-2012-256-paramSetC"),
    "1.2.643.2.2.35.3": (256, "id-tc26-gost-3410-2012-256-paramSetD"),
    "1.2.643.2.2.36.0": (256, "id-tc26-gost-3410-2012-256-paramSetB"),
    "1.2.643.2.2.36.1": (256, "id-tc26-gost-3410-2012-256-paramSetD"),
    "1.2.643.7.1.2.1.1.1": (256, "id-tc26-gost-3410-2012-256-paramSetA"),
    "1.2.643.7.1.2.1.1.2": (256, "id-tc26-gost-3410-2012-256-paramSetB"),
    "1.2.643.7.1.2.1.1.3": (256, "id-tc26-gost-3410-2012-256-paramSetC"),
    "1.2.643.7.1.2.1.1.4": (256, "id-tc26-gost-3410-2012-256-paramSetD"),
    "1.2.643.7.1.2.1.2.1": (512, "id-tc26-gost-3410-12-512-paramSetA"),
    "1.2.643.7.1.2.1.2.2": (512, "id-tc26-gost-3410-12-512-paramSetB"),
    "1.2.643.7.1.2.1.2.3": (512, "id-tc26-gost-3410-2012-512-paramSetC"),
}


@dataclass(frozen=True)
class _PublicKey:
    bits: Bits
    curve: _Curve
    x: int
    y: int


@functools.lru_cache(maxsize=256)
def _public_key(spki: bytes) -> _PublicKey:
    """The key of a SubjectPublicKeyInfo (RFC 9215 §4); ValueError when it is none, or no point of its curve."""
    read = der.Parts(der.parse(spki))
    algorithm, bit_string = der.Parts(read.take()), read.take(0x03)
    read.end()
    identifier, parameters = algorithm.take().dotted(), der.Parts(algorithm.take())
    bits, name = _CURVE_OF.get(parameters.take().dotted(), (None, ""))
    octets = der.parse(bit_string.body[1:])
    if bits is None or KEY_OIDS.get(identifier) != bits or octets.tag != 0x04:
        raise ValueError("not a key of GOST R 34.10-2012")
    size, curve = bits // 8, _curve(name)
    x, y = (int.from_bytes(octets.body[at : at + size], "little") for at in (0, size))
    if len(octets.body) != 2 * size or max(x, y) >= curve.p:
        raise ValueError("not a key of GOST R 34.10-2012")
    if (y * y - x * x * x - curve.a * x - curve.b) % curve.p:
        raise ValueError("not a point of the curve")
    return _PublicKey(bits, curve, x, y)


def verify_raw(spki: bytes, data: bytes, signature: bytes) -> bool:
    """Whether this is the signature (s‖r, big-endian) of the data with this SubjectPublicKeyInfo (DER).

    Keys of 256 and 512 bits; a key that cannot be read verifies nothing.
    """
    try:
        key = _public_key(spki)
    except ValueError:
        return False
    size, curve = key.bits // 8, key.curve
    if len(signature) != 2 * size:
        return False
    s, r = (int.from_bytes(half, "big") for half in (signature[:size], signature[size:]))
    if not (0 < r < curve.q and 0 < s < curve.q):
        return False
    e = int.from_bytes(_streebog(key.bits, data), "little") % curve.q or 1
    v = pow(e, -1, curve.q)
    x = _sum(curve, s * v % curve.q, -r * v % curve.q, (key.x, key.y))
    return x is not None and x % curve.q == r


_Point = tuple[int, int, int]  # Jacobian: x = X/Z², y = Y/Z³; Z = 0 is the point at infinity


def _sum(curve: _Curve, times_base: int, times_key: int, key: tuple[int, int]) -> int | None:
    """The x of ``times_base``·P + ``times_key``·Q, both in one pass of doublings; None for infinity."""
    base, other = (curve.x, curve.y, 1), (*key, 1)
    both = _add(curve, base, other)
    table = {(1, 0): base, (0, 1): other, (1, 1): both}
    point: _Point = (1, 1, 0)
    for place in reversed(range(max(times_base.bit_length(), times_key.bit_length()))):
        point = _double(curve, point)
        pair = (times_base >> place & 1, times_key >> place & 1)
        if pair != (0, 0):
            point = _add(curve, point, table[pair])
    x, _, z = point
    return x * pow(z, -2, curve.p) % curve.p if z else None


def _double(curve: _Curve, point: _Point) -> _Point:
    x, y, z = point
    p = curve.p
    if not z or not y:
        return 1, 1, 0
    square = y * y % p
    s = 4 * x * square % p
    m = (3 * x * x + curve.a * pow(z, 4, p)) % p
    new = (m * m - 2 * s) % p
    return new, (m * (s - new) - 8 * square * square) % p, 2 * y * z % p


def _add(curve: _Curve, one: _Point, two: _Point) -> _Point:
    if not one[2]:
        return two
    if not two[2]:
        return one
    p = curve.p
    (x1, y1, z1), (x2, y2, z2) = one, two
    w1, w2 = z1 * z1 % p, z2 * z2 % p
    u1, u2 = x1 * w2 % p, x2 * w1 % p
    s1, s2 = y1 * w2 * z2 % p, y2 * w1 * z1 % p
    h, r = (u2 - u1) % p, (s2 - s1) % p
    if not h:
        return (1, 1, 0) if r else _double(curve, one)
    h2 = h * h % p
    h3, u = h * h2 % p, u1 * h2 % p
    new = (r * r - h3 - 2 * u) % p
    return new, (r * (u - new) - s1 * h3) % p, h * z1 * z2 % p


# ── what needs the engine ──


def new_key(*, bits: Bits = 256, parameters: str = "A") -> bytes:
    """A fresh private key, PKCS#8 PEM. ``parameters``: 256 bits A B C XA TCA…, 512 bits A B C."""
    return _engine("genpkey", "-algorithm", f"gost2012_{bits}", "-pkeyopt", f"paramset:{parameters}")


def public_key(key: bytes) -> bytes:
    """SubjectPublicKeyInfo (DER) of a private key."""
    return _engine("pkey", "-in", key, "-pubout", "-outform", "DER")


def self_signed(key: bytes, subject: Mapping[str, str] | str, *, days: int) -> bytes:
    """A certificate (DER) of this key by itself, from now on.

    subject: names and values (``{"CN": "…", "1.2.643.100.3": "…"}``), or OpenSSL's text ``/CN=…/O=…``.
    """
    if not isinstance(subject, str):
        subject = "".join(f"/{name}={_escaped(value)}" for name, value in subject.items())
    return _engine(
        *("req", "-x509", "-new", "-key", key, f"-md_gost12_{_bits(key)}", "-days", str(days)),
        *("-utf8", "-subj", subject, "-extensions", "self_signed", "-outform", "DER"),
    )


def _escaped(value: str) -> str:
    return re.sub(r"([/+\\])", r"\\\1", value)


def sign_raw(key: bytes, data: bytes) -> bytes:
    """s‖r, big-endian: 64 bytes with a key of 256 bits, 128 with one of 512."""
    return _engine("dgst", f"-md_gost12_{_bits(key)}", "-sign", key, "-binary", given=data)


def sign_cms(key: bytes, certificate: bytes, content: bytes, *, attached: bool, attributes: bool) -> bytes:
    """CMS SignedData (DER) over the content, with the certificate (DER) in it."""
    return _engine(
        *("cms", "-sign", "-binary", "-nosmimecap", "-md", f"md_gost12_{_bits(key)}"),
        *("-signer", certificate, "-inkey", key, "-outform", "DER"),
        *(["-nodetach"] if attached else []),
        *([] if attributes else ["-noattr"]),
        given=content,
    )


def request(key: bytes, common_name: str) -> bytes:
    """A certificate request (PKCS#10, DER) of this key."""
    return _engine(
        *("req", "-new", "-key", key, f"-md_gost12_{_bits(key)}", "-utf8"),
        *("-subj", f"/CN={_escaped(common_name)}", "-outform", "DER"),
    )


def locked(key: bytes, pin: str) -> bytes:
    """The key under a PIN: encrypted PKCS#8 PEM (PBKDF2 of HMAC-SHA-256, AES-256). ValueError: no key, no such PIN."""
    _bits(key)
    return _engine(
        *("pkcs8", "-topk8", "-in", key, "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256"),
        *("-iter", str(_PIN_ROUNDS), "-passout", "stdin"),
        given=_pin(pin),
    )


def unlocked(pem: bytes, pin: str) -> bytes:
    """The key again, PKCS#8 PEM; ValueError when the PIN is wrong, or it is no GOST key under a PIN."""
    if b"-----BEGIN ENCRYPTED PRIVATE KEY-----" not in pem:
        raise ValueError("not a key under a PIN")
    key = _engine("pkcs8", "-in", pem, "-passin", "stdin", given=_pin(pin))
    _bits(key)
    return key


def pkcs12(key: bytes, certificates: bytes, pin: str) -> bytes:
    """A .p12 (AES-256) of the key and its certificates in PEM, the key's own first."""
    return _engine(
        *("pkcs12", "-export", "-inkey", key, "-in", certificates, "-name", "dopusk"),
        *("-iter", str(_PIN_ROUNDS), "-passout", "stdin"),
        given=_pin(pin),
    )


def _pin(pin: str) -> bytes:
    if not pin or len(pin) > _LONGEST_PIN or any(ord(letter) < 0x20 for letter in pin):
        raise ValueError("not a PIN")
    return pin.encode() + b"\n"


def signature_algorithm(key: bytes) -> bytes:
    """AlgorithmIdentifier (DER) of the signatures of a private key in certificates (RFC 9215 §3): no parameters."""
    return der.sequence(der.oid({256: "1.2.643.7.1.1.3.2", 512: "1.2.643.7.1.1.3.3"}[_bits(key)]))


def _bits(key: bytes) -> Bits:
    """Of a PKCS#8 PEM key; ValueError when it is none of GOST R 34.10-2012."""
    found = re.search(rb"-----BEGIN PRIVATE KEY-----(.+?)-----END PRIVATE KEY-----", key, re.DOTALL)
    try:
        read = der.Parts(der.parse(binascii.a2b_base64(found[1] if found else b"")))
        read.take(0x02)
        algorithm = der.Parts(read.take()).take().dotted()
    except ValueError:
        algorithm = ""
    if algorithm not in KEY_OIDS:
        raise ValueError("not a private key of GOST R 34.10-2012 in PKCS#8 PEM")
    return KEY_OIDS[algorithm]


def _openssl(*arguments: str | bytes, given: bytes = b"") -> bytes:
    """What the program answers. Bytes among the arguments become files in memory that it alone is handed.

    So a key stands neither in a list of processes nor on a disk. EngineMissing when the program or the engine
    is not there or does not answer in time; ValueError when it will not do what was asked.
    """
    program = shutil.which("openssl")
    if program is None or not hasattr(os, "memfd_create"):
        raise EngineMissing("there is no openssl here")
    kept = {name: os.environ[name] for name in ("PATH", "OPENSSL_ENGINES") if name in os.environ}
    with contextlib.ExitStack() as open_files:
        handed = {
            index: open_files.enter_context(_in_memory(content))
            for index, content in enumerate(arguments)
            if isinstance(content, bytes)
        }
        command = [
            part if isinstance(part, str) else f"/proc/self/fd/{handed[index]}"
            for index, part in enumerate(arguments)
        ]
        try:
            done = subprocess.run(  # noqa: S603 - the command is ours; what others gave is in files
                [program, *command],
                input=given,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
                pass_fds=tuple(handed.values()),
                env={**kept, "OPENSSL_CONF": str(_CONFIGURATION), "LC_ALL": "C.UTF-8"},
            )
        except subprocess.TimeoutExpired:
            raise _Slow(f"openssl {command[0]} took more than {_SECONDS} s") from None
        except OSError as failure:
            raise EngineMissing(f"openssl {command[0]}: {failure}") from None
    if done.returncode:
        raise ValueError(f"openssl {command[0]}: {done.stderr.decode(errors='replace')[-300:].strip()}")
    return done.stdout


@contextlib.contextmanager
def _in_memory(content: bytes) -> Iterator[int]:
    handle = os.memfd_create("dopusk")
    try:
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(content)
        yield handle
    finally:
        os.close(handle)
