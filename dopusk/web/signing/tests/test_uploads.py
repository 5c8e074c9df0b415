"""A signature comes as base64 from a script or as a file made anywhere; what is none is told so."""

import base64
import textwrap

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from dopusk.trust import certificates
from dopusk.web.signing import actions, pages, sessions, turns, uploads
from dopusk.web.signing.actions import Act

ACT = Act("signin", "", "Вход", ())


def armoured(der: bytes, name: str, end: bytes = b"\n") -> bytes:
    lines = textwrap.wrap(base64.b64encode(der).decode(), 64)
    return (
        end.join(
            [f"-----BEGIN {name}-----".encode(), *map(str.encode, lines), f"-----END {name}-----".encode()]
        )
        + end
    )


@pytest.fixture
def post(db, settings):
    """post(challenge, text or file) gives what came of the form, sent from her session."""
    settings.SIGNING_SESSION = "dopusk.web.signing.sessions.by_cookie"

    def send(challenge, signature: str = "", file: bytes | None = None, **given):
        data = {"challenge": str(challenge.pk) if challenge else "", "signature": signature}
        if file is not None:
            data["signature_file"] = SimpleUploadedFile("text.p7s", file)
        request = RequestFactory().post("/", data, **given)
        request.COOKIES["portal_signing"] = "hers"
        return uploads.examined(request, ACT.purpose, ACT.object_key)

    return send


@pytest.fixture
def challenge(db):
    return actions.ask(ACT, session="portal_signing=hers", owner="", origin="http://testserver")


@pytest.mark.parametrize(
    "written",
    [
        lambda der: {"file": der},
        lambda der: {"file": armoured(der, "CMS")},
        lambda der: {"file": armoured(der, "PKCS7", b"\r\n")},
        lambda der: {"file": base64.b64encode(der)},
        lambda der: {"file": base64.encodebytes(der).replace(b"\n", b"\r\n")},
        lambda der: {"signature": base64.b64encode(der).decode()},
        lambda der: {"signature": base64.b64encode(der).decode(), "file": b""},
    ],
)
def test_every_form_programs_write_is_read(post, challenge, anna, written):
    examined = post(challenge, **written(anna.sign(challenge.content)))
    assert (examined.code, examined.challenge) == ("good", challenge)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({}, "signature_absent"),
        ({"file": b""}, "signature_empty"),
        ({"file": b" \r\n"}, "signature_empty"),
        ({"file": b"0" * 200_001}, "signature_large"),
        ({"signature": "0" * 200_001}, "signature_large"),
        ({"file": "Допуск: текст".encode()}, "signature_unreadable"),
        ({"file": b"%PDF-1.7"}, "signature_unreadable"),
        ({"signature": "не base64"}, "signature_unreadable"),
        ({"file": b"\x30\x82\xff\xff"}, "not_signature"),
    ],
)
def test_what_is_no_signature_is_told_so_and_the_text_stays_good(post, challenge, anna, sent, code):
    examined = post(challenge, **sent)
    assert (examined.code, examined.challenge) == (code, challenge)
    assert post(challenge, file=anna.sign(challenge.content)).code == "good"


def test_a_certificate_is_no_signature(post, challenge, anna):
    assert post(challenge, file=certificates.pem(anna.certificate.der)).code == "signature_is_certificate"


def forms_of_a_key():
    key = ec.generate_private_key(ec.SECP256R1())
    own, locked = serialization.NoEncryption(), serialization.BestAvailableEncryption(b"1234")
    forms = serialization.PrivateFormat
    for form in (forms.PKCS8, forms.TraditionalOpenSSL):
        for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER):
            yield key.private_bytes(encoding, form, own)
    yield key.private_bytes(serialization.Encoding.PEM, forms.PKCS8, locked)
    yield key.private_bytes(serialization.Encoding.DER, forms.PKCS8, locked)
    yield pkcs12.serialize_key_and_certificates(b"", key, None, None, locked)
    of_rsa = rsa.generate_private_key(65537, 2048)
    yield of_rsa.private_bytes(serialization.Encoding.DER, forms.TraditionalOpenSSL, own)


@pytest.mark.parametrize("key", list(forms_of_a_key()))
def test_a_key_sent_by_mistake_is_told_so_whatever_its_form(post, challenge, key):
    assert post(challenge, file=key).code == "signature_is_key"
    assert post(challenge, signature=base64.b64encode(key).decode()).code == "signature_is_key"


def test_never_all_threads_of_a_site_wait_for_strangers_servers(post, challenge, anna, monkeypatch):
    """Whoever is signed in may bring certificates that point to servers which take their time."""
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    signature = anna.sign(challenge.content)
    with turns.turn(), turns.turn():
        examined = post(challenge, file=signature)
        assert (examined.code, pages.again(examined)) == ("signature_busy", challenge)
    assert post(challenge, file=signature).code == "good"


def test_a_form_without_its_challenge_and_one_of_another_session_are_refused(post, challenge, anna):
    signature = anna.sign(challenge.content)
    assert post(None, file=signature).code == "challenge_unknown"
    other = actions.ask(ACT, session="portal_signing=another's", owner="", origin="http://testserver")
    examined = post(other, file=anna.sign(other.content))
    assert examined.code == "other_session"
    assert post(challenge, file=signature, HTTP_HOST="localhost:9000").code == "other_origin"


def test_the_session_of_a_person_signed_in_goes_before_that_of_a_sign_in_under_way(rf):
    request = rf.get("/")
    assert sessions.by_cookie(request) == ""
    request.COOKIES["portal_signing"] = "under way"
    assert sessions.by_cookie(request) == "portal_signing=under way"
    request.COOKIES["portal_session"] = "signed in"
    assert sessions.by_cookie(request) == "portal_session=signed in"


def test_the_origin_is_written_as_browsers_write_it(rf, settings):
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    assert sessions.origin(rf.get("/", HTTP_HOST="Portal.example.org")) == "http://portal.example.org"
    assert (
        sessions.origin(rf.get("/", HTTP_HOST="portal.example.org", secure=True))
        == "https://portal.example.org"
    )
