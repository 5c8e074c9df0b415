"""Shapes that several registers speak: camelCase on the wire, numbers checked on the way in."""

from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, ConfigDict, field_validator
from pydantic.alias_generators import to_camel

from dopusk.kernel import snils


class Wire(Schema):
    """A message in camelCase; unknown members are refused in questions by `Question`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


def _storable(text: str) -> str:
    if "\0" in text:  # PostgreSQL holds no such character in any text
        raise ValueError("nul_character")
    return text


class Question(Wire):
    """A body sent to us: nothing unknown is accepted in silence, and no text that cannot be kept or sought."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def texts_are_storable(cls, value: Any) -> Any:
        """No NUL in any text."""
        return _storable(value) if isinstance(value, str) else value


Words = Annotated[str, AfterValidator(_storable)]  # a text of a path or a query string


Snils = Annotated[str, AfterValidator(snils.parse)]
