"""Scopes of the ЕСИА dialect (reference §6): what each is called in a person's words and what it opens at REST.

A scope may carry `?oid=` (a person) or `?org_oid=` (an organisation); markers carry them on all but `openid`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LEGACY_ALL: Final = "http://esia.gosuslugi.ru/usr_inf"
CONSENT_REFRESH: Final = "prm_chg"

_FORM: Final = re.compile(r"(?P<name>[^?\s]+?)(?:\?(?P<kind>oid|org_oid)=(?P<oid>[0-9]{1,18}))?")
_LONGEST: Final = 40  # as clients and consents keep a name


@dataclass(frozen=True)
class Opens:
    """What a scope opens. words: in Russian, as people read it.

    fields: of the person (`/rs/prns/{oid}`) or, with an `org_` scope, of the organisation. collections: of the
    person, `ctts`… contacts, documents: the types (§7 value sets) it opens within `ctts` and `docs`; an empty set
    in a scope that opens the collection means all of them.
    """

    words: str
    fields: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    contacts: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    organisation: bool = False


def _contact(words: str, kind: str) -> Opens:
    return Opens(words, collections=("ctts",), contacts=frozenset({kind}))


def _document(words: str, *kinds: str, fields: tuple[str, ...] = ()) -> Opens:
    return Opens(words, fields, ("docs",), documents=frozenset(kinds))


def _organisation(words: str, *fields: str, collections: tuple[str, ...] = ()) -> Opens:
    return Opens(words, fields, collections, organisation=True)


_NAMES: Final = ("firstName", "lastName", "middleName")
SCOPES: Final[dict[str, Opens]] = {
    "openid": Opens("уровень учётной записи"),
    "fullname": Opens("фамилия, имя, отчество", _NAMES),
    "birthdate": Opens("дата рождения", ("birthDate",)),
    "birthplace": Opens("место рождения", ("birthPlace",)),
    "gender": Opens("пол", ("gender",)),
    "snils": Opens("СНИЛС", ("snils",)),
    "inn": Opens("ИНН", ("inn",)),
    "id_doc": _document(
        "паспорт: серия, номер, кем и когда выдан",
        "RF_PASSPORT",
        "FID_DOC",
        fields=("rIdDoc", "citizenship"),
    ),
    "email": _contact("электронная почта", "EML"),
    "mobile": _contact("мобильный телефон", "MBT"),
    "contacts": Opens("все контакты и адреса", collections=("ctts", "addrs")),
    "addresses": Opens("адреса", collections=("addrs",)),
    "medical_doc": _document("полис медицинского страхования", "MDCL_PLCY"),
    "military_doc": _document("военный билет", "MLTR_ID"),
    "foreign_passport_doc": _document("заграничный паспорт", "FRGN_PASS"),
    "drivers_licence_doc": _document("водительское удостоверение", "RF_DRIVING_LICENSE"),
    "birth_cert_doc": _document("свидетельство о рождении", "RF_BRTH_CERT", "FID_BRTH_CERT", "OLD_BRTH_CERT"),
    "residence_doc": _document("вид на жительство", "RESID_DOC"),
    "temporary_residence_doc": _document("разрешение на временное проживание", "TMP_RESID_DOC"),
    "vehicles": Opens("транспортные средства", collections=("vhls",)),
    "kid_fullname": Opens("дети: фамилия, имя, отчество", _NAMES, ("kids",)),
    "kid_birthdate": Opens("дети: дата рождения", ("birthDate",), ("kids",)),
    "kid_gender": Opens("дети: пол", ("gender",), ("kids",)),
    "kid_snils": Opens("дети: СНИЛС", ("snils",), ("kids",)),
    "kid_inn": Opens("дети: ИНН", ("inn",), ("kids",)),
    "kid_birth_cert_doc": Opens(
        "дети: свидетельство о рождении",
        (),
        ("kids",),
        documents=frozenset({"RF_BRTH_CERT", "FID_BRTH_CERT", "OLD_BRTH_CERT"}),
    ),
    "kid_medical_doc": Opens(
        "дети: полис медицинского страхования", (), ("kids",), documents=frozenset({"MDCL_PLCY"})
    ),
    "usr_avt": Opens("фотография профиля", ("avatarUuid",)),
    "usr_org": Opens("организации и роли в них", collections=("orgs", "roles")),
    "org_shortname": _organisation("организация: краткое название", "shortName"),
    "org_fullname": _organisation("организация: полное название", "fullName"),
    "org_type": _organisation("организация: вид", "type"),
    "org_ogrn": _organisation("организация: ОГРН", "ogrn"),
    "org_inn": _organisation("организация: ИНН", "inn"),
    "org_leg": _organisation("организация: организационно-правовая форма", "leg"),
    "org_kpp": _organisation("организация: КПП", "kpp"),
    "org_ctts": _organisation("организация: контакты", collections=("ctts",)),
    "org_addrs": _organisation("организация: адреса", collections=("addrs",)),
    LEGACY_ALL: Opens(
        "все сведения учётной записи",
        (*_NAMES, "birthDate", "birthPlace", "gender", "snils", "inn", "rIdDoc", "citizenship", "avatarUuid"),
        ("ctts", "addrs", "docs", "vhls", "kids", "orgs", "roles"),
    ),
    CONSENT_REFRESH: Opens("продление Вашего согласия"),
}
WORDS: Final[dict[str, str]] = {name: opens.words for name, opens in SCOPES.items()}


@dataclass(frozen=True)
class Scope:
    """One scope as it was asked. oid, org_oid: of its suffix, or None."""

    name: str
    oid: int | None = None
    org_oid: int | None = None

    def __str__(self) -> str:
        if self.oid is not None:
            return f"{self.name}?oid={self.oid}"
        return self.name if self.org_oid is None else f"{self.name}?org_oid={self.org_oid}"


def parsed(text: str) -> list[Scope] | None:
    """The scopes of a parameter, each once, in their order; None when one of them has no form of a scope."""
    found: dict[Scope, None] = {}
    for word in text.split(" "):
        if not word:
            continue
        parts = _FORM.fullmatch(word)
        if parts is None or len(parts["name"]) > _LONGEST:
            return None
        oid = int(parts["oid"]) if parts["oid"] else None
        person, organisation = (oid, None) if parts["kind"] == "oid" else (None, oid)
        found[Scope(parts["name"], person, organisation)] = None
    return list(found)


def of_organisation(scope: Scope) -> bool:
    """Whether it opens an organisation, not a person."""
    return scope.name in SCOPES and SCOPES[scope.name].organisation


def in_marker(scopes: Iterable[Scope], oid: int, organisations: Iterable[int]) -> str:
    """The scopes as a marker names them (§5): of this person, those of organisations once for each of them."""
    told: dict[str, None] = {}
    for scope in scopes:
        if scope.name == "openid":
            told["openid"] = None
        elif of_organisation(scope):
            for org in [scope.org_oid] if scope.org_oid is not None else organisations:
                told[str(Scope(scope.name, org_oid=org))] = None
        else:
            told[str(Scope(scope.name, oid=oid))] = None
    return " ".join(told)
