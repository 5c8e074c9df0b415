"""An authenticator in software: real keys, real signatures, CBOR as devices write it (WebAuthn §6)."""

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "http://localhost:8000"
UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Authenticator:
    """One device with one key. count: its counter, None for a device that does not count."""

    origin: str = ORIGIN
    rp: str = "localhost"
    flags: int = UP | UV
    count: int | None = 0
    kind: str = "es256"
    cross_origin: bool = False
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    key: Any = None

    def __post_init__(self) -> None:
        self.key = (
            ed25519.Ed25519PrivateKey.generate()
            if self.kind == "eddsa"
            else ec.generate_private_key(ec.SECP256R1())
        )

    def create(self, begun: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Answer options of a registration, as passkeys.js sends it."""
        asked = begun["publicKey"]
        self.handle = base64url_to_bytes(asked["user"]["id"])
        told = b"\0" * 16 + struct.pack(">H", len(self.credential_id)) + self.credential_id + self.public()
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self.data(AT) + told})
        response = {
            "clientDataJSON": bytes_to_base64url(self.said("webauthn.create", asked["challenge"])),
            "attestationObject": bytes_to_base64url(attested),
            "transports": ["internal", "hybrid", "telepathy"],
        }
        return self.sent(begun, response, **changes)

    def get(self, begun: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Answer options of an assertion, as passkeys.js sends it."""
        if self.count is not None:
            self.count += 1
        said = self.said("webauthn.get", begun["publicKey"]["challenge"])
        data = self.data()
        response = {
            "clientDataJSON": bytes_to_base64url(said),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(self.signed(data + hashlib.sha256(said).digest())),
            "userHandle": bytes_to_base64url(self.handle),
        }
        return self.sent(begun, response, **changes)

    def sent(self, begun: dict[str, Any], response: dict[str, Any], **changes: Any) -> dict[str, Any]:
        name = bytes_to_base64url(self.credential_id)
        credential = {"id": name, "rawId": name, "type": "public-key", "response": {**response, **changes}}
        return {"ceremony": begun["ceremony"], "credential": credential}

    def said(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross_origin}
        ).encode()

    def data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.rp.encode()).digest() + struct.pack(
            ">BI", self.flags | more, self.count or 0
        )

    def signed(self, message: bytes) -> bytes:
        if self.kind == "eddsa":
            return bytes(self.key.sign(message))
        return bytes(self.key.sign(message, ec.ECDSA(hashes.SHA256())))

    def public(self) -> bytes:
        """The key in COSE (RFC 9053)."""
        if self.kind == "eddsa":
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self.key.public_key().public_bytes_raw()})
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
