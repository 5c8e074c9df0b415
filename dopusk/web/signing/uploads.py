"""The signature as a form brings it: base64 by a page's script, or a file made anywhere."""

import base64
import binascii
import re
from typing import Final

from django.http import HttpRequest

from dopusk.trust import cades
from dopusk.web.signing import actions, sessions, turns
from dopusk.web.signing.actions import Examined

LARGEST: Final = cades.LARGEST_UPLOAD
CODES: Final = (
    "signature_absent",
    "signature_empty",
    "signature_large",
    "signature_unreadable",
    "signature_is_key",
    "signature_is_certificate",
    "signature_busy",
)
_OF: Final = {"empty": "signature_empty", "large": "signature_large"}
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"
_KEY: Final = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")
# what a SEQUENCE begins with when it holds a private key; a signature begins with an identifier
_KEY_IN_DER: Final = re.compile(
    rb"\x30(?:[\x00-\x80]|\x81.|\x82..|\x83...)"
    rb"(?:\x02\x01\x03\x30"  # PKCS#12, RFC 7292 §4
    rb"|\x02\x01[\x00\x01]\x30"  # PKCS#8, RFC 5958 §2
    rb"|\x02\x01\x00\x02"  # of RSA, RFC 8017 §A.1.2
    rb"|\x02\x01\x01\x04"  # of ECDSA, RFC 5915 §3
    rb"|\x30.\x06[\x09\x0a]\x2a\x86\x48\x86\xf7\x0d\x01[\x05\x0c])",  # PKCS#8 under a password, RFC 5958 §3
    re.DOTALL,
)


class Refused(Exception):
    """No signature can be read from what came. code: one of CODES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def signature_of(request: HttpRequest) -> bytes:
    """The CMS (DER) of the fields `signature` or `signature_file`; the file only when the field is empty.

    Raises Refused. Whether it is a good signature says `actions.examine`.
    """
    given = request.POST.get("signature", "").encode()
    if not given.strip():
        upload = request.FILES.get("signature_file")
        if upload is None:
            raise Refused("signature_absent")
        if (upload.size or 0) > LARGEST:
            raise Refused("signature_large")
        given = upload.read()
    if len(given) <= LARGEST and _holds_key(given):
        raise Refused("signature_is_key")
    if _CERTIFICATE in given:
        raise Refused("signature_is_certificate")
    try:
        return cades.read_upload(given)
    except cades.NotSignature as refused:
        raise Refused(_OF.get(refused.code, "signature_unreadable")) from None


def _holds_key(given: bytes) -> bool:
    """Whether a private key was sent, which nobody should have; in PEM, DER or base64."""
    try:
        decoded = base64.b64decode(b"".join(given.split()), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    return any(_KEY.search(one) or _KEY_IN_DER.match(one) for one in (given, decoded))


def examined(
    request: HttpRequest, purpose: str, object_key: str, *, lines: tuple[str, ...] | None = None
) -> Examined:
    """What came of a posted form: `actions.examine` of its fields, bound to this request's session and address.

    `signature_busy` when too many are looked at just now: the same signature may be sent again.
    """
    session = sessions.of(request)
    posted = request.POST.get("challenge", "")
    try:
        signature = signature_of(request)
    except Refused as refused:
        return Examined(actions.find(posted, session), refused.code)
    try:
        with turns.turn():
            return actions.examine(
                posted,
                purpose,
                object_key,
                session=session,
                signature=signature,
                lines=lines,
                origin=sessions.origin(request),
            )
    except turns.Busy as busy:
        return Examined(actions.find(posted, session), busy.code)
