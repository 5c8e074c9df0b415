"""Personal certificates over HTTP: what stands in them, what is refused, where their addresses lead."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.conf import settings
from django.urls import reverse

from dopusk.registers.pki import authorities
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.tests.asking import ANNA, HOSPITAL, KEPT_GOST_CSR, OCSP, OWNER, ask, csr_of
from dopusk.trust import gost, keys
from dopusk.trust.authority import request, subject
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


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


def test_a_stand_that_moved_points_to_where_it_is_now_and_stays_the_same_authority(
    client, cabinet, settings
) -> None:
    first = ask(cabinet).json()
    settings.REGISTERS_URL = "http://localhost:9999"
    authorities.forget()
    second = ask(cabinet).json()
    assert (second["chain"][0] != first["chain"][0], second["chain"][1]) == (True, first["chain"][1])
    older, issuer = (
        x509.load_pem_x509_certificate(pem.encode()) for pem in (first["certificate"], second["chain"][0])
    )
    older.verify_directly_issued_by(issuer)
    points = issuer.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name[0].value == "http://localhost:9999/pki/root.crl"


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
