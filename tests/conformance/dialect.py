"""What the attacks on the ЕСИА dialect share: two systems, and the ways to ask."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from dopusk.portal.esia.tests.esia_client import (
    Esia,
    entered,
    registered,
    rsa_pair,
    said,
)
from dopusk.portal.tests.browser import Browser

BOTH = pytest.mark.parametrize("generation", [1, 2], ids=["v1", "v2"])
OTHER = "CHUZHAYA"


def two_systems() -> None:
    """Two systems, each with a certificate of its own."""
    registered()
    registered(rsa_pair("Чужая система")[1], mnemonic=OTHER)


def thief(generation: int = 1) -> Esia:
    """Another registered system, with its own key."""
    return Esia(generation, mnemonic=OTHER, pair=rsa_pair("Чужая система"))


def person_of(marker: str) -> str:
    body = marker.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["urn:esia:sbj_id"])


def asked_about_her(marker: str, oid: str = "") -> httpx.Response:
    """REST, as a system that holds this marker."""
    oid = oid or person_of(marker)
    return Browser().get(f"/rs/prns/{oid}", headers={"Authorization": f"Bearer {marker}"})


def code_of(answer: httpx.Response) -> str:
    """ESIA-NNNNNN of a refusal by te."""
    assert answer.status_code == 400, answer.text
    return said(answer.json())[1]


def refused_at_ac(address: str) -> str:
    """ESIA-NNNNNN of a refusal by ac."""
    told = entered(Browser(), address)
    assert "code" not in told
    return said(told)[1]


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secret_of(esia: Esia, **changes: str) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(esia.ac(**changes)).query).items()}


def with_secret(esia: Esia, query: dict[str, str], secret: bytes) -> str:
    text = base64.urlsafe_b64encode(secret).decode()
    return f"{esia.ac_path}?{httpx.QueryParams({**query, 'client_secret': text})}"
