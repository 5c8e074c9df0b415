"""Envelopes for what rests on disk or in a row: files, private keys, identifiers.

AES-256-GCM (NIST SP 800-38D). Every item has a data key of its own, made at random and wrapped by a key
encryption key (KEK) which is known by an id, so that the KEK can be changed without touching the contents.
What makes it safe: both layers are bound to the item's id, so an envelope moved to another row does not open;
a data key seals one message only, so its nonce can never repeat; the wrapping nonce is random (96 bits), good
for 2^32 items a KEK.

An envelope: ``b"DPK1"`` · 1 byte length of the key id · key id · nonce (12) · wrapped data key (48) ·
nonce (12) · ciphertext with tag (length of the text + 16).
"""

import functools
import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_MAGIC: Final = b"DPK1"
_NONCE: Final = 12
_KEY: Final = 32
_TAG: Final = 16
_WRAPPED: Final = _KEY + _TAG


class SealBroken(ValueError):
    """The envelope does not open: other key, other item, or not a bit as it was sealed.

    ``code`` is ``seal_format`` (not an envelope), ``seal_key_unknown`` (a KEK we do not hold) or
    ``seal_broken`` (everything else; deliberately one code).
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Sealer:
    """Seals and opens items under one or several key encryption keys (32 bytes each).

    The first key seals; all of them open. A bare key gets an id derived from itself.
    """

    def __init__(self, kek: bytes | Sequence[tuple[str, bytes]]) -> None:
        keys = [(key_id(kek), kek)] if isinstance(kek, bytes) else list(kek)
        if not keys:
            raise ValueError("a sealer needs at least one key")
        for name, key in keys:
            if len(key) != _KEY:
                raise ValueError(f"key {name!r} is {len(key)} bytes long, not {_KEY}")
            if not 0 < len(name.encode()) < 256:
                raise ValueError("a key id is 1 to 255 bytes long")
        self._current = keys[0][0]
        self._keys = {name: AESGCM(key) for name, key in keys}

    def seal(self, item: str, text: bytes) -> bytes:
        """Seal ``text`` as the item of this id."""
        data_key = AESGCM.generate_key(bit_length=256)
        nonce = os.urandom(_NONCE)
        return (
            self._wrap(item, data_key) + nonce + AESGCM(data_key).encrypt(nonce, text, _content_bound(item))
        )

    def open(self, item: str, sealed: bytes) -> bytes:
        """The text sealed as the item of this id; :class:`SealBroken` otherwise."""
        name, body = _parse(sealed)
        data_key = self._unwrap(item, name, sealed[body - _NONCE - _WRAPPED : body])
        try:
            return AESGCM(data_key).decrypt(
                sealed[body : body + _NONCE], memoryview(sealed)[body + _NONCE :], _content_bound(item)
            )
        except InvalidTag:
            raise SealBroken("seal_broken") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the envelope is wrapped by the key that seals today."""
        return _parse(sealed)[0] == self._current

    def rewrap(self, item: str, sealed: bytes) -> bytes:
        """The same envelope under the current key; the contents are not decrypted."""
        name, body = _parse(sealed)
        data_key = self._unwrap(item, name, sealed[body - _NONCE - _WRAPPED : body])
        return self._wrap(item, data_key) + sealed[body:]

    def _wrap(self, item: str, data_key: bytes) -> bytes:
        name = self._current.encode()
        nonce = os.urandom(_NONCE)
        wrapped = self._keys[self._current].encrypt(nonce, data_key, _key_bound(self._current, item))
        return _MAGIC + bytes([len(name)]) + name + nonce + wrapped

    def _unwrap(self, item: str, name: str, nonce_and_key: bytes) -> bytes:
        if name not in self._keys:
            raise SealBroken("seal_key_unknown")
        try:
            return self._keys[name].decrypt(
                nonce_and_key[:_NONCE], nonce_and_key[_NONCE:], _key_bound(name, item)
            )
        except InvalidTag:
            raise SealBroken("seal_broken") from None


def key_id(kek: bytes) -> str:
    """A public name for a KEK: says which one it is, gives nothing of it away."""
    return hmac.new(kek, b"dopusk key id", hashlib.sha256).hexdigest()[:16]


def blind_index(key: bytes, purpose: str, text: str) -> bytes:
    """A 32-byte value by which a sealed identifier can be looked up without being readable.

    HMAC-SHA256 under a key derived for this purpose alone (HKDF, RFC 5869), so that the СНИЛС index of one
    table says nothing about another. Normalise ``text`` first: the index is blind to spelling.
    """
    return hmac.digest(_index_key(key, purpose), text.encode(), "sha256")


@functools.lru_cache(maxsize=64)
def _index_key(key: bytes, purpose: str) -> bytes:
    derived = HKDF(hashes.SHA256(), _KEY, salt=None, info=b"dopusk blind index\0" + purpose.encode())
    return derived.derive(key)


def _parse(sealed: bytes) -> tuple[str, int]:
    """Key id and the offset where the sealed body begins."""
    if sealed[: len(_MAGIC)] != _MAGIC or len(sealed) <= len(_MAGIC):
        raise SealBroken("seal_format")
    start = len(_MAGIC) + 1
    named = start + sealed[len(_MAGIC)]
    body = named + _NONCE + _WRAPPED
    if len(sealed) < body + _NONCE + _TAG:
        raise SealBroken("seal_format")
    try:
        return sealed[start:named].decode(), body
    except UnicodeDecodeError:
        raise SealBroken("seal_format") from None


def _key_bound(name: str, item: str) -> bytes:
    return b"dopusk data key\0" + name.encode() + b"\0" + item.encode()


def _content_bound(item: str) -> bytes:
    return b"dopusk content\0" + item.encode()
