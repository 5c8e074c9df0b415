"""Private keys: made once, kept sealed, parsed once.

A key at rest is its PKCS#8 form inside an envelope of :mod:`dopusk.trust.sealing`, bound to the key's name.
Parsing an RSA key costs a hundred times what signing with it does, so whoever signs keeps the object.
"""

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dopusk.trust.sealing import SealBroken, Sealer

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Kind = Literal["ec", "rsa"]

_RSA_BITS: Final = 3072


def new(kind: Kind = "ec", *, rsa_bits: int = _RSA_BITS) -> PrivateKey:
    """A fresh key: EC on P-256, or RSA of 3072 bits unless told otherwise."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=rsa_bits)


def seal(key: PrivateKey, sealer: Sealer, name: str) -> bytes:
    """The key as it may rest in a file or a row; ``name`` must be given again to open it."""
    return sealer.seal(
        f"key {name}",
        key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def unseal(sealed: bytes, sealer: Sealer, name: str) -> PrivateKey:
    """The key again; :class:`~dopusk.trust.sealing.SealBroken` when it is not this key or not a key."""
    try:
        key = serialization.load_der_private_key(sealer.open(f"key {name}", sealed), None)
    except SealBroken:
        raise
    except ValueError:
        raise SealBroken("seal_broken") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise SealBroken("seal_broken")
    return key


class KeyFolder:
    """Keys and certificates of one office in a folder: mode 700, every file mode 600.

    Several processes may start at once: a file appears whole or not at all, and the first one to appear wins.
    """

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer
        self._kept: dict[str, PrivateKey] = {}
        self._lock = threading.Lock()

    def key(self, name: str, kind: Kind = "ec") -> PrivateKey:
        """The key of this name: the kept object, else the file, else a new one of this kind."""
        with self._lock:
            if name not in self._kept:
                sealed = self.read(f"{name}.key")
                if sealed is None:
                    sealed = self.write_once(f"{name}.key", seal(new(kind), self._sealer, name))
                self._kept[name] = unseal(sealed, self._sealer, name)
            return self._kept[name]

    def secret(self, name: str, make: Callable[[], bytes]) -> bytes:
        """A key we hold as bytes (GOST, in PKCS#8 PEM): opened from its file, else made."""
        sealed = self.read(f"{name}.key")
        if sealed is None:
            sealed = self.write_once(f"{name}.key", self._sealer.seal(f"key {name}", make()))
        return self._sealer.open(f"key {name}", sealed)

    def read(self, name: str) -> bytes | None:
        """Content of a file of the folder, or None when there is none."""
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            return None

    def write_once(self, name: str, content: bytes) -> bytes:
        """Create the file unless it exists; what the file holds after that."""
        with self._beside(content) as whole, contextlib.suppress(FileExistsError):
            os.link(whole, self._folder / name)
        return (self._folder / name).read_bytes()

    def replace(self, name: str, content: bytes) -> None:
        """Put the content in place of what was there, in one step."""
        with self._beside(content) as whole:
            whole.replace(self._folder / name)

    @contextlib.contextmanager
    def _beside(self, content: bytes) -> Iterator[Path]:
        """A whole, flushed file next to its future place; gone afterwards unless it was moved."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder.chmod(0o700)
        handle, path = tempfile.mkstemp(dir=self._folder, prefix=".new-")  # made with mode 600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield Path(path)
        finally:
            Path(path).unlink(missing_ok=True)
