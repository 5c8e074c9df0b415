"""Who signs people in is chosen by the environment; what does not fit together stops the start and says why."""

import pytest

from dopusk.cabinet.signin import configuration
from dopusk.cabinet.signin.tests.esia_double import CLIENT, ISSUER, KEYS, environment, pem, pem_key, signer
from dopusk.trust import gost
from dopusk.web.environment import Misconfigured


@pytest.fixture
def told(tmp_path, monkeypatch):
    """told(name=value): the environment of a cabinet before an ЕСИА, changed; None takes a name away."""

    def tell(generation=1, kind="rsa", **changes):
        values = environment(tmp_path, "https://esia.example/", generation, kind) | changes
        for name, value in values.items():
            monkeypatch.delenv(name, raising=False)
            if value is not None:
                monkeypatch.setenv(name, value)
        return configuration.chosen()

    return tell


def test_without_a_word_the_portal_signs_people_in_by_openid_connect():
    found = configuration.chosen()
    assert found["ESIA"] is None
    assert found["CLIENT_ID"] == "dopusk-cabinet"


@pytest.mark.parametrize("generation", [1, 2])
@pytest.mark.parametrize("kind", KEYS)
def test_an_esia_is_described_by_its_settings_alone(told, generation, kind):
    found = told(generation, kind)["ESIA"]
    assert (found.generation, found.address, found.client) == (generation, "https://esia.example", CLIENT)
    assert (found.issuer, found.gost) == (ISSUER, kind == "gost")
    assert found.origins == ("https://esia.example",)


def test_with_an_esia_no_secret_of_openid_connect_is_needed(told):
    assert told(DOPUSK_CABINET_CLIENT_SECRET=None)["CLIENT_SECRET"] == ""


def test_certificates_may_be_in_der(told, tmp_path):
    for name in ("system", "markers"):
        (tmp_path / f"{name}.cer").write_bytes(signer("rsa", name)[1])
    found = told(
        DOPUSK_ESIA_CERTIFICATE=str(tmp_path / "system.cer"),
        DOPUSK_ESIA_MARKER_CERTIFICATE=str(tmp_path / "markers.cer"),
    )
    assert len(configuration.signers(found["ESIA"].marker_files)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "DOPUSK_ESIA_URL",
        "DOPUSK_ESIA_CLIENT",
        "DOPUSK_ESIA_CERTIFICATE",
        "DOPUSK_ESIA_KEY",
        "DOPUSK_ESIA_MARKER_CERTIFICATE",
    ],
)
@pytest.mark.parametrize("value", [None, "", " ,"])
def test_what_is_missing_is_named(told, name, value):
    with pytest.raises(Misconfigured, match=name):
        told(**{name: value})


@pytest.mark.parametrize("dialect", ["", "esia", "esia-v3", "OIDC"])
def test_an_unknown_dialect_is_named_with_the_known_ones(told, dialect):
    with pytest.raises(Misconfigured, match=r"DOPUSK_SIGNIN.*oidc, esia-v1, esia-v2"):
        told(DOPUSK_SIGNIN=dialect)


@pytest.mark.parametrize("name", ["CERTIFICATE", "KEY", "MARKER_CERTIFICATE"])
def test_a_file_that_is_not_there_is_named(told, name, tmp_path):
    with pytest.raises(Misconfigured, match=f"DOPUSK_ESIA_{name}.*absent"):
        told(**{f"DOPUSK_ESIA_{name}": str(tmp_path / "absent")})


@pytest.mark.parametrize("name", ["CERTIFICATE", "KEY", "MARKER_CERTIFICATE"])
def test_a_file_of_something_else_is_named(told, name, tmp_path):
    (tmp_path / "rubbish").write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(Misconfigured, match=f"DOPUSK_ESIA_{name}"):
        told(**{f"DOPUSK_ESIA_{name}": str(tmp_path / "rubbish")})


def test_two_certificates_of_the_system_are_one_too_many(told, tmp_path):
    (tmp_path / "two.pem").write_bytes(pem(signer("rsa", "system")[1]) * 2)
    with pytest.raises(Misconfigured, match=r"DOPUSK_ESIA_CERTIFICATE.*2"):
        told(DOPUSK_ESIA_CERTIFICATE=str(tmp_path / "two.pem"))


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("other", KEYS)
def test_the_key_of_another_certificate_is_noticed_at_start(told, tmp_path, kind, other):
    (tmp_path / "other.key").write_bytes(pem_key(signer(other, "somebody else")[0]))
    with pytest.raises(Misconfigured, match="DOPUSK_ESIA_KEY"):
        told(kind=kind, DOPUSK_ESIA_KEY=str(tmp_path / "other.key"))


def test_a_gost_key_without_the_engine_is_explained(told, monkeypatch):
    kind = KEYS[-1]
    monkeypatch.setattr(gost, "available", lambda: False)
    if kind == "gost":
        with pytest.raises(Misconfigured, match="libengine-gost-openssl"):
            told(kind=kind)
    assert told(kind="rsa")["ESIA"]
