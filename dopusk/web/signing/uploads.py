"""The signature as a form brings it: base64 by a page's script, or a file made anywhere."""

from typing import Final

from django.http import HttpRequest

from dopusk.trust import cades
from dopusk.web.signing import actions, sessions, turns
from dopusk.web.signing.actions import Examined

LARGEST: Final = cades.LARGEST_UPLOAD
CODES: Final = (
    "signature_absent",
    "signature_large",
    "signature_unreadable",
    "signature_is_certificate",
    "signature_busy",
)
_OF: Final = {"empty": "signature_absent", "large": "signature_large"}
_CERTIFICATE: Final = b"-----BEGIN CERTIFICATE-----"


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
    if _CERTIFICATE in given:
        raise Refused("signature_is_certificate")
    try:
        return cades.read_upload(given)
    except cades.NotSignature as refused:
        raise Refused(_OF.get(refused.code, "signature_unreadable")) from None


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
