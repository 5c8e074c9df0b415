"""A few lines of DER (X.690): enough to write the structures we sign, byte for byte."""

from asn1crypto import core


def element(tag: int, *parts: bytes) -> bytes:
    """A tag of one byte, its length, the parts one after another."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of already encoded parts."""
    return element(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """SET OF, sorted as DER wants it."""
    return element(0x31, *sorted(parts))


def explicit(number: int, *parts: bytes) -> bytes:
    """A constructed context tag: [number] around the parts."""
    return element(0xA0 | number, *parts)


def octets(content: bytes) -> bytes:
    """OCTET STRING."""
    return element(0x04, content)


def integer(number: int) -> bytes:
    """A non-negative INTEGER."""
    return element(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    return bytes(core.ObjectIdentifier(dotted).dump())


SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"))
ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"))
DATA = oid("1.2.840.113549.1.7.1")
SIGNED_DATA = oid("1.2.840.113549.1.7.2")
TST_INFO = oid("1.2.840.113549.1.9.16.1.4")

# attributes of a CMS signer
CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - an object identifier
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"  # version 2, RFC 5035


def attribute(kind: str, value: bytes) -> bytes:
    """A CMS attribute with one value."""
    return sequence(oid(kind), set_of(value))


def signed_data(content: bytes, certificates: bytes, signer: bytes, *, version: int = 1) -> bytes:
    """CMS SignedData (RFC 5652 §5.1) with SHA-256 and one signer.

    content: EncapsulatedContentInfo; certificates: the certificates one after another, may be empty;
    signer: SignerInfo.
    """
    return sequence(
        SIGNED_DATA,
        explicit(
            0,
            sequence(
                integer(version),
                set_of(SHA256),
                content,
                explicit(0, certificates) if certificates else b"",
                set_of(signer),
            ),
        ),
    )


def signer_info(sid: bytes, attributes: bytes, signature: bytes, unsigned: bytes = b"") -> bytes:
    """CMS SignerInfo by issuer and serial number, ECDSA with SHA-256.

    attributes: the signed attributes as the SET that was signed; unsigned: encoded attributes, may be empty.
    """
    return sequence(
        integer(1),
        sid,
        SHA256,
        b"\xa0" + attributes[1:],  # the same bytes under an implicit tag, RFC 5652 §5.4
        ECDSA_SHA256,
        octets(signature),
        explicit(1, unsigned) if unsigned else b"",
    )
