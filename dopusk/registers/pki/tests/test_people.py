"""Personal certificates over HTTP: issued, looked up, revoked, suspended; openssl agrees with all of it."""

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dopusk.kernel import sandbox
from dopusk.registers.pki import authorities, lists
from dopusk.registers.pki.models import Changes, Issued
from dopusk.trust import gost, keys
from dopusk.trust.authority import request, subject
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db

ANNA = sandbox.person("anna")
HOSPITAL = sandbox.organisation("hospital")
OWNER = {
    "lastName": ANNA.last_name,
    "firstName": ANNA.first_name,
    "patronymic": ANNA.patronymic,
    "snils": ANNA.snils,
    "inn": ANNA.inn,
    "email": ANNA.email,
    "organisation": HOSPITAL.name,
    "ogrn": HOSPITAL.ogrn,
    "innOfOrganisation": HOSPITAL.inn,
    "title": "Медсестра",
}
SNILS, OCSP = x509.ObjectIdentifier("1.2.643.100.3"), "application/ocsp-request"


@pytest.fixture(params=["ec", "rsa", "gost"])
def branch(request) -> str:
    """Each authority in turn; GOST only where it can be."""
    if request.param == "gost":
        request.getfixturevalue("gost_engine")
    return str(request.param)


def csr_of(branch: str) -> str:
    if branch == "gost":
        made = base64.encodebytes(gost.request(gost.new_key(), "Анна")).decode()
        return f"-----BEGIN CERTIFICATE REQUEST-----\n{made}-----END CERTIFICATE REQUEST-----\n"
    return request(keys.new("rsa", rsa_bits=2048) if branch == "rsa" else keys.new(), subject("Анна", "УЦ"))


def ask(program, branch: str = "ec", **changed: object):
    body = {"csr": csr_of(branch), "profile": "person", "authority": branch, "owner": OWNER}
    return program.post("/api/pki/certificates", {**body, **changed})


@pytest.fixture
def kept(client, tmp_path: Path, cabinet, branch: str) -> str:
    """Anna's certificate with its chain and lists in the folder, as anybody would fetch them; its serial number."""
    told = ask(cabinet, branch).json()
    (tmp_path / "anna.pem").write_text(told["certificate"])
    (tmp_path / "issuer.pem").write_text(told["chain"][0])
    (tmp_path / "roots.pem").write_bytes(client.get(reverse("pki:roots")).content)
    fetch_lists(client, tmp_path, branch)
    return str(told["serialNumber"])


def fetch_lists(client, folder: Path, branch: str) -> None:
    for name in (branch, authorities.ROOT_OF[branch]):
        (folder / f"{name}.crl").write_bytes(client.get(reverse("pki:issuers_list", args=[name])).content)


def chain_checked(openssl, folder: Path, branch: str) -> tuple[int, str]:
    text = b""
    for name in (branch, authorities.ROOT_OF[branch]):
        assert openssl("crl", "-inform", "DER", "-in", f"{name}.crl", "-out", f"{name}.pem")[0] == 0
        text += (folder / f"{name}.pem").read_bytes()
    (folder / "crls.pem").write_bytes(text)
    return openssl(
        *("verify", "-x509_strict", "-no-CApath", "-no-CAstore", "-CAfile", "roots.pem"),
        *("-untrusted", "issuer.pem", "-crl_check_all", "-CRLfile", "crls.pem", "anna.pem"),
    )


def asked_by_openssl(client, openssl, folder: Path, branch: str, *more: str) -> str:
    """What `openssl ocsp` makes of the answer to its question, nonce and all; the signature must be right."""
    names = ("-issuer", "issuer.pem", *more, "-cert", "anna.pem")
    assert openssl("ocsp", *names, "-reqout", "question")[0] == 0
    answer = client.post(
        reverse("pki:ocsp", args=[branch]), (folder / "question").read_bytes(), content_type=OCSP
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/ocsp-response")
    (folder / "answer").write_bytes(answer.content)
    code, said = openssl(
        *("ocsp", "-reqin", "question", "-respin", "answer", "-CAfile", "roots.pem"),
        *("-verify_other", "issuer.pem", *names[:2], "-resp_text"),
    )
    assert code == 0, said
    assert "Response verify OK" in said
    assert "WARNING: no nonce" not in said
    return said


def test_anna_gets_a_certificate_with_the_attributes_of_russia(cabinet, kept, branch) -> None:
    made = x509.load_pem_x509_certificate(Issued.objects.get().pem.encode())
    held = {one.oid.dotted_string: one for one in made.subject}
    assert {dotted: one.value for dotted, one in held.items()} == {
        "2.5.4.6": "RU",
        "2.5.4.10": HOSPITAL.name,
        "2.5.4.12": "Медсестра",
        "2.5.4.3": ANNA.full_name,
        "2.5.4.4": "Орлова",
        "2.5.4.42": "Анна Сергеевна",
        "1.2.840.113549.1.9.1": ANNA.email,
        "1.2.643.3.131.1.1": ANNA.inn,
        "1.2.643.100.3": ANNA.snils,
        "1.2.643.100.1": HOSPITAL.ogrn,
        "1.2.643.100.4": HOSPITAL.inn,
    }
    assert bytes((0x12, 11)) + ANNA.snils.encode() in made.subject.public_bytes()  # NumericString
    usage = made.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.digital_signature
    assert usage.value.content_commitment
    assert not usage.value.key_cert_sign
    policies = made.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert [one.policy_identifier.dotted_string for one in policies] == ["1.2.643.100.113.1"]
    purposes = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert {one.dotted_string for one in purposes} == {"1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4"}
    access = made.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert [one.access_location.value for one in access] == [
        f"{settings.REGISTERS_URL}/pki/{branch}.cer",
        f"{settings.REGISTERS_URL}/pki/ocsp/{branch}",
    ]
    points = made.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == f"{settings.REGISTERS_URL}/pki/{branch}.crl"


def test_it_is_written_down_and_in_the_journal(kept, branch) -> None:
    issued = Issued.objects.get()
    assert (issued.serial_number, issued.owner, issued.snils) == (kept, ANNA.full_name, ANNA.snils)
    assert (issued.profile, issued.authority, issued.asked_by) == ("person", branch, "cabinet")
    assert Entry.objects.filter(act="certificate.issued", object=f"pki:{kept}").count() == 1


def test_openssl_reads_it_and_trusts_its_chain_until_it_is_revoked(
    client, openssl, tmp_path, cabinet, kept, branch
) -> None:
    said = openssl("x509", "-in", "anna.pem", "-noout", "-text", "-nameopt", "utf8,sname")[1]
    assert f"SNILS={ANNA.snils}" in said.replace(" = ", "=")
    assert "Class of Signing Tool KC1" in said
    assert chain_checked(openssl, tmp_path, branch) == (0, "anna.pem: OK\n")

    assert cabinet.post(f"/api/pki/certificates/{kept}/revoke", {"reason": "keyCompromise"}).json() == {
        "serialNumber": kept,
        "reason": "keyCompromise",
    }
    fetch_lists(client, tmp_path, branch)
    code, said = chain_checked(openssl, tmp_path, branch)
    assert code
    assert "certificate revoked" in said
    assert "Key Compromise" in openssl("crl", "-in", f"{branch}.pem", "-noout", "-text")[1]


def test_openssl_asks_about_it_good_then_suspended_then_good_then_revoked(
    client, openssl, tmp_path, cabinet, kept, branch
) -> None:
    there = f"/api/pki/certificates/{kept.lstrip('0').upper()}"
    assert "Cert Status: good" in asked_by_openssl(client, openssl, tmp_path, branch)
    assert cabinet.post(f"{there}/revoke", {"reason": "certificateHold"}).status_code == 200
    said = asked_by_openssl(client, openssl, tmp_path, branch, "-sha256")
    assert "Cert Status: revoked" in said
    assert "certificateHold" in said
    assert cabinet.post(f"{there}/restore", {}).json()["reason"] == ""
    assert "Cert Status: good" in asked_by_openssl(client, openssl, tmp_path, branch)
    assert cabinet.post(f"{there}/revoke", {}).json()["reason"] == "unspecified"
    assert "Cert Status: revoked" in asked_by_openssl(client, openssl, tmp_path, branch)
    acts = Entry.objects.filter(object=f"pki:{kept}").order_by("number").values_list("act", flat=True)
    assert [act.partition(".")[2] for act in acts] == ["issued", "suspended", "restored", "revoked"]


def test_nobody_knows_a_certificate_that_was_never_issued(client, openssl, tmp_path, kept, branch) -> None:
    Issued.objects.all().delete()
    assert "Cert Status: unknown" in asked_by_openssl(client, openssl, tmp_path, branch)


def test_another_branch_does_not_answer_for_this_one(client, cabinet) -> None:
    told = ask(cabinet, "ec").json()
    anna, issuer = (
        x509.load_pem_x509_certificate(pem.encode()) for pem in (told["certificate"], told["chain"][0])
    )
    question = ocsp.OCSPRequestBuilder().add_certificate(anna, issuer, hashes.SHA1()).build()  # noqa: S303 - a name
    asked = question.public_bytes(Encoding.DER)
    for branch, status in (("ec", ocsp.OCSPCertStatus.GOOD), ("rsa", ocsp.OCSPCertStatus.UNKNOWN)):
        answer = client.post(reverse("pki:ocsp", args=[branch]), asked, content_type=OCSP)
        assert ocsp.load_der_ocsp_response(answer.content).certificate_status is status
    in_address = quote(base64.b64encode(asked).decode(), safe="")
    answer = client.get(reverse("pki:ocsp_get", args=["ec", "Q"])[:-1] + in_address)
    assert ocsp.load_der_ocsp_response(answer.content).certificate_status is ocsp.OCSPCertStatus.GOOD
