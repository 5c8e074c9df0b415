"""What certificates point to is fetched with patience and suspicion: addresses there were written by strangers."""

import contextlib
import subprocess
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import certificates, der
from dopusk.trust.subjects import Subject
from dopusk.web.signing import actions, asking, gathering, judging, remembered
from dopusk.web.signing.gathering import CRL, OCSP, Budget, Unreachable, fetch
from dopusk.web.signing.models import Signature
from dopusk.web.signing.tests import office as offices
from dopusk.web.signing.tests.test_asking import ask, examine


@pytest.fixture
def signed(db, office):
    """signed(**of the card) gives what comes of her signature with a certificate like that."""

    def by(card=None, *, whole=True, **of_card):
        card = card or office.card(**of_card)
        challenge = ask()
        return examine(challenge, card.sign(challenge.content, whole=whole))

    return by


def test_issuers_that_are_not_in_the_signature_are_fetched(signed, office):
    assert signed(whole=False).code == "good"
    assert "/ca.cer" in office.asked


def test_an_answer_is_enough_and_the_list_of_its_issuer_is_not_asked_for(signed, office):
    assert signed().code == "good"
    assert "/ocsp" in office.asked
    assert "/ca.crl" not in office.asked


@pytest.mark.parametrize("fault", ["down", "absent", "garbage", "huge"])
def test_a_list_serves_where_nobody_answers(signed, office, fault):
    office.faults["/ocsp"] = fault
    assert signed().code == "good"
    assert "/ca.crl" in office.asked


@pytest.mark.parametrize(
    "fault", ["down", "absent", "garbage", "huge", "slow", "trickle", "dripping head", "cut", "no http"]
)
def test_where_nothing_can_be_known_it_is_unknown_and_never_passed(signed, office, fault, monkeypatch):
    monkeypatch.setattr(asking, "READ_SECONDS", 0.3)
    monkeypatch.setattr(gathering, "SECONDS", 1.0)
    office.faults |= {"/ocsp": fault, "/ca.crl": fault}
    examined = signed()
    assert (examined.code, examined.why, examined.pending) == ("revocation_unknown", "unreachable", True)
    with pytest.raises(ValueError):
        actions.keep(examined)
    assert Signature.objects.count() == 0


def test_a_stale_list_says_nothing(signed, office):
    office.faults |= {"/ocsp": "down", "/ca.crl": "stale"}
    assert signed().code == "revocation_unknown"


def test_an_issuer_that_cannot_be_fetched_leaves_the_chain_incomplete(signed, office):
    office.faults["/ca.cer"] = "down"
    examined = signed(whole=False)
    assert (examined.code, examined.why) == ("chain_incomplete", "unreachable")
    assert signed().code == "good"


def test_a_revoked_certificate_is_refused_by_answer_and_by_list(signed, office):
    card = office.card()
    office.revoke(card)
    assert signed(card).code == "revoked_before"
    office.faults["/ocsp"] = "down"
    assert signed(card).code == "revoked_before"
    other = office.card(who=offices.MARIA)
    assert signed(other).code == "good"


def test_where_the_act_allows_it_an_unknown_one_is_kept_and_looked_at_again(db, signed, office):
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    kept = actions.keep(signed(), allow_pending=True)
    assert (kept.standing, kept.code) == ("unknown", "revocation_unknown")
    assert actions.recheck(kept.pk).standing == "unknown"
    office.faults.clear()
    gathering.hosts.breakers.clear()
    again = actions.recheck(kept.pk)
    assert (again.standing, again.code) == ("valid", "good")
    assert again.evidence.filter(kind="ocsp").exists()
    office.asked.clear()
    assert actions.recheck(kept.pk).standing == "valid"
    assert office.asked == []


def test_a_pending_one_whose_certificate_had_been_revoked_becomes_invalid(db, signed, office):
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    card = office.card()
    kept = actions.keep(signed(card), allow_pending=True)
    office.revoke(card, ago=timedelta(hours=2))
    office.faults.clear()
    gathering.hosts.breakers.clear()
    assert (actions.recheck(kept.pk).standing, Signature.objects.get().code) == ("invalid", "revoked_before")


def test_an_authority_that_is_down_is_left_alone_for_a_while(office):
    office.faults["/ca.crl"] = "down"
    for _ in range(8):
        with pytest.raises(Unreachable):
            fetch(f"{office.address}/ca.crl", CRL)
    assert len(office.asked) == 5 * gathering.ATTEMPTS
    with pytest.raises(Unreachable) as left:
        fetch(f"{office.address}/ca.crl", CRL)
    assert left.value.code == "resting"


def test_what_is_remembered_is_not_asked_for_and_serves_while_nobody_answers(office, settings):
    settings.SIGNING_REMEMBER = timedelta(minutes=10)
    url = f"{office.address}/ca.crl"
    first = remembered.crl(url, Budget())
    assert remembered.crl(url, Budget()) == first
    assert office.asked == ["/ca.crl"]
    settings.SIGNING_REMEMBER = timedelta(0)
    assert remembered.crl(url, Budget()) != first
    office.faults["/ca.crl"] = "down"
    assert remembered.crl(url, Budget()) != first
    assert office.asked.count("/ca.crl") == 2 + gathering.ATTEMPTS


def test_what_is_remembered_serves_no_longer_than_its_issuer_promised(office, settings, monkeypatch):
    url = f"{office.address}/ca.crl"
    remembered.crl(url, Budget())
    office.faults["/ca.crl"] = "down"
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(remembered.timezone, "now", lambda: later)
    with pytest.raises(Unreachable):
        remembered.crl(url, Budget())


def test_the_memory_has_bounds(monkeypatch):
    monkeypatch.setattr(remembered, "ROOM", 1000)
    monkeypatch.setattr(remembered, "MOST", 3)
    memory, now = remembered.Memory(), timezone.now()
    for number in range(5):
        memory.keep((str(number), ""), remembered.Piece(b"x" * 100, now, now))
    assert [name for name, _ in memory.pieces] == ["2", "3", "4"]
    memory.keep(("large", ""), remembered.Piece(b"x" * 950, now, now))
    assert ([name for name, _ in memory.pieces], memory.size) == (["large"], 950)


def test_an_answer_without_a_promise_is_asked_for_every_time(signed, office, settings, monkeypatch):
    """Remembered for ten minutes, too old after five: it would have refused everybody in between."""
    settings.SIGNING_REMEMBER = timedelta(minutes=10)
    monkeypatch.setattr(remembered, "_answered", lambda _der: None)
    card = office.card()
    assert signed(card).code == "good"
    office.revoke(card)
    assert signed(card).code == "revoked_before"
    assert office.asked.count("/ocsp") == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/ca.crl",
        "http://localhost/ca.crl",
        "http://[::1]/ca.crl",
        "http://[::ffff:127.0.0.1]/ca.crl",
        "http://2130706433/ca.crl",
        "http://0x7f.1/ca.crl",
        "http://0.0.0.0/ca.crl",
        "http://10.0.0.7/ca.crl",
        "http://172.16.0.7/ca.crl",
        "http://192.168.1.1/ca.crl",
        "http://169.254.169.254/latest/meta-data/",
        "http://[fe80::1]/ca.crl",
        "http://[fec0::1]/ca.crl",
        "http://[fd00::1]/ca.crl",
        "http://100.64.0.1/ca.crl",
        "http://[2002:7f00:1::]/ca.crl",
        "http://[64:ff9b::7f00:1]/ca.crl",
        "http://224.0.0.1/ca.crl",
        "http://8.8.8.8:22/ca.crl",
        "http://anna:secret@8.8.8.8/ca.crl",
        "ldap://8.8.8.8/cn=ca",
        "file:///etc/passwd",
        "ftp://8.8.8.8/ca.crl",
        "http:///ca.crl",
        "http://8.8.8.8:99999/ca.crl",
        "http://8.8.8.8/ca.crl\nERROR all is lost",
        "http://8.8.8.8\x1b[2J/ca.crl",
        "",
    ],
)
def test_a_strangers_certificate_makes_us_ask_nobody_inside(url, settings):
    settings.SIGNING_NETWORKS = ()
    with pytest.raises(Unreachable) as refused:
        fetch(url, CRL)
    assert refused.value.code == "address"
    assert str(refused.value).isprintable()


def test_outside_the_sandbox_the_authority_of_this_machine_is_not_asked(signed, office, settings):
    settings.SIGNING_NETWORKS = ()
    assert signed().code == "revocation_unknown"
    assert office.asked == []


def test_redirects_are_followed_as_far_as_their_addresses_may_be_asked(office, settings):
    office.faults["/root.cer"], office.location = "moved", "/ca.cer"
    assert fetch(f"{office.address}/root.cer", CRL) == office.issuer.certificate
    office.location = "/root.cer"
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/root.cer", CRL)
    assert refused.value.code == "refused"
    office.location = "http://169.254.169.254/latest/meta-data/"
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/root.cer", CRL)
    assert refused.value.code == "address"
    office.location = "http://[no address"
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/root.cer", CRL)
    assert refused.value.code == "address"
    office.faults["/ocsp"] = "moved"
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/ocsp", OCSP, b"?")
    assert refused.value.code == "refused"


def test_a_name_with_one_address_inside_is_not_asked_at_all(monkeypatch, settings):
    settings.SIGNING_NETWORKS = ()

    def both(host, port, **_):
        return [(2, 1, 6, "", ("8.8.8.8", port)), (2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asking.socket, "getaddrinfo", both)
    with pytest.raises(Unreachable) as refused:
        fetch("http://ca.example/ca.crl", CRL)
    assert refused.value.code == "address"


def test_one_signature_makes_us_ask_a_bounded_number_of_times(office):
    budget = Budget(fetches=3)
    for _ in range(3):
        fetch(f"{office.address}/ca.crl", CRL, budget=budget)
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/ca.crl", CRL, budget=budget)
    assert refused.value.code == "late"


def test_an_authority_nobody_accredited_is_not_believed_whatever_it_publishes(db, office):
    with offices.running(name="strange") as strange:
        challenge = ask()
        examined = examine(challenge, strange.card().sign(challenge.content))
    assert examined.code == "root_unknown"
    assert strange.asked == []


def test_codes_of_the_certificate_reach_the_page(signed):
    assert signed(issued=timedelta(days=20), days=10).code == "expired_at_signing"
    assert signed(who=Subject("Орлова", "Анна", "Сергеевна", "")).code == "snils_missing"
    assert signed(who=Subject("Орлова", "Анна", "Сергеевна", "11223344596")).code == "snils_wrong"
    assert signed(issued=-timedelta(days=1)).code == "not_yet_valid"


@pytest.mark.parametrize("office", ["rsa", "gost"], indirect=True)
def test_rsa_and_gost_are_judged_in_the_same_way(signed, office):
    assert signed(whole=False).code == "good"
    card = office.card()
    office.revoke(card)
    assert signed(card).code == "revoked_before"


def test_a_server_that_drips_its_head_holds_us_no_longer_than_the_budget(office, monkeypatch):
    office.faults["/ca.crl"] = "dripping head"
    began = time.monotonic()
    with pytest.raises(Unreachable) as refused:
        fetch(f"{office.address}/ca.crl", CRL, budget=Budget(until=began + 1.0))
    assert refused.value.code == "down"
    assert time.monotonic() - began < 2.0


def test_a_name_server_that_takes_its_time_is_asked_once(office, monkeypatch):
    asked = []

    def slow(host, port, **_):
        asked.append(host)
        time.sleep(0.3)
        raise OSError("no answer")

    monkeypatch.setattr(asking.socket, "getaddrinfo", slow)
    with pytest.raises(Unreachable):
        fetch("http://ca.example/ca.crl", CRL, budget=Budget(until=time.monotonic() + 0.2))
    assert asked == ["ca.example"]


def test_the_name_goes_along_while_the_address_was_looked_at(office, monkeypatch):
    port = int(office.address.rpartition(":")[2])

    def here(host, port, **_):
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asking.socket, "getaddrinfo", here)
    assert fetch(f"http://ca.example:{port}/ca.cer", CRL) == office.issuer.certificate
    assert office.hosts == [f"ca.example:{port}"]


def bundled(folder, office, *form: str) -> bytes:
    """The certificates above her as openssl puts several into one PKCS#7."""
    both = certificates.pem(office.issuer.certificate) + certificates.pem(office.root.certificate)
    (folder / "both.pem").write_bytes(both)
    command = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", str(folder / "both.pem"), *form]
    return subprocess.run(command, capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"}).stdout


@pytest.mark.parametrize("office", ["ec", "gost"], indirect=True)
def test_issuers_come_in_every_form_authorities_publish_them_in(signed, office, tmp_path):
    card = office.card()
    both = certificates.pem(office.issuer.certificate) + certificates.pem(office.root.certificate)
    forms = (
        both,
        certificates.pem(office.issuer.certificate),
        bundled(tmp_path, office, "-outform", "DER"),
        bundled(tmp_path, office),
    )
    for form in forms:
        office.bundle = form
        assert signed(card, whole=False).code == "good"


@pytest.mark.parametrize(
    "published",
    [
        b"",
        b"\x30\x80",
        b"-----BEGIN CERTIFICATE-----",
        b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n",
        b"\x30\x0f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x02\x04\x00",
        b"\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
        "Страница не найдена".encode(),
    ],
)
def test_whatever_else_stands_there_leaves_the_chain_incomplete(signed, office, published):
    office.bundle = published or b" "
    assert signed(whole=False).code == "chain_incomplete"


def of_version(encoded: bytes, number: int) -> bytes:
    """A certificate or a list that says to be of such a version."""
    whole = der.parse(encoded)
    said = (
        der.integer(number) if whole.parts[0].parts[0].tag == 0x02 else der.explicit(0, der.integer(number))
    )
    tbs = der.sequence(said, *(part.raw for part in whole.parts[0].parts[1:]))
    return der.sequence(tbs, *(part.raw for part in whole.parts[1:]))


def bundle_of(*several: bytes) -> bytes:
    """PKCS#7 without signers."""
    nothing = der.set_of()
    inside = (der.integer(1), nothing, der.sequence(der.DATA), der.explicit(0, *several), nothing)
    return der.sequence(der.SIGNED_DATA, der.explicit(0, der.sequence(*inside)))


def test_a_certificate_of_a_version_that_is_none_breaks_nothing(signed, office):
    strange = of_version(office.issuer.certificate, 5)
    for office.bundle in (strange, bundle_of(strange)):
        assert signed(whole=False).code == "chain_incomplete"
    office.bundle = of_version(office.issuer.revocation_list([], timezone.now()), 5)
    with pytest.raises(Unreachable):
        remembered.crl(f"{office.address}/ca.cer", Budget())


def test_nobody_makes_us_read_hundreds_of_certificates(signed, office):
    """A stranger's chain may ask for sixteen addresses, of a quarter of a megabyte each."""
    one = office.issuer.certificate
    for office.bundle in (bundle_of(*[one] * 21), certificates.pem(one) * 21):
        assert signed(whole=False).code == "chain_incomplete"
    for office.bundle in (bundle_of(*[one] * 20), certificates.pem(one) * 20):
        assert signed(whole=False).code == "good"


@given(st.binary(max_size=200))
def test_no_bytes_of_a_stranger_break_what_reads_them(content):
    for read in (remembered._listed, remembered._answered):
        with contextlib.suppress(ValueError):
            read(content)
    with contextlib.suppress(Unreachable):
        judging.issuers(content, "http://ca.example")
    assert judging.attached(content) == b""
    assert judging.timestamp_of(content) is None
    assert judging.stamped_by(content) == ()
