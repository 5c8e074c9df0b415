"""A token that is a folder: a certificate and its key under a PIN, for where no device is, and for GOST.

    token.json        {"label": …, "serial": …}
    certificate.pem   the person's, then its issuers
    key.pem           PKCS#8 encrypted with the PIN
    key.so.pem        the same key encrypted with the administrator's PIN

Files can be copied, and then nobody counts the guesses at their PIN: this is no protected store.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from dopusk.agent.files import write_whole
from dopusk.agent.refusals import Refused, Untried
from dopusk.agent.tokens import Sign, Token, WrongPin
from dopusk.trust import cades, certificates, gost
from dopusk.trust.certificates import Certificate, NotACertificate
from dopusk.trust.keys import PrivateKey

_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n?", re.DOTALL)
_LARGEST: Final = 256 * 1024


class Folders:
    """Each folder named is a token, if it is there. A :class:`~dopusk.agent.tokens.Place`."""

    def __init__(self, folders: Iterable[str]) -> None:
        self._folders = [Path(one) for one in folders]

    def tokens(self) -> list[Token]:
        """Those whose folder is there; one that cannot be read is left out."""
        return [token for folder in self._folders if (token := _read(folder))]

    @contextmanager
    def opened(self, token: Token, pin: str, certificate: bytes, right: Callable[[], None]) -> Iterator[Sign]:
        """The key by its PIN."""
        folder = self._again(token)
        yield cades.signer(_key(folder / "key.pem", pin, certificates.read(certificate), right))

    def set_pin(self, token: Token, so_pin: str, pin: str, right: Callable[[], None]) -> None:
        """The key of the administrator's file anew under another PIN."""
        folder = self._again(token)
        if not token.certificates:
            raise Untried("NO_CERT")
        key = _key(folder / "key.so.pem", so_pin, certificates.read(token.certificates[0]), right)
        write_whole(folder / "key.pem", sealed(key, pin))

    def _again(self, token: Token) -> Path:
        for folder in self._folders:
            found = _read(folder)
            if found and found.key == token.key:
                return folder
        raise Untried("UNPLUGGED", detail="absent")


def write(
    folder: Path,
    *,
    label: str,
    serial: str,
    chain: Iterable[bytes],
    key: PrivateKey | bytes,
    pin: str,
    so_pin: str,
) -> None:
    """Make such a folder. chain: PEM, the person's certificate first. key: an object, or GOST PKCS#8 PEM."""
    folder.mkdir(mode=0o700, parents=True)
    write_whole(folder / "key.pem", sealed(key, pin))
    write_whole(folder / "key.so.pem", sealed(key, so_pin))
    write_whole(folder / "certificate.pem", b"".join(chain))
    write_whole(
        folder / "token.json", json.dumps({"label": label, "serial": serial}, ensure_ascii=False) + "\n"
    )


def sealed(key: PrivateKey | bytes, pin: str) -> bytes:
    """PKCS#8 PEM encrypted with the PIN."""
    if isinstance(key, bytes):
        return gost.locked(key, pin)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(pin.encode()))


def _read(folder: Path) -> Token | None:
    try:
        said: dict[str, Any] = json.loads((folder / "token.json").read_text(encoding="utf-8"))
        label, serial = str(said["label"])[:64], str(said["serial"])[:64]
        written = (folder / "certificate.pem").read_bytes()
    except (OSError, ValueError, KeyError, TypeError):
        return None
    blocks = _PEM.findall(written) if len(written) <= _LARGEST else []
    try:
        chain = [certificates.read(block).der for block in blocks]
    except NotACertificate:
        chain = []
    return Token(label, serial, f"folder:{serial}", None, tuple(chain[:1]), tuple(chain[1:]))


def _key(path: Path, pin: str, certificate: Certificate, right: Callable[[], None]) -> PrivateKey | bytes:
    try:
        written = path.read_bytes()
    except FileNotFoundError:
        raise Untried("NO_CERT", detail="no_key") from None
    except OSError as failure:
        raise Untried("TOKEN_FAULT", detail=type(failure).__name__) from None
    opened: PrivateKey | bytes
    opened, public = _gost(written, pin) if certificate.gost else _unlocked(written, pin)
    right()
    if public != certificate.spki:
        raise Refused("NO_CERT", detail="other_key")
    return opened


def _gost(written: bytes, pin: str) -> tuple[bytes, bytes]:
    """A GOST key (PKCS#8 PEM) and its public half."""
    try:
        key = gost.unlocked(written, pin)
        return key, gost.public_key(key)
    except gost.EngineMissing:
        raise Untried("TOKEN_FAULT", detail="gost_engine") from None
    except ValueError:
        raise WrongPin from None


def _unlocked(written: bytes, pin: str) -> tuple[PrivateKey, bytes]:
    """An RSA or EC key and its public half (DER)."""
    try:
        key = load_pem_private_key(written, pin.encode())
    except (ValueError, TypeError):  # TypeError: the file is not encrypted at all
        raise WrongPin from None
    except UnsupportedAlgorithm:
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Refused("TOKEN_FAULT", detail="algorithm")
    return key, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
