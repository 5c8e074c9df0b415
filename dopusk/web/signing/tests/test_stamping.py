"""A signature is given a timestamp where an authority of time is named, and is good without one all the same."""

import pytest

from dopusk.trust import certificates
from dopusk.web.signing import actions, checks, judging, stamping
from dopusk.web.signing.tests.conftest import afresh
from dopusk.web.signing.tests.test_asking import ask, examine


@pytest.fixture
def tsa(office, settings):
    """The office of Анна gives timestamps too."""
    settings.SIGNING_TSA = f"{office.address}/tsa"
    return office


def sign(anna):
    challenge = ask()
    signature = anna.sign(challenge.content)
    return signature, examine(challenge, signature)


def test_a_signature_gets_a_timestamp_and_is_kept_with_it(db, tsa, anna):
    given, examined = sign(anna)
    assert (examined.code, examined.validation.time_from, examined.validation.level) == (
        "good",
        "timestamp",
        "cades-t",
    )
    kept = actions.keep(examined)
    assert kept.signature != given
    assert judging.timestamp_of(kept.signature)
    assert (kept.time_from, kept.signed_at) == ("timestamp", examined.validation.at)
    assert kept.received_at >= kept.signed_at
    assert kept.evidence.filter(kind="timestamp").count() == 1
    assert actions.recheck(kept.pk).standing == "valid"


@pytest.mark.parametrize("fault", ["down", "garbage", "absent"])
def test_without_the_authority_of_time_our_own_clock_says_when(db, tsa, anna, fault):
    tsa.faults["/tsa"] = fault
    given, examined = sign(anna)
    assert (examined.code, examined.validation.time_from) == ("good", "receipt")
    assert actions.keep(examined).signature == given


def test_a_timestamp_that_cannot_be_believed_is_left_out(db, tsa, anna, settings, tmp_path):
    settings.SIGNING_TSA_ROOTS = tmp_path / "others.pem"
    settings.SIGNING_TSA_ROOTS.write_bytes(certificates.pem(anna.certificate.der))
    given, examined = sign(anna)
    assert examined.code == "good"
    tsa.faults["/stamps.crl"] = "down"
    settings.SIGNING_TSA_ROOTS = None
    given, examined = sign(anna)
    assert (examined.code, examined.validation.time_from, examined.signature) == ("good", "receipt", given)


def test_whoever_checks_hears_whether_the_authority_of_time_is_believed(tsa, settings, tmp_path):
    def said():
        return [one.id for one in checks.time_is_told()]

    assert said() == ["dopusk.I120"]
    settings.SIGNING_TSA_ROOTS = tmp_path / "others.pem"
    settings.SIGNING_TSA_ROOTS.write_bytes(certificates.pem(tsa.root.certificate))
    assert said() == ["dopusk.W121"]
    settings.SIGNING_TSA_ROOTS = None
    for fault in ("down", "garbage", "absent"):
        tsa.faults["/tsa"] = fault
        assert said() == ["dopusk.W119"]
    settings.SIGNING_TSA = ""
    assert said() == ["dopusk.I118"]


def test_an_authority_of_time_that_is_down_is_left_alone_for_a_while(db, tsa, anna):
    tsa.faults["/tsa"] = "down"
    for _ in range(7):
        sign(anna)
    assert tsa.asked.count("/tsa") == 5


def test_the_authority_of_time_is_asked_through_the_proxy_addresses_in_certificates_are_not(
    db, tsa, anna, monkeypatch
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # where nobody answers
    for name in ("NO_PROXY", "no_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    stamping.client.cache_clear()
    try:
        _given, examined = sign(anna)
    finally:
        stamping.client.cache_clear()
    assert (examined.code, examined.validation.time_from) == ("good", "receipt")
    assert "/tsa" not in tsa.asked
    assert "/ocsp" in tsa.asked


def test_a_later_look_moves_no_time(db, tsa, anna):
    tsa.faults |= dict.fromkeys(("/tsa", "/ocsp", "/ca.crl"), "down")
    challenge = ask()
    kept = actions.keep(examine(challenge, anna.sign(challenge.content)), allow_pending=True)
    tsa.faults.clear()
    afresh()
    again = actions.recheck(kept.pk)
    assert (again.standing, again.time_from, again.signed_at) == ("valid", "receipt", kept.received_at)
    assert again.signature == kept.signature
