"""Question and answer about a certificate."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from dopusk.registers.pki.rules import Branch, Reason
from dopusk.registers.wire import Question, Wire
from dopusk.trust.issuers import LONGEST_DAYS

Fact = Annotated[str, StringConstraints(max_length=300)]


class Owner(Question):
    """Whose certificate it will be. Numbers in any usual spelling; all but names and СНИЛС may be left out."""

    last_name: Fact
    first_name: Fact
    patronymic: Fact = ""
    snils: Fact
    inn: Fact = ""
    email: Fact = ""
    organisation: Fact = ""
    ogrn: Fact = ""
    inn_of_organisation: Fact = ""
    title: Fact = ""


class Request(Question):
    """csr: PKCS#10 in PEM, signed by its own key. profile: what the certificate is for.

    "seal": P-256 or RSA, nothing else is said. "person" (sandbox only): by the authority `ec` or `rsa` (a P-256
    or RSA key) or `gost` (a GOST key), for this owner, good for so many days.
    """

    csr: Annotated[str, StringConstraints(max_length=10_000)]
    profile: Literal["seal", "person"]
    authority: Branch | None = None
    owner: Owner | None = None
    days: Annotated[int, Field(ge=1, le=LONGEST_DAYS)] | None = None

    @model_validator(mode="after")
    def each_profile_has_its_own(self) -> Self:
        """A person needs authority and owner; a seal has none of what is a person's."""
        persons = (self.authority, self.owner, self.days)
        if self.profile == "seal" and any(given is not None for given in persons):
            raise PydanticCustomError("seal_has_no_owner", "authority, owner and days are for people")
        if self.profile == "person" and (self.authority is None or self.owner is None):
            raise PydanticCustomError("owner_missing", "a person needs an authority and an owner")
        return self


class Answer(Wire):
    """certificate and chain in PEM; the chain ends with the root. serial_number: 40 hexadecimal digits."""

    certificate: str
    chain: list[str]
    serial_number: str


class Revocation(Question):
    """Why; `certificateHold` suspends."""

    reason: Reason = Reason.UNSPECIFIED


class State(Wire):
    """How the certificate stands. reason: empty when it is good."""

    serial_number: str
    reason: str
