"""Whether a signature in a PDF is written exactly as we write it, down to the last byte.

A CMS has bytes which no signature covers: version numbers, the list of digests, the certificates, the spelling
of the hexadecimal and the padding behind it. Changing them breaks nothing by mathematics, and yet the file is
no longer the one that was issued. So the message is built again from its signed parts and compared with what
the file holds; the certificates inside must each be signed by a root.
"""

from asn1crypto import cms, parser
from cryptography import x509

from dopusk.trust import der
from dopusk.trust.authority import issued_by


def is_exact(file: bytes, byte_range: list[int], roots: list[x509.Certificate]) -> bool:
    """Whether the hole of the byte range holds one message in canonical form, padded with zeros, and no more."""
    try:
        message = _message(file, byte_range)
        return message is not None and _rebuilt(message, roots) == message
    except Exception:  # noqa: BLE001 - what breaks the reading is not what we wrote
        return False


def _message(file: bytes, byte_range: list[int]) -> bytes | None:
    """The DER in the hole, if the hole is exactly one string in upper-case hexadecimal."""
    start, before, after, length = (int(number) for number in byte_range)
    if start != 0 or not 0 < before < after < after + length == len(file):
        return None
    hole = file[before:after]
    padded = bytes.fromhex(hole[1:-1].decode("ascii"))
    if hole != b"<" + padded.hex().upper().encode() + b">":
        return None
    size = parser.peek(padded)
    return None if any(padded[size:]) else padded[:size]


def _rebuilt(message: bytes, roots: list[x509.Certificate]) -> bytes:
    data = cms.ContentInfo.load(message, strict=True)["content"]
    (signer,) = data["signer_infos"]
    (stamp,) = signer["unsigned_attrs"]
    (token,) = stamp["values"]
    timestamp = token["content"]
    (stamper,) = timestamp["signer_infos"]
    information = bytes(timestamp["encap_content_info"]["content"])
    return der.signed_data(
        der.sequence(der.DATA),
        _certificates(data, roots),
        der.signer_info(
            _sid(data, signer),
            signer["signed_attrs"].untag().dump(),
            signer["signature"].native,
            der.attribute(
                der.TIMESTAMP_TOKEN,
                der.signed_data(
                    der.sequence(der.TST_INFO, der.explicit(0, der.octets(information))),
                    _certificates(timestamp, roots),
                    der.signer_info(
                        _sid(timestamp, stamper),
                        stamper["signed_attrs"].untag().dump(),
                        stamper["signature"].native,
                    ),
                    version=3,
                ),
            ),
        ),
    )


def _certificates(data: cms.SignedData, roots: list[x509.Certificate]) -> bytes:
    certificates = [choice.chosen.dump() for choice in data["certificates"]]
    for certificate in certificates:
        if not issued_by(x509.load_der_x509_certificate(certificate), roots):
            raise ValueError("a certificate nobody vouches for")
    return b"".join(certificates)


def _sid(data: cms.SignedData, signer: cms.SignerInfo) -> bytes:
    """The signer's name as the certificate spells it: libraries compare names without regard to case."""
    number = signer["sid"].chosen["serial_number"].native
    (certificate,) = [c.chosen for c in data["certificates"] if c.chosen.serial_number == number]
    return der.sequence(certificate.issuer.dump(), der.integer(number))
