"""Which authorities issue to people, what may stand in a certificate, what revoking may do to one."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from dopusk.kernel import email, inn, names, ogrn, snils
from dopusk.kernel.invalid import Invalid
from dopusk.trust.issuers import HOLD
from dopusk.trust.subjects import LONGEST_NAME, Subject


class Branch(StrEnum):
    """An authority that issues to people, by the algorithm of its key."""

    EC = "ec"
    RSA = "rsa"
    GOST = "gost"


class Reason(StrEnum):
    """Why a certificate is on the list; RFC 5280 §5.3.1, those that fit a person."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "keyCompromise"
    AFFILIATION_CHANGED = "affiliationChanged"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessationOfOperation"
    CERTIFICATE_HOLD = "certificateHold"
    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"


REQUIRED: Final = ("last_name", "first_name", "snils")
ALONG_WITH_ORGANISATION: Final = ("ogrn", "inn_of_organisation", "title")


class Unfit(ValueError):
    """Facts that cannot stand in a certificate. errors: name of the fact → stable code."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = dict(errors)


def subject(facts: Mapping[str, str]) -> Subject:
    """The facts as they will stand in the certificate, from texts as people write them; :class:`Unfit`.

    Codes are those of the kernel's parsers, and ``required``, ``too_long`` (RFC 5280 gives names, titles and
    organisations 64 characters), ``nul_character``, ``organisation_absent``.
    """
    errors: dict[str, str] = {}
    good: dict[str, str] = {}
    for name, parse in _PARSERS.items():
        text = facts.get(name, "").strip()
        if not text:
            if name in REQUIRED:
                errors[name] = "required"
            continue
        try:
            good[name] = parse(text)
        except Invalid as refused:
            errors[name] = refused.code
    if "organisation" not in good and "organisation" not in errors:
        errors |= dict.fromkeys(
            (name for name in ALONG_WITH_ORGANISATION if name in good), "organisation_absent"
        )
    if errors:
        raise Unfit(errors)
    made = Subject(**{"patronymic": "", **good})
    if len(made.common_name) > LONGEST_NAME:
        raise Unfit({"last_name": "too_long"})
    return made


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) > LONGEST_NAME:
        raise Invalid("too_long")
    if not text.isprintable():
        raise Invalid("nul_character")
    return text


def _ascii_email(text: str) -> str:
    """IA5String has no other letters: a Cyrillic domain stands in its letters of the wire (RFC 5890)."""
    local, _, domain = email.parse(text).rpartition("@")
    labels = (
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}"
        for label in domain.split(".")
    )
    return f"{local}@{'.'.join(labels)}"


_PARSERS: Final[dict[str, Callable[[str], str]]] = {
    "last_name": names.clean,
    "first_name": names.clean,
    "patronymic": names.clean,
    "snils": snils.parse,
    "inn": inn.parse,
    "email": _ascii_email,
    "organisation": _short,
    "ogrn": ogrn.parse,
    "inn_of_organisation": inn.parse_organisation,
    "title": _short,
}


def revoking_fault(current: str | None, wanted: Reason) -> str | None:
    """Why a certificate cannot be revoked so: ``revoked_already``, ``suspended_already``, or None.

    current: the reason it stands on the list with, None when it is not there. A suspended one can be revoked for good.
    """
    if current is None:
        return None
    if current != HOLD:
        return "revoked_already"
    return "suspended_already" if wanted == HOLD else None


def restoring_fault(current: str | None) -> str | None:
    """Why it cannot be given back: ``not_suspended`` (only a suspension ends, RFC 5280 §5.3.1), or None."""
    return None if current == HOLD else "not_suspended"
