"""With the registers really running: what their authority issues is good here, and what it revokes is not."""

import base64
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from dopusk.stand import fixtures
from dopusk.trust import certificates, gost
from dopusk.web.signing import actions, checks, configuration
from dopusk.web.signing.tests import office as offices
from dopusk.web.signing.tests.conftest import afresh
from dopusk.web.signing.tests.test_asking import ask, examine

OWNER = {"lastName": "Орлова", "firstName": "Анна", "patronymic": "Сергеевна", "snils": "11223344595"}


@pytest.fixture(scope="module")
def registers() -> Iterator[str]:
    """The registers site on this machine, with its own authority."""
    with fixtures.running_registers() as address:
        yield address


@pytest.fixture
def sandbox(db, registers, settings) -> Iterator[str]:
    """This site as `./dev run` sets it."""
    for name, value in configuration.chosen(sandbox=True, registers=registers, session="unused").items():
        setattr(settings, name, value)
    afresh()
    yield registers
    afresh()


def ask_pki(address: str, path: str, body: dict[str, object]) -> dict[str, object]:
    token = os.environ["DOPUSK_CABINET_REGISTERS_TOKEN"]
    answer = httpx.post(
        f"{address}/api/pki/{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert answer.is_success, answer.text
    found: dict[str, object] = answer.json()
    return found


def csr(key: object) -> str:
    """PKCS#10 in PEM."""
    if isinstance(key, bytes):
        made = base64.b64encode(gost.request(key, "Орлова Анна")).decode()
        return f"-----BEGIN CERTIFICATE REQUEST-----\n{made}\n-----END CERTIFICATE REQUEST-----\n"
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Орлова Анна")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(named)
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def issued(address: str, authority: str) -> tuple[offices.Card, str]:
    key = offices.key(authority, "анна на стенде")
    body = {"csr": csr(key), "profile": "person", "authority": authority, "owner": OWNER, "days": 30}
    told = ask_pki(address, "certificates", body)
    chain = tuple(certificates.read(one.encode()).der for one in told["chain"])
    return offices.Card(key, certificates.read(told["certificate"].encode()), chain), told["serialNumber"]


@pytest.mark.parametrize("authority", ["ec", "rsa", "gost"])
def test_annas_certificate_of_the_sandbox_signs_until_it_is_revoked(sandbox, authority, request):
    if authority == "gost":
        request.getfixturevalue("gost_engine")
    card, serial = issued(sandbox, authority)
    challenge = ask()
    examined = examine(challenge, card.sign(challenge.content, whole=False))
    assert (examined.code, examined.why) == ("good", "")
    assert examined.validation.owner.snils == "11223344595"
    assert examined.validation.time_from == "timestamp"
    assert examined.validation.level == "cades-t"
    assert actions.keep(examined).evidence.filter(kind="timestamp").exists()
    ask_pki(sandbox, f"certificates/{serial}/revoke", {"reason": "keyCompromise"})
    second = ask()
    assert examine(second, card.sign(second.content, at=datetime.now(UTC))).code == "revoked_before"


def test_whoever_checks_the_sandbox_hears_that_its_authorities_are_there(sandbox):
    assert [one.id for one in checks.roots_are_there()] == ["dopusk.I111", "dopusk.I114"]
    assert [one.id for one in checks.sandbox_shows_its_roots()] == ["dopusk.I116"]
    assert [one.id for one in checks.time_is_told()] == ["dopusk.I120"]
