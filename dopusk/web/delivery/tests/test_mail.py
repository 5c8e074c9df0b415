"""Letters over real SMTP: how they look, who may read them on the way, what a server may answer."""

import datetime as dt
import ipaddress
import ssl
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import transaction
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st

from dopusk.web.delivery import actions, channels, configuration
from dopusk.web.delivery.models import Letter
from dopusk.web.delivery.rules import Parcel, one_line
from dopusk.web.delivery.tests.posts import MailServer, free_port
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message
from dopusk.web.outbox.senders import Refused

BORIS = "boris@example.org"
TEXT = "Здравствуйте!\n\nПодтвердите адрес: http://localhost:8000/registration/email/abc/\n.\nСсылка действует сутки."


def server_at(port: int, **changes) -> configuration.Smtp:
    asked = {
        "host": "127.0.0.1",
        "port": port,
        "from_": "portal@dopusk.example",
        "name": "Портал личности «допуск»",
        "home": "http://localhost:8000",
        "security": "plain",
        "seconds": 0.5,
    }
    return configuration.Smtp(**(asked | changes))


@pytest.fixture(autouse=True)
def _no_memory_of_faults():
    channels.BREAKERS.clear()


@pytest.fixture
def post(settings):
    with MailServer() as post:
        settings.DELIVERY_MAIL = server_at(post.port)
        yield post


def send(**changes) -> Letter:
    asked = {
        "channel": "mail",
        "to": BORIS,
        "purpose": "registration.email",
        "text": TEXT,
        "subject": "Ваш адрес",
    }
    with transaction.atomic():
        return actions.send(**(asked | changes))


def deliver(letter) -> Letter:
    Message.objects.filter(pk=letter.message_id, state="waiting").update(next_at=timezone.now())
    outbox.deliver(letter.message_id)
    return Letter.objects.select_related("message").get(pk=letter.pk)


@pytest.mark.django_db(transaction=True)
def test_a_letter_arrives_as_plain_text_from_the_deployment(post):
    letter = deliver(send())
    assert letter.state == "delivered"
    (mail,) = post.taken
    assert post.envelopes == [("portal@dopusk.example", [BORIS])]
    assert str(make_header(decode_header(mail["From"]))) == "Портал личности «допуск» <portal@dopusk.example>"
    assert (mail["To"], str(make_header(decode_header(mail["Subject"])))) == (BORIS, "Ваш адрес")
    assert mail["Message-ID"] == f"<{letter.pk}@dopusk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert (mail.get_content_type(), mail.is_multipart()) == ("text/plain", False)
    said = mail.get_payload(decode=True).decode().replace("\r\n", "\n")
    assert said == f"{TEXT}\n\n-- \nПортал личности «допуск»\nhttp://localhost:8000/\n"


@pytest.mark.django_db(transaction=True)
def test_a_subject_cannot_bring_headers_of_its_own(post):
    deliver(send(subject="Привет\r\nBcc: all@example.org\r\n\r\nтело\u2028Cc: x@example.org\x00"))
    (mail,) = post.taken
    assert (mail["Bcc"], mail["Cc"]) == (None, None)
    assert post.envelopes[0][1] == [BORIS]
    assert (
        str(make_header(decode_header(mail["Subject"])))
        == "Привет Bcc: all@example.org тело Cc: x@example.org"
    )


@given(st.text(max_size=300), st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example("Код\r\nBcc: all@example.org", "\r\n.\r\nRCPT TO:<all@example.org>")
@example("Подтверждение адреса электронной почты на портале личности «допуск» для Орловой Анны Сергеевны", "")
def test_a_letter_has_our_headers_only_and_is_read_as_it_was_written(subject, text):
    parcel = Parcel("00000000-0000-4000-8000-000000000017", BORIS, subject, text)
    written = channels.written(server_at(25), BORIS, parcel)
    head, _, body = written.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert head.isascii()
    assert not any(b"\r" in line or b"\n" in line or len(line) > 78 for line in lines)
    assert not any(line in {b"", b"."} for line in body.rstrip().split(b"\r\n"))
    assert sorted(line.partition(b":")[0] for line in lines if not line.startswith(b" ")) == sorted(
        [b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Auto-Submitted", b"MIME-Version", b"Content-Type",
         b"Content-Transfer-Encoding"]
    )  # fmt: skip
    read = message_from_bytes(written)
    assert str(make_header(decode_header(read["Subject"]))) == (one_line(subject) or server_at(25).name)
    assert read.get_payload(decode=True).decode().startswith(text.rstrip())


@pytest.mark.django_db(transaction=True)
def test_a_domain_in_russian_letters_is_written_as_servers_know_it(post):
    deliver(send(to="boris@почта.рф"))
    assert post.envelopes[0][1] == ["boris@xn--80a1acny.xn--p1ai"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("RCPT 450 mailbox busy", "smtp_450"),
        ("DATA 451 later", "smtp_451"),
        ("DATA 421 closing", "smtp_421"),
        ("LOST", "smtp_SMTPServerDisconnected"),
    ],
)
def test_after_a_passing_trouble_it_is_sent_again_under_the_same_message_id(post, answer, reason):
    post.answers = [answer]
    letter = deliver(send())
    assert (letter.state, letter.last_reason) == ("waiting", reason)
    letter = deliver(letter)
    assert (letter.state, letter.attempts) == ("delivered", 2)
    assert {mail["Message-ID"] for mail in post.taken} == {f"<{letter.pk}@dopusk.example>"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("answer", "code"), [("RCPT 550 no such user", "smtp_550"), ("DATA 554 spam", "smtp_554")]
)
def test_a_server_s_no_is_final(post, answer, code):
    post.answers = [answer]
    letter = deliver(send())
    assert (letter.state, letter.last_reason, bytes(letter.sealed)) == ("refused", code, b"")
    assert (deliver(letter).attempts, post.taken) == (1, [])


@pytest.mark.django_db(transaction=True)
def test_a_server_that_hangs_or_is_not_there_is_tried_again(post, settings):
    post.hang = 1.5
    assert deliver(send()).last_reason == "smtp_SMTPServerDisconnected"
    settings.DELIVERY_MAIL = server_at(free_port())
    letter = deliver(send())
    assert (letter.state, letter.last_reason) == ("waiting", "smtp_ConnectionRefusedError")


@pytest.mark.django_db(transaction=True)
def test_without_encryption_offered_nothing_is_sent(post, settings):
    settings.DELIVERY_MAIL = server_at(post.port, security="starttls")
    letter = deliver(send())
    assert (letter.state, letter.last_reason, post.taken) == ("waiting", "smtp_SMTPNotSupportedError", [])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """(context of a server at 127.0.0.1, file with its certificate)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a mail server")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(17)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file, secret = folder / "server.pem", folder / "server.key"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file, secret)
    return context, file


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("password", "known", "outcome"),
    [
        ("right", True, ("delivered", "")),
        ("wrong", True, ("waiting", "smtp_535")),
        ("right", False, ("waiting", "smtp_SSLCertVerificationError")),
    ],
    ids=["right password", "wrong password", "unknown certificate"],
)
def test_the_password_goes_only_to_a_server_with_a_certificate_we_trust(
    settings, monkeypatch, certificate, password, known, outcome
):
    context, file = certificate
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with MailServer(tls_context=context, require_starttls=True, auth_required=True) as post:
        settings.DELIVERY_MAIL = server_at(post.port, security="starttls", user="portal", password=password)
        letter = deliver(send())
        assert (letter.state, letter.last_reason) == outcome
        assert set(post.logins) == ({(b"portal", password.encode())} if known else set())
        assert len(post.taken) == (outcome[0] == "delivered")


@pytest.mark.django_db(transaction=True)
def test_tls_from_the_first_byte(settings, monkeypatch, certificate):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with MailServer(ssl_context=context) as post:
        settings.DELIVERY_MAIL = server_at(post.port, security="tls")
        assert deliver(send()).state == "delivered"
        assert len(post.taken) == 1


def test_a_domain_no_server_can_have_is_refused_before_anything_is_asked():
    with pytest.raises(Refused) as refused:
        channels.mail(server_at(9), Parcel("1", f"boris@{'ы' * 63}.рф", "", ""))
    assert refused.value.code == "address_domain"
