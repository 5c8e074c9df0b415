"""Systems are registered with certificates, and what changes is seen."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.actions import RegistrationRefused, disable, register
from dopusk.portal.esia import systems
from dopusk.portal.esia.models import Certificate, System
from dopusk.portal.esia.registering import add_certificate, disable_certificate, register_system
from dopusk.portal.esia.tests.signed_requests import NOW, OTHER, OWN, certified, gost_signer
from dopusk.trust import certificates
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db

VALUES = {
    "name": "Регистратура",
    "redirect_uris": ["http://127.0.0.1:9/cb"],
    "scopes": ["openid", "fullname"],
    "certificates": [OWN.der],
}


def acts():
    return list(Entry.objects.order_by("number").values_list("act", flat=True))


def refused(**changed):
    with pytest.raises(RegistrationRefused) as error:
        register_system(changed.pop("client_id", "DOPUSK"), **{**VALUES, **changed})
    assert not System.objects.exists()
    return error.value.code


def test_a_registered_system_is_found_with_its_certificates_and_addresses():
    register_system("DOPUSK", **VALUES, lenient=True, v1=False)
    found = systems.find("DOPUSK")
    assert (found.lenient, found.v1, found.v2, found.token_alg) == (True, False, True, "RS256")
    assert [one.hashes["sha256"] for one in found.certificates] == [OWN.hashes["sha256"]]
    assert found.redirect_uris == {"http://127.0.0.1:9/cb"}
    assert clients.find("DOPUSK").auth_method == "esia"
    assert acts() == ["client.registered", "esia.system_registered", "esia.certificate_added"]


def test_the_same_again_changes_nothing():
    for _ in range(2):
        register_system("DOPUSK", **VALUES)
    assert len(acts()) == 3
    assert Certificate.objects.count() == 1


def test_a_certificate_may_come_as_pem():
    register_system("DOPUSK", **{**VALUES, "certificates": [certificates.pem(OWN.der)]})
    assert bytes(Certificate.objects.get().der) == OWN.der


@pytest.mark.usefixtures("gost_engine")
def test_a_gost_certificate_is_kept_with_its_streebog():
    register_system(
        "DOPUSK", **{**VALUES, "certificates": [gost_signer().der]}, token_alg="GOST3410_2012_256"
    )
    kept = Certificate.objects.get()
    assert (kept.algorithm, kept.streebog256) == ("gost2012_256", gost_signer().hashes["streebog256"])


def test_a_second_certificate_works_beside_the_first_until_one_is_disabled_and_enabled_again():
    register_system("DOPUSK", **VALUES)
    add_certificate("DOPUSK", OTHER.der)
    assert disable_certificate("DOPUSK", OWN.hashes["sha256"].upper())
    assert not disable_certificate("DOPUSK", OWN.hashes["sha256"])
    assert [one.disabled for one in systems.find("DOPUSK").certificates] == [True, False]
    add_certificate("DOPUSK", OWN.der)
    assert [one.disabled for one in systems.find("DOPUSK").certificates] == [False, False]
    assert acts()[-3:] == ["esia.certificate_added", "esia.certificate_disabled", "esia.certificate_added"]


def test_what_is_registered_for_openid_stays():
    register(
        "DOPUSK",
        name="Регистратура",
        secret="s" * 40,
        redirect_uris=["http://127.0.0.1:9/cb"],
        signed_out_uris=["http://127.0.0.1:9/bye"],
        scopes=["openid"],
        grant_types=["authorization_code", "refresh_token"],
    )
    before = clients.find("DOPUSK")
    register_system("DOPUSK", **VALUES)
    after = clients.find("DOPUSK")
    kept = ("secret_hash", "auth_method", "grant_types", "signed_out_uris")
    assert all(getattr(before, name) == getattr(after, name) for name in kept)
    assert after.scopes == {"openid", "fullname"}


def test_a_disabled_client_is_no_system():
    register_system("DOPUSK", **VALUES)
    assert systems.find("DOPUSK")
    disable("DOPUSK", actor="system", session="")
    systems.forget()
    assert systems.find("DOPUSK") is None
    assert systems.find("NOBODY") is None


def small_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the mistake itself


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"token_alg": "none"}, "token_alg"),
        ({"v1": False, "v2": False}, "esia_versions"),
        ({"certificates": [b""]}, "certificate_empty"),
        ({"certificates": [b"rubbish"]}, "certificate_unreadable"),
        ({"certificates": [certificates.pem(OWN.der) + certificates.pem(OTHER.der)]}, "certificate_several"),
        (
            {"certificates": [certified(ec.generate_private_key(ec.SECP256R1()), "EC", NOW, NOW)]},
            "certificate_algorithm",
        ),
        ({"certificates": [certified(small_key(), "1024", NOW, NOW)]}, "certificate_weak"),
        ({"redirect_uris": ["http://example.org/cb"]}, "address_insecure"),
        ({"redirect_uris": []}, "redirect_missing"),
        ({"client_id": "имя"}, "client_id_form"),
    ],
)
def test_what_cannot_be_registered_is_refused_by_a_code_and_leaves_nothing(changed, code):
    assert refused(**changed) == code


def test_a_private_key_in_place_of_a_certificate_is_refused():
    key = OWN.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert refused(certificates=[key]) == "certificate_unreadable"
