"""A person as the REST service tells of her, whole: what her marker opens of it is `rest`'s business.

Of anybody: what the portal holds (name, numbers, contacts, passport, addresses of her profile). Of the sandbox's
test people also `PersonExtra`, laid over it.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings

from dopusk.kernel import snils
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia import numbers
from dopusk.portal.esia.models import PersonExtra
from dopusk.portal.esia.rules.ac import Organisation
from dopusk.portal.esia.sandbox.people_data import ORGANISATIONS, Element
from dopusk.portal.profile.models import Fact

ADDRESSES: Final = {"residence": "PLV", "registration": "PRG"}  # sections of a profile → types of the dialect
GENDERS: Final = {"female": "F", "male": "M"}


@dataclass(frozen=True)
class Portrait:
    """fields: of the person herself. elements: by collection, `ctts addrs docs kids vhls orgs roles`, ids given."""

    oid: int
    fields: Element
    elements: dict[str, list[Element]]


def of(sub: uuid.UUID) -> Portrait:
    """All that is told of a person. Raises Account.DoesNotExist."""
    account = Account.objects.get(pk=sub)
    opened, oid = account.opened(), numbers.oid_of(sub)
    extra = _extra(sub)
    addresses, changed = _addresses(sub)
    elements = {
        "ctts": _overlaid(_contacts(opened), extra.get("ctts", [])),
        "docs": _overlaid(_documents(opened), extra.get("docs", [])),
        "addrs": [*addresses, *_unlike(extra.get("addrs", []), addresses)],
        "kids": extra.get("kids", []),
        "vhls": extra.get("vhls", []),
    }
    numbered = _numbered(oid, elements)
    parts = extra.get("roles", {})
    numbered["orgs"] = [_organisation(int(org)) for org in parts]
    numbered["roles"] = [_role(int(org), oid, part) for org, part in parts.items()]
    shown = [moment for moment in account.identifiers.values_list("verified_at", flat=True) if moment]
    told = _fields(account, opened, max([account.created_at, *shown, *changed])) | extra.get("person", {})
    identity = told.get("rIdDoc", "RF_PASSPORT")  # its type; the element's number takes its place
    told.pop("rIdDoc", None)
    found = next((one["id"] for one in numbered["docs"] if one["type"] == identity), None)
    return Portrait(oid, told | ({"rIdDoc": found} if found else {}), numbered)


def workplaces(sub: uuid.UUID) -> list[Organisation]:
    """The organisations she has a role in, as the checks of `ac` and the markers want them."""
    return [Organisation(int(org), ORGANISATIONS[int(org)]["type"]) for org in _extra(sub).get("roles", {})]


def employees(org: int) -> list[Element]:
    """Who has a role in an organisation."""
    rows = PersonExtra.objects.filter(content__roles__has_key=str(org)).values_list(
        "account__esia__oid", "content"
    )
    return [
        {"id": oid, "prnOid": oid, "orgOid": org, "blocked": False, **part["roles"][str(org)]}
        for oid, part in rows.order_by("account__esia__oid")
    ]


def _extra(sub: uuid.UUID) -> dict[str, Any]:
    if not settings.SANDBOX:
        return {}
    return PersonExtra.objects.filter(pk=sub).values_list("content", flat=True).first() or {}


def _fields(account: Account, opened: dict[str, Any], changed: datetime) -> Element:
    told = {
        "firstName": account.first_name,
        "lastName": account.last_name,
        "middleName": account.patronymic,
        "birthDate": _day(account.birth_date),
        "birthPlace": opened.get("birth_place", ""),
        "gender": GENDERS.get(account.gender, ""),
        "snils": snils.show(opened["snils"]) if opened["snils"] else "",
        "inn": opened["inn"],
        "citizenship": "RUS" if opened["identity_document"] else "",
    }
    return {
        **{name: value for name, value in told.items() if value},
        "trusted": account.level == Level.CONFIRMED.value,
        "updatedOn": int(changed.timestamp()),
        "status": "DELETED" if account.closed_at else "REGISTERED",
        "verifying": False,
        "rfgUOperatorCheck": False,
        "containsUpCfmCode": False,
        "kidAccCreatedByParent": False,
    }


def _contacts(opened: dict[str, Any]) -> list[Element]:
    """Only what is shown to be hers stands in the portal's sealed part."""
    values = {"EML": opened["email"], "MBT": _phone(opened["phone"])}
    return [{"type": kind, "vrfStu": "VERIFIED", "value": value} for kind, value in values.items() if value]


def _phone(number: str) -> str:
    """`+79000000003` as the dialect writes it: `+7(900)0000003`."""
    return f"{number[:2]}({number[2:5]}){number[5:]}" if number else ""


def _documents(opened: dict[str, Any]) -> list[Element]:
    passport = opened["identity_document"] or {}
    if not passport:
        return []
    issued = passport.get("issue_date", "")
    return [
        {
            "type": passport.get("type", "RF_PASSPORT"),
            "vrfStu": "VERIFIED",
            "series": passport["series"],
            "number": passport["number"],
            "issueDate": _day(date.fromisoformat(issued)) if issued else "",
            "issueId": passport.get("issuer_code", "").replace("-", ""),
            "issuedBy": passport.get("issuer", ""),
            "fmsValid": True,
        }
    ]


def _addresses(sub: uuid.UUID) -> tuple[list[Element], list[datetime]]:
    """Those of her profile, and when they were changed."""
    rows = [row for row in Fact.objects.of(sub) if row.section in ADDRESSES]
    return [_address(ADDRESSES[row.section], row.opened()) for row in rows], [row.changed_at for row in rows]


def _address(kind: str, kept: dict[str, str]) -> Element:
    parts = [kept.get(name, "") for name in ("region", "locality", "street")]
    told = {
        "addressStr": ", ".join(part for part in parts if part),
        "zipCode": kept.get("postcode", ""),
        "region": kept.get("region", ""),
        "city": kept.get("locality", ""),
        "street": kept.get("street", ""),
        "house": kept.get("house", ""),
        "flat": kept.get("flat", ""),
    }
    return {"type": kind, "countryId": "RUS", **{name: value for name, value in told.items() if value}}


def _overlaid(own: list[Element], further: list[Element]) -> list[Element]:
    """What the portal knows, with what is told beyond it of the same type laid over; the rest follows."""
    over = {one["type"]: one for one in further}
    return [{**one, **over.get(one["type"], {})} for one in own] + _unlike(further, own)


def _unlike(further: list[Element], own: list[Element]) -> list[Element]:
    known = {one["type"] for one in own}
    return [one for one in further if one["type"] not in known]


def _numbered(oid: int, elements: dict[str, list[Element]]) -> dict[str, list[Element]]:
    """Each element's id: of the person, its collection and its place, so that it never changes by itself."""
    base = oid % 1_000_000 * 1000
    return {
        name: [{"id": base + place * 100 + turn, **one} for turn, one in enumerate(elements[name], start=1)]
        for place, name in enumerate(elements)
    }


def _organisation(oid: int) -> Element:
    """An organisation as a person's `orgs` tell of it."""
    shown = ("oid", "type", "shortName", "fullName", "ogrn", "inn")
    return {"id": oid, **{name: ORGANISATIONS[oid][name] for name in shown}}


def _role(org: int, person: int, part: Element) -> Element:
    shown = ("oid", "type", "fullName", "shortName", "ogrn")
    return {
        **{name: ORGANISATIONS[org][name] for name in shown},
        "prnOid": person,
        "active": True,
        **part,
    }


def _day(day: date | None) -> str:
    return day.strftime("%d.%m.%Y") if day else ""
