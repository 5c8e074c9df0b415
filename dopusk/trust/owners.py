"""Whose certificate it is: what its subject says of the person and of the organisation.

The attributes are those of ФСБ order 795 of 27.12.2011 (form of a qualified certificate): СНИЛС, ИНН, ОГРН, ОГРНИП,
ИНН ЮЛ; the given name (GN) is «Имя Отчество» in one. Nothing here is believed: whether an authority vouches for it
says :mod:`dopusk.trust.validation`.
"""

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from dopusk.kernel import inn as inn_number
from dopusk.kernel import snils
from dopusk.kernel.invalid import Invalid
from dopusk.trust.certificates import UNREADABLE, Certificate

SNILS: Final = NameOID.SNILS  # 1.2.643.100.3
INN: Final = NameOID.INN  # 1.2.643.3.131.1.1
OGRN: Final = NameOID.OGRN  # 1.2.643.100.1
INN_OF_ORGANISATION: Final = x509.ObjectIdentifier("1.2.643.100.4")
OGRNIP: Final = x509.ObjectIdentifier("1.2.643.100.5")


@dataclass(frozen=True)
class Owner:
    """What the subject says; "" for what it does not say, and for what it says twice and differently.

    snils: 11 digits as they are there, checked by nothing but :attr:`snils_valid`. inn: of the person, 12 digits.
    ogrn: of the organisation, or of the entrepreneur (ОГРНИП).
    """

    common_name: str
    last_name: str
    first_name: str
    patronymic: str
    snils: str
    inn: str
    organisation: str
    ogrn: str
    inn_of_organisation: str
    title: str
    email: str

    @property
    def snils_valid(self) -> bool:
        """Whether the check digits are right."""
        try:
            return snils.parse(self.snils) == self.snils
        except Invalid:
            return False

    @property
    def full_name(self) -> str:
        """«Фамилия Имя Отчество», or the common name when the parts are not there."""
        parts = " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)
        return parts or self.common_name


def owner(certificate: Certificate) -> Owner:
    """Of the subject; e-mail also of the subject's alternative names."""
    name = certificate.parsed.subject
    first, _, patronymic = _one(name, NameOID.GIVEN_NAME).partition(" ")
    inn, of_organisation = _one(name, INN), _one(name, INN_OF_ORGANISATION)
    if _padded(inn):  # an organisation's, before it had an attribute of its own
        inn, of_organisation = "", of_organisation or inn[2:]
    return Owner(
        common_name=_one(name, NameOID.COMMON_NAME),
        last_name=_one(name, NameOID.SURNAME),
        first_name=first,
        patronymic=patronymic.strip(),
        snils="".join(character for character in _one(name, SNILS) if character not in " -"),
        inn=inn,
        organisation=_one(name, NameOID.ORGANIZATION_NAME),
        ogrn=_one(name, OGRN) or _one(name, OGRNIP),
        inn_of_organisation=of_organisation,
        title=_one(name, NameOID.TITLE),
        email=_one(name, NameOID.EMAIL_ADDRESS) or _email(certificate.parsed),
    )


def _padded(number: str) -> bool:
    """Whether an ИНН of twelve digits is an organisation's with «00» in front. Some people's begin so too."""
    if len(number) != 12 or not number.startswith("00"):
        return False
    try:
        inn_number.parse(number)
    except Invalid:
        return True
    return False


def issuer_name(certificate: Certificate) -> str:
    """The issuer as people call it: its common name, else its organisation, else the whole name."""
    name = certificate.parsed.issuer
    found = _one(name, NameOID.COMMON_NAME) or _one(name, NameOID.ORGANIZATION_NAME)
    return found or certificate.issuer


def _one(name: x509.Name, kind: x509.ObjectIdentifier) -> str:
    said = {str(attribute.value) for attribute in name.get_attributes_for_oid(kind)}
    return " ".join(said.pop().split()) if len(said) == 1 else ""


def _email(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (*UNREADABLE, x509.ExtensionNotFound):
        return ""
    found = {str(address) for address in names.get_values_for_type(x509.RFC822Name)}
    return found.pop() if len(found) == 1 else ""
