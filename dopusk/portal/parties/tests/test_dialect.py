"""Олег lets services speak the ЕСИА dialect: with certificates, in versions, and never with a stranger's file."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from io import StringIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.urls import reverse

from dopusk.portal.clients.actions import register
from dopusk.portal.clients.models import Client
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ESIA = {"scopes": ["openid", "fullname"], "versions": ["v1"], "token_alg": "RS256"}


@cache
def certificate(
    name: str = "Клиника", *, bits: int = 2048, curve: bool = False, days: int = 300
) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
    return builder.sign(key, hashes.SHA256())


def pem(**options) -> str:
    return certificate(**options).public_bytes(Encoding.PEM).decode()


@pytest.fixture
def oleg() -> Browser:
    return operator("oleg", Role.INTEGRATOR)


@pytest.fixture
def clinic(db) -> Client:
    return register(
        "CLINIC01", name="Клиника", secret="p" * 40, redirect_uris=["https://clinic.example/cb"], signed_out_uris=[],
        scopes=["openid", "profile"],
    )  # fmt: skip


def of(name: str, *more: object) -> str:
    return reverse(f"parties:{name}", args=["CLINIC01", *more])


def typed(oleg: Browser, **changes):
    return oleg.submit(oleg.get(of("esia")), of("esia"), **{**ESIA, "text": pem(), **changes})


def brought(oleg: Browser, content: bytes, **changes):
    """The same with a file."""
    token = oleg.get(of("esia")).text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"')[0]
    data = {**ESIA, **changes, "csrfmiddlewaretoken": token}
    return oleg.post(
        of("esia"), data=data, files={"file": ("clinic.cer", content, "application/x-x509-ca-cert")}
    )


def test_a_service_of_openid_speaks_the_dialect_too_and_keeps_what_it_had(oleg, clinic):
    assert typed(oleg).headers["location"] == of("service")
    client, system = Client.objects.get(), System.objects.get()
    assert set(client.scopes) == {"openid", "profile", "fullname"}
    assert (client.auth_method, bytes(client.secret_hash)) == (
        "client_secret_basic",
        bytes(clinic.secret_hash),
    )
    assert (system.v1, system.v2, system.lenient, system.token_alg) == (True, False, False, "RS256")
    page = oleg.get(of("service")).text
    assert 'data-certificate="good"' in page
    assert Certificate.objects.get().sha256 in page
    entries = Entry.objects.filter(object="client:CLINIC01", actor=str(known("oleg").pk))
    assert {entry.act for entry in entries} >= {"esia.system_registered", "esia.certificate_added"}


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
def test_a_certificate_comes_as_a_file_too(oleg, clinic, encoding):
    assert brought(oleg, certificate().public_bytes(encoding)).status_code == 302
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"text": ""}, "certificate_missing"),
        ({"text": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, "certificate_unreadable"),
        ({"text": pem() + pem(name="Другая")}, "certificate_several"),
        ({"text": pem(bits=1024)}, "certificate_weak"),
        ({"text": pem(curve=True)}, "certificate_algorithm"),
        ({"versions": []}, "required"),
        ({"versions": ["v3"]}, "invalid_choice"),
        ({"scopes": ["everything"]}, "invalid_choice"),
        ({"token_alg": "HS256"}, "invalid_choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(oleg, clinic, changes, code):
    answer = typed(oleg, **changes)
    assert (answer.status_code, f'data-code="{code}"' in answer.text) == (422, True)
    assert not System.objects.exists()
    assert Client.objects.get().scopes == ["openid", "profile"]


@pytest.mark.parametrize(
    ("content", "text", "code"),
    [
        (b"not a certificate", "", "certificate_unreadable"),
        (b"", "", "certificate_empty"),
        (b"x" * (64 * 1024 + 1), "", "certificate_unreadable"),
        (pem().encode(), pem(), "certificate_twice"),
    ],
)
def test_a_file_that_is_none_is_said_at_the_file(oleg, clinic, content, text, code):
    answer = brought(oleg, content, text=text)
    assert (answer.status_code, f'data-code="{code}"' in answer.text) == (422, True)
    assert 'href="#id_file"' in answer.text
    assert not System.objects.exists()


def test_a_second_certificate_is_added_and_none_is_needed_to_change_the_rest(oleg, clinic):
    typed(oleg)
    typed(oleg, text=pem(name="Клиника, новый"))
    assert Certificate.objects.count() == 2
    assert typed(oleg, text="", lenient="on").status_code == 302
    assert (System.objects.get().lenient, Certificate.objects.count()) == (True, 2)


def test_a_certificate_is_disabled_after_a_question_that_warns_of_the_last_one(oleg, clinic):
    typed(oleg)
    number = Certificate.objects.get().pk
    page = oleg.get(of("certificate", number))
    assert 'data-code="last_certificate"' in page.text
    oleg.submit(page, of("certificate", number))
    assert Certificate.objects.get().disabled_at
    assert 'data-certificate="disabled"' in oleg.get(of("service")).text
    assert oleg.get(of("certificate", number)).status_code == 404


def test_a_certificate_of_another_service_is_not_disabled_from_here(oleg, clinic):
    typed(oleg)
    register(
        "OTHER", name="Другая", secret="p" * 40, redirect_uris=["https://x.example/"], signed_out_uris=[],
        scopes=["openid"],
    )  # fmt: skip
    there = reverse("parties:certificate", args=["OTHER", Certificate.objects.get().pk])
    assert oleg.get(there).status_code == 404


def test_an_expired_certificate_is_shown_as_such(oleg, clinic):
    typed(oleg, text=pem(name="Старая", days=-1))
    assert 'data-certificate="over"' in oleg.get(of("service")).text


def test_a_system_without_openid_is_led_to_its_certificate(oleg):
    add = reverse("parties:add")
    answer = oleg.submit(
        oleg.get(add), add, name="Система", client_id="CLINIC01", redirect_uris="https://clinic.example/cb",
        scopes="openid", required_level="simplified", auth_method="esia", grant_types="authorization_code",
        id_token_alg="ES256",
    )  # fmt: skip
    assert answer.headers["location"] == of("esia")
    assert typed(oleg).status_code == 302
    assert (Client.objects.get().auth_method, bytes(Client.objects.get().secret_hash)) == ("esia", b"")


SHORT = ("--id", "CLINIC01", "--name", "Клиника", "--redirect-uri", "http://127.0.0.1:9/cb", "--auth", "esia")


def test_the_command_registers_a_system_whole_or_not_at_all(tmp_path):
    good, bad = tmp_path / "good.pem", tmp_path / "bad.pem"
    good.write_text(pem())
    bad.write_text("nothing")
    for more in ((), ("--certificate", str(bad)), ("--certificate", str(tmp_path / "none.pem"))):
        with pytest.raises(CommandError):
            call_command("client", "add", *SHORT, *more, stdout=StringIO())
        assert not Client.objects.exists()
    said = StringIO()
    call_command(
        "client", "add", *SHORT, "--certificate", str(good), "--scope", "openid", "--scope", "fullname", "--lenient",
        stdout=said,
    )  # fmt: skip
    assert "client_secret" not in json.loads(said.getvalue())
    assert (System.objects.get().lenient, Certificate.objects.count()) == (True, 1)
    assert Client.objects.get().scopes == ["openid", "fullname"]
