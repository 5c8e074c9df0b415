"""How certificates stand: lists and OCSP answers, revoked, suspended, given back; openssl agrees with all of it."""

import base64
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dopusk.registers.pki import authorities, lists
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.tests.asking import ANNA, OCSP, ask
from dopusk.trust.certificates import Certificate
from dopusk.trust.certificates import read as certificate_of
from dopusk.trust.evidence import Evidence, Policy
from dopusk.trust.issuers import HOLD
from dopusk.trust.validation import check_certificate
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


def fetch_lists(client, folder: Path, branch: str) -> None:
    for name in (branch, authorities.ROOT_OF[branch]):
        (folder / f"{name}.crl").write_bytes(client.get(reverse("pki:issuers_list", args=[name])).content)


def chain_checked(client, openssl, folder: Path, branch: str) -> tuple[int, str]:
    """What `openssl verify` says with lists as they are now."""
    fetch_lists(client, folder, branch)
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


def test_openssl_reads_it_and_trusts_its_chain_until_it_is_revoked(
    client, openssl, tmp_path, cabinet, kept, branch
) -> None:
    said = openssl("x509", "-in", "anna.pem", "-noout", "-text", "-nameopt", "utf8,sname")[1]
    assert f"SNILS={ANNA.snils}" in said.replace(" = ", "=")
    assert "Class of Signing Tool KC1" in said
    assert chain_checked(client, openssl, tmp_path, branch) == (0, "anna.pem: OK\n")

    assert cabinet.post(f"/api/pki/certificates/{kept}/revoke", {"reason": "keyCompromise"}).json() == {
        "serialNumber": kept,
        "reason": "keyCompromise",
    }
    code, said = chain_checked(client, openssl, tmp_path, branch)
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


@pytest.fixture
def evidence(client, tmp_path, branch):
    """What a verifier can fetch: lists, or answers, by the addresses in the certificate."""

    def fetch(*, crl: bool = True, ocsp: bool = True) -> Evidence:
        found = check_certificate(
            anna(tmp_path), at=now(), now=now(), evidence=chain(tmp_path), policy=policy(tmp_path)
        )
        wanted = found.wanted
        lists = tuple(client.get(urlsplit(url).path).content for url in wanted.crls) if crl else ()
        own = [(url, asked) for url, asked in wanted.ocsp if f"/ocsp/{branch}" in url]
        answers = tuple(
            client.post(urlsplit(url).path, asked, content_type=OCSP).content for url, asked in own if ocsp
        )
        root = client.get(reverse("pki:issuers_list", args=[authorities.ROOT_OF[branch]])).content
        return chain(tmp_path).with_(Evidence(crls=(*lists, root), ocsp=answers))

    return fetch


def now() -> datetime:
    return datetime.now(UTC)


def anna(folder: Path) -> Certificate:
    return certificate_of((folder / "anna.pem").read_bytes())


def chain(folder: Path) -> Evidence:
    return Evidence(certificates=(certificate_of((folder / "issuer.pem").read_bytes()).der,))


def policy(folder: Path) -> Policy:
    pems = re.findall(
        rb"-----BEGIN.*?-----END CERTIFICATE-----", (folder / "roots.pem").read_bytes(), re.DOTALL
    )
    return Policy(roots=tuple(map(certificate_of, pems)), policies=frozenset({"1.2.643.100.113.1"}))


def test_our_own_verifier_believes_lists_and_answers_alike(cabinet, tmp_path, kept, evidence) -> None:
    def judged(**sources: bool) -> str:
        return check_certificate(
            anna(tmp_path), at=now(), now=now(), evidence=evidence(**sources), policy=policy(tmp_path)
        ).code

    sources = ({"crl": False}, {"ocsp": False}, {})
    there = f"/api/pki/certificates/{kept}"
    assert [judged(**one) for one in sources] == ["good"] * 3
    cabinet.post(f"{there}/revoke", {"reason": HOLD})
    assert [judged(**one) for one in sources] == ["suspended"] * 3
    cabinet.post(f"{there}/restore", {})
    assert [judged(**one) for one in sources] == ["good"] * 3
    cabinet.post(f"{there}/revoke", {"reason": "keyCompromise"})
    assert [judged(**one) for one in sources] == ["revoked_before"] * 3
    assert judged(crl=False, ocsp=False) == "revocation_unknown"
