"""Organisations on the wire."""

from datetime import date

from dopusk.registers.wire import Wire


class OrganisationView(Wire):
    """One organisation. licenceNumber is empty where it needs none (a school)."""

    oid: str
    name: str
    short_name: str
    kind: str
    inn: str
    kpp: str
    ogrn: str
    region_code: str
    address: str
    licence_number: str
    licence_date: date | None


class Found(Wire):
    """A page of organisations, fifty each, in the order of their OIDs."""

    items: list[OrganisationView]
    page: int
    pages: int
    total: int
