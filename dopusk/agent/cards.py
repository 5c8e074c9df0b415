"""Tokens behind a PKCS#11 library (v2.40): RSA and EC keys. GOST keys of such tokens are not spoken to.

The library is initialised for each look and finalised after it, so that nothing is held while the PIN is asked and a
token that was pulled out meanwhile is noticed.
"""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, TokenFlag

from dopusk.agent.chains import is_authority
from dopusk.agent.configuration import Module
from dopusk.agent.refusals import Refused, Untried
from dopusk.agent.tokens import Sign, Token, WrongPin
from dopusk.trust import certificates
from dopusk.trust.certificates import Certificate, NotACertificate

log = logging.getLogger(__name__)

_LARGEST: Final = 64 * 1024  # bytes of a certificate
_MOST: Final = 100  # certificates of one token that are shown
_GONE: Final = (
    pkcs11.TokenNotPresent,
    pkcs11.TokenNotRecognised,
    pkcs11.DeviceRemoved,
    pkcs11.DeviceError,
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.SlotIDInvalid,
    pkcs11.ObjectHandleInvalid,
)
_WRONG: Final = (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange)
_REFUSED_NEW: Final = (pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinTooWeak)


class Cards:
    """What one library sees. A :class:`~dopusk.agent.tokens.Place`."""

    def __init__(self, module: Module) -> None:
        self._module = module

    def tokens(self) -> list[Token]:
        """Those plugged in."""
        found = []
        with self._library() as library:
            for token in _present(library):
                try:
                    found.append(self._read(token))
                except (
                    Refused
                ) as refused:  # pulled out at this moment, or broken: the others are none the worse
                    log.warning("a token cannot be read: %s %s", refused.code, refused.detail)
        return found

    @contextmanager
    def opened(self, token: Token, pin: str, certificate: bytes, right: Callable[[], None]) -> Iterator[Sign]:
        """A session that is logged in; the key is found by the certificate's identifier or its public half."""
        read = certificates.read(certificate)
        if read.algorithm not in {"rsa", "ec"}:
            raise Untried("TOKEN_FAULT", detail="algorithm")
        with self._library() as library, _session(_again(library, token), user_pin=pin) as session:
            right()
            with _told():
                key = _key(session, read)
            if key is None:
                with _told():
                    gone = not _certificates(session)
                raise Refused("UNPLUGGED") if gone else Refused("NO_CERT", detail="no_key")

            def sign(data: bytes) -> bytes:
                with _told():
                    return _sign(key, data)

            yield sign

    def set_pin(self, token: Token, so_pin: str, pin: str, right: Callable[[], None]) -> None:
        """A new PIN of the person's."""
        with (
            self._library() as library,
            _session(_again(library, token), so_pin=so_pin, rw=True) as session,
            _told(),
        ):
            right()
            try:
                session.init_pin(pin)
            except _REFUSED_NEW as refused:
                raise Refused("TOKEN_FAULT", detail=f"new_pin: {type(refused).__name__}") from None

    @contextmanager
    def _library(self) -> Iterator[Any]:
        before = {name: os.environ.get(name) for name in self._module.environment}
        os.environ.update(self._module.environment)
        try:
            try:
                library = pkcs11.lib(self._module.path)
            except pkcs11.PKCS11Error as error:
                raise Untried("TOKEN_FAULT", detail=f"library: {type(error).__name__}") from None
            try:
                yield library
            finally:
                with suppress(pkcs11.PKCS11Error):
                    library.finalize()
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value

    def _read(self, token: Any) -> Token:
        with _told(), token.open() as session:
            found = _certificates(session)[:_MOST]
        serial = _serial(token)
        return Token(
            label=token.label,
            serial=serial,
            key=f"pkcs11:{token.manufacturer_id}:{token.model}:{serial}",
            left=_left(token.flags),
            certificates=tuple(one.der for one in found if not is_authority(one)),
            others=tuple(one.der for one in found if is_authority(one)),
        )


@contextmanager
def _told() -> Iterator[None]:
    """The library's errors as refusals."""
    try:
        yield
    except _GONE as gone:
        raise Refused("UNPLUGGED", detail=type(gone).__name__) from None
    except pkcs11.PKCS11Error as error:
        raise Refused("TOKEN_FAULT", detail=type(error).__name__) from None


@contextmanager
def _session(token: Any, *, rw: bool = False, **pin: str) -> Iterator[Any]:
    try:
        with _told_but_pin():
            session = token.open(rw=rw, **pin)
    except pkcs11.PinLocked:
        raise WrongPin(locked=True, left=0) from None
    except _WRONG:
        left = _left(_flags_after(token), of_administrator="so_pin" in pin)
        raise WrongPin(locked=left == 0, left=left) from None
    try:
        yield session
    finally:
        with suppress(pkcs11.PKCS11Error):
            session.close()


@contextmanager
def _told_but_pin() -> Iterator[None]:
    try:
        yield
    except (pkcs11.PinLocked, *_WRONG):
        raise
    except pkcs11.PKCS11Error:
        with _told():
            raise


def _flags_after(token: Any) -> TokenFlag:
    try:
        return TokenFlag(token.slot.get_token().flags)
    except pkcs11.PKCS11Error:
        return TokenFlag(0)


def _left(flags: TokenFlag, *, of_administrator: bool = False) -> int | None:
    """Tries by the token's own word, as far as it gives it."""
    locked, final = TokenFlag.USER_PIN_LOCKED, TokenFlag.USER_PIN_FINAL_TRY
    if of_administrator:
        locked, final = TokenFlag.SO_PIN_LOCKED, TokenFlag.SO_PIN_FINAL_TRY
    if flags & locked:
        return 0
    return 1 if flags & final else None


def _present(library: Any) -> list[Any]:
    """Tokens with a PIN; one that is pulled out at this moment is none."""
    found = []
    with _told():
        for slot in library.get_slots(token_present=True):
            with suppress(*_GONE):
                token = slot.get_token()
                if token.flags & TokenFlag.TOKEN_INITIALIZED and token.flags & TokenFlag.USER_PIN_INITIALIZED:
                    found.append(token)
    return found


def _again(library: Any, token: Token) -> Any:
    """The same token as before."""
    try:
        present = _present(library)
    except Refused as refused:
        raise Untried(refused.code, detail=refused.detail) from None
    for one in present:
        if (_serial(one), one.label) == (token.serial, token.label):
            return one
    raise Untried("UNPLUGGED", detail="absent")


def _serial(token: Any) -> str:
    return str(token.serial.decode("ascii", errors="replace"))


def _certificates(session: Any) -> list[Certificate]:
    """Those that can be read; what else lies there is not ours to judge."""
    found = []
    for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        with suppress(pkcs11.AttributeTypeInvalid, pkcs11.AttributeSensitive, NotACertificate):
            value = bytes(item[Attribute.VALUE])
            if len(value) <= _LARGEST:
                found.append(certificates.read(value))
    return list(dict.fromkeys(found))


def _key(session: Any, certificate: Certificate) -> Any | None:
    """The private key: of the certificate's CKA_ID, whichever object has those bytes."""
    kind = KeyType.RSA if certificate.algorithm == "rsa" else KeyType.EC
    identifiers = [
        bytes(item[Attribute.ID])
        for item in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
        if bytes(item[Attribute.VALUE]) == certificate.der
    ]
    for identifier in identifiers:
        wanted = {
            Attribute.CLASS: ObjectClass.PRIVATE_KEY,
            Attribute.KEY_TYPE: kind,
            Attribute.ID: identifier,
        }
        for key in session.get_objects(wanted):
            return key
    return None


def _sign(key: Any, data: bytes) -> bytes:
    """PKCS#1 v1.5 over SHA-256, or ECDSA over SHA-256 as DER (the token gives r‖s)."""
    if key.key_type == KeyType.RSA:
        return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
    value = bytes(key.sign(hashlib.sha256(data).digest(), mechanism=Mechanism.ECDSA))
    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
