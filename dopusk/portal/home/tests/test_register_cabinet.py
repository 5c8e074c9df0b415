"""The cabinet becomes an information system of the dialect by one command, and learns whom to believe."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.core.management import CommandError, call_command

from dopusk.portal.clients import models as clients
from dopusk.portal.esia import signing, systems
from dopusk.portal.esia.models import System
from dopusk.trust import certificates
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_memories():
    for memory in (systems, signing, clients):
        memory.forget()
    yield
    for memory in (systems, signing, clients):
        memory.forget()


def certificate(folder, key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CABINET")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1)
    )
    path = folder / "system.pem"
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


def register(folder, key=None, **more):
    path = certificate(folder, key or rsa.generate_private_key(public_exponent=65537, key_size=2048))
    options = {"client": "CABINET", "certificate": path, "markers": folder / "markers.pem", **more}
    call_command("register_cabinet", stdout=StringIO(), **options)
    return options


def test_the_cabinet_is_registered_and_told_who_signs_markers(tmp_path):
    register(tmp_path)
    client = clients.find("CABINET")
    assert client.redirect_uris == {f"{settings.CABINET_URL}/signin/callback/"}
    assert client.signed_out_uris == {f"{settings.CABINET_URL}/signin/signed-out/"}
    assert (client.required_level, System.objects.get().lenient) == ("confirmed", False)
    told = certificates.read((tmp_path / "markers.pem").read_bytes())
    assert told == certificates.read(signing.public("RS256")[0].encode())


def test_registering_again_changes_nothing(tmp_path):
    options = register(tmp_path)
    before = Entry.objects.count()
    call_command("register_cabinet", stdout=StringIO(), **options)
    assert Entry.objects.count() == before


def test_while_the_signer_changes_both_certificates_are_told(tmp_path):
    options = register(tmp_path)
    signing.rotate("RS256")
    call_command("register_cabinet", stdout=StringIO(), **options)
    assert (tmp_path / "markers.pem").read_text().count("BEGIN CERTIFICATE") == 2


def test_a_certificate_the_dialect_cannot_use_is_refused_with_its_reason(tmp_path):
    with pytest.raises(CommandError, match="certificate_algorithm"):
        register(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    assert not System.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match="absent"):
        call_command("register_cabinet", client="CABINET", certificate=tmp_path / "absent.pem")
