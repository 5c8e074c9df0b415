"""What an ЕСИА tells of a person, as the claims that the portal's OpenID Connect gives."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dopusk.kernel import phone
from dopusk.kernel.invalid import Invalid

GENDERS = {"F": "female", "M": "male"}
PASSPORT = "RF_PASSPORT"


def claims(identity: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any]:
    """identity: the ID marker. person: `GET /rs/prns/{oid}` with contacts and documents embedded.

    A field the system was not given is absent, and so is its claim.
    """
    contacts, documents = _elements(person, "contacts"), _elements(person, "documents")
    told = {
        "family_name": _text(person, "lastName"),
        "given_name": _text(person, "firstName"),
        "middle_name": _text(person, "middleName"),
        "gender": GENDERS.get(_text(person, "gender")),
        "birthdate": _day(_text(person, "birthDate")),
        "snils": _text(person, "snils"),
        "inn": _text(person, "inn"),
        "email": _verified(contacts, "EML"),
        "phone_number": _phone(_verified(contacts, "MBT")),
        "identity_document": _passport(documents, person.get("rIdDoc")),
        "assurance_level": _level(identity, person),
    }
    return {name: value for name, value in told.items() if value}


def _level(identity: Mapping[str, Any], person: Mapping[str, Any]) -> str:
    """Confirmed only if the signed marker says so and the person's own card does not deny it."""
    subject = identity.get("urn:esia:sbj")
    proved = isinstance(subject, Mapping) and subject.get("urn:esia:sbj:is_tru") is True
    if proved and person.get("trusted") is not False:
        return "confirmed"
    return "standard" if person.get("snils") and person.get("rIdDoc") else "simplified"


def _elements(person: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects of an embedded collection; one that came as links, or not at all, is empty."""
    collection = person.get(name)
    found = collection.get("elements") if isinstance(collection, Mapping) else None
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _verified(contacts: list[Mapping[str, Any]], kind: str) -> str:
    for contact in contacts:
        if contact.get("type") == kind and contact.get("vrfStu") == "VERIFIED":
            return _text(contact, "value")
    return ""


def _phone(value: str) -> str:
    """`+79000000003` from `+7(900)0000003`; of another country as it stands."""
    try:
        return phone.parse(value)
    except Invalid:
        return value[:16]


def _text(whole: Mapping[str, Any], name: str) -> str:
    """A text field; of any other kind, or with signs that no name has, it counts as absent."""
    value = whole.get(name)
    return value if isinstance(value, str) and value.isprintable() else ""


def _day(value: str) -> str:
    """`1986-03-14` from `14.03.1986`; what is no day stays as it is, to be refused by the rules."""
    try:
        return datetime.strptime(value, "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return value


def _passport(documents: list[Mapping[str, Any]], main: object) -> dict[str, str]:
    """The passport, the one her account stands on if there are several; the issuer's code as `690-001`."""
    passports = [one for one in documents if one.get("type") == PASSPORT]
    if not passports:
        return {}
    document = next((one for one in passports if main and str(one.get("id")) == str(main)), passports[0])
    code = _text(document, "issueId")
    return {
        "type": "passport_rf",
        "series": _text(document, "series"),
        "number": _text(document, "number"),
        "issue_date": _day(_text(document, "issueDate")),
        "issuer": _text(document, "issuedBy"),
        "issuer_code": f"{code[:3]}-{code[3:]}" if len(code) == 6 and code.isdecimal() else code,
    }
