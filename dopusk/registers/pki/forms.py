"""Question and answer about a certificate."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from dopusk.registers.wire import Question, Wire


class Request(Question):
    """csr: PKCS#10 in PEM, signed by its own key (P-256 or RSA). profile: what the certificate is for."""

    csr: Annotated[str, StringConstraints(max_length=10_000)]
    profile: Literal["seal"]


class Answer(Wire):
    """certificate and chain in PEM; the chain ends with the root."""

    certificate: str
    chain: list[str]
