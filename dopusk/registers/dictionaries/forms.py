"""The shape of a dictionary on the wire, for the description of the API."""

from datetime import date

from ninja import Schema
from pydantic import ConfigDict

from dopusk.registers.wire import Wire


class Item(Wire):
    """What every row has. Specialties add code, level, kind, nsi1066Code, requiresDiploma; positions specialties."""

    model_config = ConfigDict(extra="allow")

    key: str
    name: str
    valid_from: date
    valid_to: date | None
    order_no: str
    source: str


class Dictionary(Schema):
    """One dictionary: its version and rows in their order."""

    version: str
    items: list[Item]
