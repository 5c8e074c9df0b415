"""Shapes that several registers speak: camelCase on the wire, numbers checked on the way in."""

from typing import Annotated

from ninja import Schema
from pydantic import AfterValidator, ConfigDict
from pydantic.alias_generators import to_camel

from dopusk.kernel import snils


class Wire(Schema):
    """A message in camelCase; unknown members are refused in questions by `Question`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class Question(Wire):
    """A body sent to us: nothing unknown is accepted in silence."""

    model_config = ConfigDict(extra="forbid")


Snils = Annotated[str, AfterValidator(snils.parse)]
