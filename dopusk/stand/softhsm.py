"""Tokens of SoftHSM2 in a folder of their own: for trying and testing what is meant for a device."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pkcs11 import Attribute
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from dopusk.agent.configuration import Module
from dopusk.trust.keys import PrivateKey

LIBRARY: Final = "/usr/lib/softhsm/libsofthsm2.so"
_VARIABLE: Final = "SOFTHSM2_CONF"


class SoftHsmMissing(Exception):
    """SoftHSM2 is not installed, or does not do what it is asked; the message says which."""


class SoftHsm:
    """folder: made when missing; the tokens and the configuration that names them lie in it."""

    def __init__(self, folder: Path) -> None:
        if not Path(LIBRARY).exists() or not shutil.which("softhsm2-util"):
            raise SoftHsmMissing("SoftHSM2 is not installed: sudo apt-get install softhsm2")
        self._tokens, self._away = folder / "tokens", folder / "unplugged"
        self.configuration = folder / "softhsm2.conf"
        self._tokens.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.configuration.write_text(
            f"directories.tokendir = {self._tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
        )

    def module(self) -> Module:
        """As the agent's settings name it."""
        return Module(LIBRARY, {_VARIABLE: str(self.configuration)})

    def make(self, label: str, pin: str, so_pin: str) -> str:
        """A new token; its serial number."""
        before = {serial for serial, _ in self.tokens()}
        # the PINs of a toy: they are seen in the list of processes while it is made
        command = [
            *("softhsm2-util", "--init-token", "--free", "--label", label),
            *("--so-pin", so_pin, "--pin", pin),
        ]
        environment = {**os.environ, _VARIABLE: str(self.configuration)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        made = {serial for serial, _ in self.tokens()} - before
        if done.returncode or len(made) != 1:
            raise SoftHsmMissing(f"softhsm2-util: {done.stderr.strip() or done.stdout.strip()}")
        return made.pop()

    def tokens(self) -> list[tuple[str, str]]:
        """Serial numbers and labels."""
        with self._library() as library:
            return [(_serial(token), token.label) for token in _made(library)]

    def put(
        self,
        serial: str,
        pin: str,
        *,
        key: PrivateKey | None = None,
        certificates: Sequence[bytes] = (),
        identifier: bytes = b"\x01",
    ) -> None:
        """Lay a key that cannot be taken out again and certificates (DER) on a token, as others' programs do."""
        with self._library() as library:
            token = next(one for one in _made(library) if _serial(one) == serial)
            with token.open(rw=True, user_pin=pin) as session:
                if key is not None:
                    session.create_object(_private(key, identifier))
                for place, certificate in enumerate(certificates):
                    attributes = decode_x509_certificate(certificate)
                    attributes[Attribute.TOKEN] = True
                    attributes[Attribute.ID] = identifier if place == 0 else identifier + bytes([place])
                    session.create_object(attributes)

    def unplug(self) -> None:
        """Every token is gone, as if pulled out."""
        self._tokens.rename(self._away)
        self._tokens.mkdir(mode=0o700)

    def plug(self) -> None:
        """They are back."""
        shutil.rmtree(self._tokens)
        self._away.rename(self._tokens)

    @contextmanager
    def _library(self) -> Iterator[Any]:
        before = os.environ.get(_VARIABLE)
        os.environ[_VARIABLE] = str(self.configuration)
        try:
            library = pkcs11.lib(LIBRARY)
            try:
                yield library
            finally:
                library.finalize()
        finally:
            os.environ.pop(_VARIABLE)
            if before is not None:
                os.environ[_VARIABLE] = before


def _made(library: Any) -> list[Any]:
    found = (slot.get_token() for slot in library.get_slots(token_present=True))
    return [token for token in found if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED]


def _serial(token: Any) -> str:
    return str(token.serial.decode())


def _private(key: PrivateKey, identifier: bytes) -> dict[Attribute, Any]:
    """Its attributes."""
    if isinstance(key, rsa.RSAPrivateKey):
        written = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        attributes: dict[Attribute, Any] = decode_rsa_private_key(written)
    else:
        written = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        attributes = decode_ec_private_key(written)
    kept = {Attribute.TOKEN: True, Attribute.PRIVATE: True, Attribute.SENSITIVE: True}
    return {
        **attributes,
        **kept,
        Attribute.EXTRACTABLE: False,
        Attribute.SIGN: True,
        Attribute.ID: identifier,
    }
