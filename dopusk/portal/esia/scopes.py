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


def gettext_noop(words: str) -> str:
    """Marks a text for translation, as Django's does; rules stand on this module, and know no Django."""
    return words


def _contact(words: str, kind: str) -> Opens:
    return Opens(words, collections=("ctts",), contacts=frozenset({kind}))


def _document(words: str, *kinds: str, fields: tuple[str, ...] = ()) -> Opens:
    return Opens(words, fields, ("docs",), documents=frozenset(kinds))


def _organisation(words: str, *fields: str, collections: tuple[str, ...] = ()) -> Opens:
    return Opens(words, fields, collections, organisation=True)


_NAMES: Final = ("firstName", "lastName", "middleName")
SCOPES: Final[dict[str, Opens]] = {
    "openid": Opens(gettext_noop("уровень учётной записи")),
    "fullname": Opens(gettext_noop("фамилия, имя, отчество"), _NAMES),
    "birthdate": Opens(gettext_noop("дата рождения"), ("birthDate",)),
    "birthplace": Opens(gettext_noop("место рождения"), ("birthPlace",)),
    "gender": Opens(gettext_noop("пол"), ("gender",)),
    "snils": Opens(gettext_noop("СНИЛС"), ("snils",)),
    "inn": Opens(gettext_noop("ИНН"), ("inn",)),
    "id_doc": _document(
        gettext_noop("паспорт: серия, номер, кем и когда выдан"),
        "RF_PASSPORT",
        "FID_DOC",
        fields=("rIdDoc", "citizenship"),
    ),
    "email": _contact(gettext_noop("электронная почта"), "EML"),
    "mobile": _contact(gettext_noop("мобильный телефон"), "MBT"),
    "contacts": Opens(gettext_noop("все контакты и адреса"), collections=("ctts", "addrs")),
    "addresses": Opens(gettext_noop("адреса"), collections=("addrs",)),
    "medical_doc": _document(gettext_noop("полис медицинского страхования"), "MDCL_PLCY"),
    "military_doc": _document(gettext_noop("военный билет"), "MLTR_ID"),
    "foreign_passport_doc": _document(gettext_noop("заграничный паспорт"), "FRGN_PASS"),
    "drivers_licence_doc": _document(gettext_noop("водительское удостоверение"), "RF_DRIVING_LICENSE"),
    "birth_cert_doc": _document(
        gettext_noop("свидетельство о рождении"), "RF_BRTH_CERT", "FID_BRTH_CERT", "OLD_BRTH_CERT"
    ),
    "residence_doc": _document(gettext_noop("вид на жительство"), "RESID_DOC"),
    "temporary_residence_doc": _document(gettext_noop("разрешение на временное проживание"), "TMP_RESID_DOC"),
    "vehicles": Opens(gettext_noop("транспортные средства"), collections=("vhls",)),
    "kid_fullname": Opens(gettext_noop("дети: фамилия, имя, отчество"), _NAMES, ("kids",)),
    "kid_birthdate": Opens(gettext_noop("дети: дата рождения"), ("birthDate",), ("kids",)),
    "kid_gender": Opens(gettext_noop("дети: пол"), ("gender",), ("kids",)),
    "kid_snils": Opens(gettext_noop("дети: СНИЛС"), ("snils",), ("kids",)),
    "kid_inn": Opens(gettext_noop("дети: ИНН"), ("inn",), ("kids",)),
    "kid_birth_cert_doc": Opens(
        gettext_noop("дети: свидетельство о рождении"),
        (),
        ("kids",),
        documents=frozenset({"RF_BRTH_CERT", "FID_BRTH_CERT", "OLD_BRTH_CERT"}),
    ),
    "kid_medical_doc": Opens(
        gettext_noop("дети: полис медицинского страхования"),
        (),
        ("kids",),
        documents=frozenset({"MDCL_PLCY"}),
    ),
    "usr_avt": Opens(gettext_noop("фотография профиля"), ("avatarUuid",)),
    "usr_org": Opens(gettext_noop("организации и роли в них"), collections=("orgs", "roles")),
    "org_shortname": _organisation(gettext_noop("организация: краткое название"), "shortName"),
    "org_fullname": _organisation(gettext_noop("организация: полное название"), "fullName"),
    "org_type": _organisation(gettext_noop("организация: вид"), "type"),
    "org_ogrn": _organisation(gettext_noop("организация: ОГРН"), "ogrn"),
    "org_inn": _organisation(gettext_noop("организация: ИНН"), "inn"),
    "org_leg": _organisation(gettext_noop("организация: организационно-правовая форма"), "leg"),
    "org_kpp": _organisation(gettext_noop("организация: КПП"), "kpp"),
    "org_ctts": _organisation(gettext_noop("организация: контакты"), collections=("ctts",)),
    "org_addrs": _organisation(gettext_noop("организация: адреса"), collections=("addrs",)),
    LEGACY_ALL: Opens(
        gettext_noop("все сведения учётной записи"),
        (*_NAMES, "birthDate", "birthPlace", "gender", "snils", "inn", "rIdDoc", "citizenship", "avatarUuid"),
        ("ctts", "addrs", "docs", "vhls", "kids", "orgs", "roles"),
    ),
    CONSENT_REFRESH: Opens(gettext_noop("продление Вашего согласия")),
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
