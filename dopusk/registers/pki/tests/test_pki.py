"""The offices over HTTP: certificates for the cabinet alone, timestamps and the root for anybody."""

import stat
import subprocess
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client as Browser
from django.urls import reverse

from dopusk.registers.clients.models import Client
from dopusk.registers.clients.rules import Scope, digest
from dopusk.registers.pki import actions
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.office import found, office
from dopusk.trust.authority import issued_by, request, subject
from dopusk.trust.timestamps import check
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
DIGEST, NONCE = bytes(range(32)), 77


@pytest.fixture
def cabinet() -> dict[str, str]:
    """The cabinet's bearer token."""
    Client.objects.update_or_create(
        name="cabinet", defaults={"token_hash": digest("token of the cabinet"), "scopes": [Scope.PKI]}
    )
    return {"Authorization": "Bearer token of the cabinet"}


def csr() -> str:
    return request(ec.generate_private_key(ec.SECP256R1()), subject("Учебный центр", "Допуск"))


def ask(browser: Browser, headers: dict[str, str], **body: object):
    return browser.post("/api/pki/certificates", body, content_type="application/json", headers=headers)


def query(**changed: object) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    asked = {"version": 1, "message_imprint": imprint, "nonce": NONCE, "cert_req": True}
    return tsp.TimeStampReq({**asked, **changed}).dump()


def test_the_cabinet_gets_a_certificate_with_its_chain_and_it_is_written_down(client, cabinet) -> None:
    answer = ask(client, cabinet, csr=csr(), profile="seal")
    assert answer.status_code == 200
    certificate = x509.load_pem_x509_certificate(answer.json()["certificate"].encode())
    (root,) = [x509.load_pem_x509_certificate(pem.encode()) for pem in answer.json()["chain"]]
    assert issued_by(certificate, [root])
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == f"{settings.REGISTERS_URL}/pki/ca.crl"

    issued = Issued.objects.get()
    assert issued.serial_number == f"{certificate.serial_number:040x}"
    assert issued.asked_by == "cabinet"
    assert Entry.objects.filter(act="certificate.issued", object=f"pki:{issued.serial_number}").count() == 1


def test_strangers_get_no_certificate(client) -> None:
    assert ask(client, {}, csr=csr(), profile="seal").status_code == 401
    assert ask(client, {"Authorization": "Bearer guess"}, csr=csr(), profile="seal").status_code == 401
    assert not Issued.objects.exists()


def test_a_client_without_the_permission_gets_no_certificate(client) -> None:
    Client.objects.update_or_create(
        name="portal", defaults={"token_hash": digest("token of the portal"), "scopes": [Scope.SNILS]}
    )
    answer = ask(client, {"Authorization": "Bearer token of the portal"}, csr=csr(), profile="seal")
    assert answer.status_code == 403
    assert answer.json()["code"] == "scope_missing"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"csr": "выпустите", "profile": "seal"}, "csr_unreadable"),
        ({"csr": "x" * 10_001, "profile": "seal"}, "invalid_request"),
        ({"csr": "x", "profile": "timestamp"}, "invalid_request"),
        ({"csr": "x"}, "invalid_request"),
        ({"csr": "x", "profile": "seal", "days": 9999}, "invalid_request"),
    ],
)
def test_a_bad_request_is_refused_with_its_code(client, cabinet, body, code) -> None:
    answer = ask(client, cabinet, **body)
    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert not Issued.objects.exists()


def test_the_addresses_are_those_that_certificates_carry() -> None:
    names = ("timestamp", "root", "root_der", "revoked")
    assert [reverse(f"pki:{name}") for name in names] == [
        "/pki/timestamp",
        "/pki/ca.pem",
        "/pki/ca.cer",
        "/pki/ca.crl",
    ]


def test_anybody_gets_a_timestamp(client) -> None:
    answer = client.post(reverse("pki:timestamp"), query(), content_type=QUERY)
    assert answer.status_code == 200
    assert answer["Content-Type"] == REPLY
    token = check(answer.content, DIGEST, NONCE, [office().authority.certificate])
    told = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    assert abs((told - datetime.now(UTC)).total_seconds()) < 60


def test_a_query_that_will_not_do_is_answered_by_the_protocol(client) -> None:
    answer = client.post(reverse("pki:timestamp"), b"what time is it?", content_type=QUERY)
    assert answer.status_code == 200
    status = tsp.PKIStatusInfo.load(answer.content[2:])
    assert status["status"].native == "rejection"
    assert status["fail_info"].native == {"bad_data_format"}


def test_only_queries_are_posted_to_the_timestamp_office(client) -> None:
    assert client.get(reverse("pki:timestamp")).status_code == 405
    assert client.post(reverse("pki:timestamp"), query(), content_type="text/plain").status_code == 415


def test_root_and_list_are_open_to_anybody_and_fit_together(client, tmp_path: Path) -> None:
    pem, cer, crl = (client.get(reverse(name)) for name in ("pki:root", "pki:root_der", "pki:revoked"))
    assert (pem.status_code, cer.status_code, crl.status_code) == (200, 200, 200)
    assert (cer["Content-Type"], crl["Content-Type"]) == ("application/pkix-cert", "application/pkix-crl")
    root = x509.load_pem_x509_certificate(pem.content)
    assert root == x509.load_der_x509_certificate(cer.content) == office().authority.certificate
    assert x509.load_der_x509_crl(crl.content).is_signature_valid(root.public_key())
    (tmp_path / "root.pem").write_bytes(pem.content)
    checked = subprocess.run(
        ["openssl", "verify", "-CAfile", "root.pem", "root.pem"], cwd=tmp_path, check=False
    )
    assert checked.returncode == 0


def test_a_revoked_certificate_stands_on_the_list_once(client, cabinet) -> None:
    ask(client, cabinet, csr=csr(), profile="seal")
    serial = Issued.objects.get().serial_number
    assert (
        x509.load_der_x509_crl(
            client.get(reverse("pki:revoked")).content
        ).get_revoked_certificate_by_serial_number(int(serial, 16))
        is None
    )

    shown = " ".join(serial.upper()[at : at + 4] for at in range(0, 40, 4))  # as the paper shows it
    call_command("pki_revoke", *shown.split(), stdout=StringIO())
    listed = x509.load_der_x509_crl(client.get(reverse("pki:revoked")).content)
    assert [line.serial_number for line in listed] == [int(serial, 16)]

    told = StringIO()
    call_command("pki_revoke", serial, stdout=told)
    assert "before" in told.getvalue()
    assert Entry.objects.filter(act="certificate.revoked").count() == 1


def test_what_was_never_issued_cannot_be_revoked() -> None:
    with pytest.raises(CommandError):
        call_command("pki_revoke", "00")
    with pytest.raises(Issued.DoesNotExist):
        actions.revoke("00" * 20, by="system")


def test_founding_twice_gives_the_same_offices_and_keys_nobody_else_reads(tmp_path: Path) -> None:
    call_command("pki_init", stdout=StringIO())
    first = office()
    office.cache_clear()
    call_command("pki_init", stdout=StringIO())
    assert office().authority.certificate == first.authority.certificate
    assert office() is not first

    folder = tmp_path / "pki"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    names = sorted(file.name for file in folder.iterdir())
    assert names == ["root.key", "root.pem", "timestamp.key", "timestamp.pem"]
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"PRIVATE KEY" not in file.read_bytes()


def test_the_folder_alone_without_the_sealing_key_opens_nothing(tmp_path: Path) -> None:
    call_command("pki_init", stdout=StringIO())
    with pytest.raises(ValueError):
        found(tmp_path / "pki", bytes(32), settings.REGISTERS_URL, datetime.now(UTC))


def test_openssl_takes_a_timestamp_from_the_wire(client, tmp_path: Path) -> None:
    (tmp_path / "paper").write_text("Выписка")
    asking = ["openssl", "ts", "-query", "-data", "paper", "-sha256", "-cert", "-out", "query"]
    subprocess.run(asking, cwd=tmp_path, check=True, capture_output=True)
    answer = client.post(reverse("pki:timestamp"), (tmp_path / "query").read_bytes(), content_type=QUERY)
    (tmp_path / "answer").write_bytes(answer.content)
    (tmp_path / "root.pem").write_bytes(office().authority.certificate.public_bytes(Encoding.PEM))
    told = subprocess.run(
        ["openssl", "ts", "-verify", "-queryfile", "query", "-in", "answer", "-CAfile", "root.pem"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Verification: OK" in told.stdout, told.stderr
