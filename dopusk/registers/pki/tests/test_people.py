"""Personal certificates over HTTP: issued, looked up, revoked, suspended; openssl agrees with all of it."""

import base64
from datetime import timedelta
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
from dopusk.registers.pki.models import Issued
from dopusk.trust import gost, keys
from dopusk.trust.authority import request, subject
from dopusk.trust.issuers import HOLD
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
OCSP = "application/ocsp-request"
# made once by openssl, for places without its engine
KEPT_GOST_CSR = """-----BEGIN CERTIFICATE REQUEST-----
MIHRMH4CAQAwDzENMAsGA1UEAwwEQW5uYTBmMB8GCCqFAwcBAQEBMBMGByqFAwICIwEGCCqFAwcB
AQICA0MABEBFfqdzTLj2sdjJ5AFC1SgL7R37ARvrJ4Wc5x5MEJxe5l/gLhK+LpucXaa6fHIG67NP
qBRVItRoMXJuvgu2t/oGoAAwDAYIKoUDBwEBAwIFAANBANcCoWzwLA2YF3w3brwh9RTtECvvlaH/
7k+jWMGb2aZP/wtyN0/blQ0nskYLYMv9I4brLNqA8Eia3dmRWKc1tCU=
-----END CERTIFICATE REQUEST-----
"""


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


def test_the_list_is_signed_once_until_something_changes(client, cabinet, monkeypatch) -> None:
    there = reverse("pki:issuers_list", args=["ec"])
    first = client.get(there).content
    with CaptureQueriesContext(connection) as asked:
        assert client.get(there).content == first
    assert [one["sql"] for one in asked if "pki_issued" in one["sql"]] == []

    serial = ask(cabinet).json()["serialNumber"]
    assert client.get(there).content == first  # what is good changes no list
    for act, listed in (("revoke", True), ("restore", False), ("revoke", True)):
        assert (
            cabinet.post(
                f"/api/pki/certificates/{serial}/{act}", {"reason": HOLD} if listed else {}
            ).status_code
            == 200
        )
        found = x509.load_der_x509_crl(client.get(there).content)
        assert ([one.serial_number for one in found] == [int(serial, 16)]) is listed

    monkeypatch.setattr(lists, "AGE", timedelta(0))
    newer = x509.load_der_x509_crl(client.get(there).content)
    number = x509.ExtensionOID.CRL_NUMBER
    assert (
        newer.extensions.get_extension_for_oid(number).value.crl_number
        > found.extensions.get_extension_for_oid(number).value.crl_number
    )


def test_a_suspension_that_becomes_a_revocation_counts_from_its_first_day(cabinet) -> None:
    serial = ask(cabinet).json()["serialNumber"]
    cabinet.post(f"/api/pki/certificates/{serial}/revoke", {"reason": HOLD})
    suspended = Issued.objects.get().revoked_at
    assert cabinet.post(f"/api/pki/certificates/{serial}/revoke", {"reason": "superseded"}).status_code == 200
    assert (Issued.objects.get().revoked_at, Issued.objects.get().reason) == (suspended, "superseded")


def test_what_is_done_already_is_not_done_again(cabinet) -> None:
    there = f"/api/pki/certificates/{ask(cabinet).json()['serialNumber']}"

    def code(act: str, **body: str) -> str:
        answer = cabinet.post(f"{there}/{act}", body)
        return str(answer.json().get("code", answer.status_code))

    assert code("restore") == "not_suspended"
    assert code("revoke", reason=HOLD) == "200"
    assert code("revoke", reason=HOLD) == "suspended_already"
    assert code("revoke", reason="keyCompromise") == "200"
    assert code("revoke", reason="superseded") == "revoked_already"
    assert code("restore") == "not_suspended"
    assert code("revoke", reason="cACompromise") == "invalid_request"


def test_only_personal_certificates_are_revoked_by_programs(cabinet, client) -> None:
    cabinet.post(
        "/api/pki/certificates",
        {"csr": request(keys.new(), subject("Учебный центр", "Допуск")), "profile": "seal"},
    )
    seal = Issued.objects.get().serial_number
    for serial in (seal, "00" * 20):
        answer = cabinet.post(f"/api/pki/certificates/{serial}/revoke", {})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert client.post(f"/api/pki/certificates/{seal}/revoke").status_code == 401


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"snils": "112-233-445 96"}, {"owner.snils": "snils_checksum"}),
        ({"lastName": ""}, {"owner.lastName": "required"}),
        ({"firstName": "Anna"}, {"owner.firstName": "name_characters"}),
        ({"inn": "123456789012"}, {"owner.inn": "inn_checksum"}),
        ({"ogrn": "1", "innOfOrganisation": "x"},
         {"owner.ogrn": "ogrn_length", "owner.innOfOrganisation": "inn_characters"}),
        ({"organisation": ""},
         {f"owner.{name}": "organisation_absent" for name in ("ogrn", "innOfOrganisation", "title")}),
        ({"organisation": "Б" * 65}, {"owner.organisation": "too_long"}),
        ({"email": "anna"}, {"owner.email": "email_format"}),
        ({"lastName": "О" * 60}, {"owner.lastName": "too_long"}),
    ],
)  # fmt: skip
def test_facts_that_cannot_stand_in_a_certificate_are_named(cabinet, changed, errors) -> None:
    answer = ask(cabinet, owner={**OWNER, **changed})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert {one["field"]: one["code"] for one in answer.json()["errors"]} == errors
    assert not Issued.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [{"authority": None}, {"authority": "gost94"}, {"owner": None}, {"days": 0}, {"days": 451},
     {"profile": "seal"}, {"profile": "seal", "owner": None}, {"owner": {**OWNER, "root": "yes"}}],
)  # fmt: skip
def test_a_question_of_another_shape_is_refused(cabinet, changed) -> None:
    answer = ask(cabinet, **changed)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert not Issued.objects.exists()


def test_the_days_asked_for_are_the_days_it_is_good_for(cabinet) -> None:
    made = x509.load_pem_x509_certificate(ask(cabinet, days=3).json()["certificate"].encode())
    assert made.not_valid_after_utc - made.not_valid_before_utc == timedelta(days=3, minutes=5)


@pytest.mark.usefixtures("gost_engine")
@pytest.mark.parametrize(("branch", "key"), [("gost", "ec"), ("ec", "gost"), ("rsa", "gost")])
def test_gost_keys_are_certified_by_gost_and_by_nobody_else(cabinet, branch, key) -> None:
    assert ask(cabinet, branch, csr=csr_of(key)).json()["code"] == "csr_key"


def test_without_the_engine_there_is_no_gost_and_everything_else_stands(client, cabinet, monkeypatch) -> None:
    monkeypatch.setattr(gost, "available", lambda: False)
    owner = {"csr": KEPT_GOST_CSR, "profile": "person", "authority": "gost", "owner": OWNER}
    answer = cabinet.post("/api/pki/certificates", owner)
    assert (answer.status_code, answer.json()["code"]) == (503, "gost_missing")
    for name in ("gost", "gost-root"):
        for view in ("issuer", "issuers_list"):
            answer = client.get(reverse(f"pki:{view}", args=[name]))
            assert (answer.status_code, answer.json()["code"]) == (503, "gost_missing")
    told = client.post(reverse("pki:ocsp", args=["gost"]), b"0", content_type=OCSP)
    assert ocsp.load_der_ocsp_response(told.content).response_status is ocsp.OCSPResponseStatus.TRY_LATER
    (only,) = x509.load_pem_x509_certificates(client.get(reverse("pki:roots")).content)
    assert only.subject == only.issuer
    assert ask(cabinet, "ec").status_code == 200


def test_a_question_that_cannot_be_read_is_answered_by_the_protocol(client) -> None:
    malformed = ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    there = reverse("pki:ocsp", args=["ec"])
    for asked in (b"how is Anna?", bytes(5000)):
        told = client.post(there, asked, content_type=OCSP)
        assert ocsp.load_der_ocsp_response(told.content).response_status is malformed
    told = client.get(reverse("pki:ocsp_get", args=["ec", "not base64"]))
    assert ocsp.load_der_ocsp_response(told.content).response_status is malformed
    assert client.post(there, b"0", content_type="text/plain").status_code == 415
    assert client.get(there).status_code == 405


def test_the_addresses_inside_certificates_lead_to_the_authorities(client, cabinet) -> None:
    told = ask(cabinet, "rsa").json()
    issuer, root = (x509.load_pem_x509_certificate(pem.encode()) for pem in told["chain"])
    assert client.get(reverse("pki:issuer", args=["rsa"])).content == issuer.public_bytes(Encoding.DER)
    assert client.get(reverse("pki:issuer", args=["root"])).content == root.public_bytes(Encoding.DER)
    assert root in x509.load_pem_x509_certificates(client.get(reverse("pki:roots")).content)
    assert reverse("pki:ocsp", args=["rsa"]) == "/pki/ocsp/rsa"
    listed = x509.load_der_x509_crl(client.get(reverse("pki:issuers_list", args=["root"])).content)
    assert listed.is_signature_valid(root.public_key())


def test_opened_again_the_authorities_are_the_same_and_their_keys_lie_sealed(client, tmp_path) -> None:
    before = client.get(reverse("pki:issuer", args=["ec"])).content
    authorities.forget()
    assert client.get(reverse("pki:issuer", args=["ec"])).content == before
    for file in (tmp_path / "pki" / "people").iterdir():
        assert b"PRIVATE KEY" not in file.read_bytes()


def test_outside_the_sandbox_nobody_vouches_for_people(client, cabinet, settings) -> None:
    serial = ask(cabinet).json()["serialNumber"]
    settings.SANDBOX = False
    assert ask(cabinet).status_code == 404
    assert cabinet.post(f"/api/pki/certificates/{serial}/revoke", {}).status_code == 404
    for name, arguments in (
        ("roots", []),
        ("issuer", ["ec"]),
        ("issuers_list", ["ec"]),
        ("ocsp_get", ["ec", "MA=="]),
    ):
        assert client.get(reverse(f"pki:{name}", args=arguments)).status_code == 404
    assert client.post(reverse("pki:ocsp", args=["ec"]), b"", content_type=OCSP).status_code == 404
    assert client.get(reverse("pki:root")).status_code == 200
