"""Whom a person's certificate names: the attributes of order 795 of the ФСБ (2011), in the types it demands."""

from dataclasses import dataclass
from typing import Final

from dopusk.trust import der

_UTF8, _NUMERIC, _PRINTABLE, _IA5 = 0x0C, 0x12, 0x13, 0x16
LONGEST_NAME: Final = 64  # characters of CN, O and T: RFC 5280 appendix A.1


@dataclass(frozen=True)
class Subject:
    """The facts, already checked. snils: 11 digits; inn: 12; ogrn: 13; inn_of_organisation: 10; e-mail in ASCII.

    What is empty is left out.
    """

    last_name: str
    first_name: str
    patronymic: str
    snils: str
    inn: str = ""
    email: str = ""
    organisation: str = ""
    ogrn: str = ""
    inn_of_organisation: str = ""
    title: str = ""

    @property
    def common_name(self) -> str:
        """`Орлова Анна Сергеевна`."""
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    def name(self) -> bytes:
        """The Name (RFC 5280 §4.1.2.4), DER; numbers are NumericString, as the order says."""
        return named(
            (
                ("2.5.4.6", _PRINTABLE, "RU"),
                ("2.5.4.10", _UTF8, self.organisation),
                ("2.5.4.12", _UTF8, self.title),
                ("2.5.4.3", _UTF8, self.common_name),
                ("2.5.4.4", _UTF8, self.last_name),
                ("2.5.4.42", _UTF8, " ".join(part for part in (self.first_name, self.patronymic) if part)),
                ("1.2.840.113549.1.9.1", _IA5, self.email),
                ("1.2.643.3.131.1.1", _NUMERIC, self.inn),
                ("1.2.643.100.3", _NUMERIC, self.snils),
                ("1.2.643.100.1", _NUMERIC, self.ogrn),
                ("1.2.643.100.4", _NUMERIC, self.inn_of_organisation),
            )
        )


def office_name(common_name: str, organisation: str) -> bytes:
    """The Name of an authority of ours, DER."""
    return named(
        (("2.5.4.6", _PRINTABLE, "RU"), ("2.5.4.10", _UTF8, organisation), ("2.5.4.3", _UTF8, common_name))
    )


def named(attributes: tuple[tuple[str, int, str], ...]) -> bytes:
    """A Name of these attributes (identifier, tag of the string, text), one to an RDN; empty ones are left out."""
    return der.sequence(
        *(
            der.set_of(der.sequence(der.oid(identifier), der.element(tag, text.encode())))
            for identifier, tag, text in attributes
            if text
        )
    )
