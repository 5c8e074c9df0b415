"""What a dictionary's row says, and when it holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Item = dict[str, object]


class Name(StrEnum):
    """The dictionaries; also their addresses and the names of their data files."""

    SPECIALTIES = "specialties"
    POSITIONS = "positions"
    REGIONS = "regions"
    DOCUMENT_KINDS = "document-kinds"
    EDUCATION_LEVELS = "education-levels"


@dataclass(frozen=True)
class Row:
    """One entry: the days on which it holds (both included) and what is sent about it."""

    key: str
    valid_from: date
    valid_to: date | None
    item: Item


def _list(text: str) -> list[str]:
    return [part for part in text.split(";") if part]


def _own(name: Name, raw: Mapping[str, str]) -> Item:
    """Members that only this dictionary has. A code of НСИ that we do not know is null, never invented."""
    match name:
        case Name.SPECIALTIES:
            return {
                "code": raw["code"] or None,
                "level": raw["level"],
                "kind": raw["kind"],
                "nsi1066Code": None,
                "requiresDiploma": _list(raw["requires_diploma"]),
            }
        case Name.POSITIONS:
            return {
                "code": None,
                "level": raw["level"],
                "group": raw["group"],
                "specialties": _list(raw["specialties"]),
            }
        case Name.REGIONS:
            return {"code": raw["key"]}
        case Name.DOCUMENT_KINDS:
            return {"nsiCode": raw["nsi_code"] or None, "group": raw["group"]}
        case Name.EDUCATION_LEVELS:
            return {"level": raw["level"]}


def read(name: Name, table: Iterable[Mapping[str, str]]) -> list[Row]:
    """Rows of a data file (CSV with a head). ValueError on a malformed date."""
    rows = []
    for raw in table:
        valid_from = date.fromisoformat(raw["valid_from"])
        valid_to = date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None
        item = {
            "key": raw["key"],
            "name": raw["name"],
            **_own(name, raw),
            "validFrom": raw["valid_from"],
            "validTo": raw["valid_to"] or None,
            "orderNo": raw["order_no"],
            "source": raw["source"],
        }
        rows.append(Row(raw["key"], valid_from, valid_to, item))
    return rows
