"""The verdict as a whole: what it wants, what it rests on, what it says of a certificate alone.

The long table of signatures is in tests/conformance/test_signatures.py; every step has tests of its own beside this.
"""

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.trust import cades, certificates, der, gost, keys
from dopusk.trust.certificates import Certificate
from dopusk.trust.issuers import Issuer, Pointers, Revoked
from dopusk.trust.ocsp import Responder
from dopusk.trust.signing_keys import signing_key
from dopusk.trust.subjects import Subject, office_name
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, EXPIRES, SIGNED, Holder, Issued, Office
from dopusk.trust.validation import Evidence, Policy, Validation, check_certificate, validate

TEXT = "Заявление Орловой Анны Сергеевны\r\n".encode()
DAY = timedelta(days=1)
NOW = SIGNED + timedelta(hours=2)


@cache
def root() -> Office:
    return chains.root("ec", "root")


@cache
def ca() -> Office:
    return root().office("ec", "ca")


@cache
def anna() -> Holder:
    return ca().holder(chains.key_of("ec", "anna"), Issued(ANNA))


def signed(by: Holder | None = None, **said: object) -> bytes:
    who = by or anna()
    told = {"at": SIGNED, "chain": [ca().der], **said}
    return cades.create(TEXT, who.der, cades.signer(who.key), **told)  # type: ignore[arg-type]


def judge(message: bytes, evidence: Evidence, **said: object) -> Validation:
    told = {"received_at": SIGNED, "now": NOW, "policy": Policy((root().certificate,)), **said}
    return validate(message, TEXT, evidence=evidence, **told)  # type: ignore[arg-type]


LISTS = Evidence(crls=(root().crl(), ca().crl()))


@pytest.mark.parametrize("values", [(), (b"\x05\x00",), (b"\x31\x00",), (b"\x31\x00", b"\x31\x00")])
def test_an_unsigned_attribute_that_is_none_is_told_and_nothing_is_raised(values: tuple[bytes, ...]) -> None:
    message = cades.with_timestamp(signed(), der.sequence())
    stamp = der.attribute(der.TIMESTAMP_TOKEN, der.sequence())
    broken = der.sequence(der.oid(der.TIMESTAMP_TOKEN), *values)
    assert message.count(stamp) == 1
    told = judge(replaced(der.parse(message), stamp, broken), LISTS)
    assert (told.code, told.why) == ("not_signature", "attributes")


def replaced(element: der.Element, old: bytes, new: bytes) -> bytes:
    """The element with one of those inside put in place of another."""
    if element.raw == old:
        return new
    if not element.parts:
        return element.raw
    return der.element(element.tag, *(replaced(part, old, new) for part in element.parts))


def test_a_verdict_tells_all_that_people_are_shown() -> None:
    told = judge(signed(), LISTS)
    assert told.good
    assert told.signer == anna().certificate
    assert told.owner is not None
    assert told.owner.full_name == "Орлова Анна Сергеевна"
    assert told.chain == (anna().certificate, ca().certificate, root().certificate)
    assert (told.at, told.time_from, told.claimed_at) == (SIGNED, "receipt", SIGNED)
    assert (told.level, told.attached) == ("cades-bes", False)
    assert [one.source for one in told.revocation] == ["crl", "crl"]
    assert [one.of for one in told.revocation] == [ca().certificate, anna().certificate]
    assert not told.wanted
    assert told.used == Evidence((ca().der,), LISTS.crls)


def test_step_by_step_it_says_what_is_still_to_be_fetched() -> None:
    message = signed(chain=())
    first = judge(message, Evidence())
    assert (first.code, first.wanted.certificates) == ("chain_incomplete", ("http://pki.example/ca.cer",))
    second = judge(message, Evidence((ca().der,)))
    assert second.code == "revocation_unknown"
    assert second.wanted.crls == ("http://pki.example/root.crl", "http://pki.example/ca.crl")
    assert len(second.wanted.ocsp) == 2
    third = judge(message, Evidence((ca().der,), (root().crl(),)))
    assert (third.code, third.wanted.crls) == ("revocation_unknown", ("http://pki.example/ca.crl",))
    assert judge(message, Evidence((ca().der,), LISTS.crls)).good


def test_what_is_refused_anyhow_wants_nothing() -> None:
    nameless = ca().holder(anna().key, Issued({**ANNA, chains.owners.SNILS: "1"}))
    for message, code in ((signed(nameless), "snils_wrong"), (b"", "not_signature")):
        told = judge(message, Evidence())
        assert told.code == code
        assert not told.wanted


@given(st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(chance: random.Random) -> None:
    other = chains.root("ec", "other")
    lists = [*LISTS.crls, ca().crl(at=SIGNED - 40 * DAY), other.crl(), b"rubbish"]
    given_ = [ca().der, root().der, other.der, anna().der, b"rubbish"]
    chance.shuffle(lists)
    chance.shuffle(given_)
    told = judge(signed(chain=()), Evidence(tuple(given_), tuple(lists)))
    assert told.good
    assert told.used == Evidence((ca().der,), LISTS.crls)


@given(days=st.integers(-500, 1500), claimed=st.integers(-500, 1500))
def test_no_time_of_receipt_outside_the_term_is_good(days: int, claimed: int) -> None:
    at = SIGNED + days * DAY
    message = signed(at=SIGNED + claimed * DAY)
    told = judge(message, LISTS, received_at=at, now=at)
    inside = anna().certificate.not_before <= at <= anna().certificate.not_after
    if not inside:
        assert told.code in {"not_yet_valid", "expired_unproved", "expired_at_signing", "signed_in_future"}
    assert not (told.good and claimed > days)


def test_a_timestamp_is_not_looked_at_where_nobody_who_makes_them_is_believed() -> None:
    message = cades.with_timestamp(signed(), signed())
    assert judge(message, LISTS).good
    policy = Policy((root().certificate,), (root().certificate,))
    told = judge(message, LISTS, policy=policy)
    assert (told.code, told.why) == ("timestamp_wrong", "format")


def test_a_person_need_not_be_one_where_the_policy_says_so() -> None:
    office = ca().holder(anna().key, Issued({chains.NameOID.COMMON_NAME: "Больница № 4"}))
    assert judge(signed(office), LISTS).code == "snils_missing"
    assert judge(signed(office), LISTS, policy=Policy((root().certificate,), person=False)).good


def test_of_two_certificates_with_one_name_the_one_that_signed_is_found() -> None:
    serial = anna().certificate.parsed.serial_number
    namesake = ca().issue(chains.key_of("ec", "boris"), Issued(ANNA, serial=serial))
    for given_ in ([namesake.der, ca().der], [ca().der, namesake.der]):
        told = judge(signed(chain=given_), LISTS)
        assert told.good
        assert told.signer == anna().certificate


# ── a certificate alone ──


def alone(certificate: Certificate, evidence: Evidence, **said: object) -> Validation:
    told = {"at": SIGNED, "now": NOW, "policy": Policy((root().certificate,)), **said}
    return check_certificate(certificate, evidence=evidence.with_(Evidence((ca().der,))), **told)  # type: ignore[arg-type]


def test_a_certificate_alone() -> None:
    gone = ca().crl((anna().certificate, SIGNED - DAY, "superseded"))
    held = ca().crl((anna().certificate, SIGNED - DAY, "certificateHold"))
    weak = ca().issue(chains.key_of("rsa1024", "anna"), Issued(ANNA))
    assert alone(anna().certificate, LISTS).good
    assert alone(anna().certificate, Evidence()).code == "revocation_unknown"
    assert alone(anna().certificate, Evidence(crls=(root().crl(), gone))).code == "revoked_before"
    assert alone(anna().certificate, Evidence(crls=(root().crl(), held))).code == "suspended"
    assert alone(anna().certificate, LISTS, at=EXPIRES + DAY, now=EXPIRES + DAY).code == "expired_at_signing"
    assert alone(anna().certificate, LISTS).claimed_at is None
    assert alone(weak, LISTS).code == "algorithm_unknown"
    assert alone(root().certificate, LISTS).code == "wrong_purpose"


# ── with the authorities of the sandbox ──


@cache
def sandbox(kind: str) -> tuple[Issuer, Issuer]:
    made = [gost.new_key() if kind == "gost" else keys.new(kind, rsa_bits=2048) for _ in range(2)]  # type: ignore[arg-type]
    founded = SIGNED - 30 * DAY
    top = Issuer.found(signing_key(made[0]), office_name("Учебный головной УЦ", "Допуск"), founded)
    pointers = Pointers("http://registers/pki/root.cer", "http://registers/pki/root.crl")
    name = office_name("Учебный УЦ", "Допуск")
    return top, top.subordinate(signing_key(made[1]), name, founded, pointers)


@pytest.mark.parametrize("kind", ["rsa", "ec", "gost"])
def test_what_the_sandbox_issues_lists_and_answers_is_believed(
    kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "gost":
        request.getfixturevalue("gost_engine")
    top, issuing = sandbox(kind)
    key = chains.key_of(kind, "anna")
    pointers = Pointers("http://registers/ca.cer", "http://registers/ca.crl", "http://registers/ocsp/ca")
    subject = Subject("Орлова", "Анна", "Сергеевна", "11223344595")
    person = certificates.read(issuing.person(chains.spki(key), subject, SIGNED - DAY, pointers))
    message = cades.create(TEXT, person.der, cades.signer(key), chain=[issuing.certificate], at=SIGNED)
    policy = Policy((certificates.read(top.certificate),), policies=frozenset({"1.2.643.100.113.1"}))
    serial = person.parsed.serial_number
    roots_list = top.revocation_list([], NOW)
    responder_key = signing_key(chains.key_of(kind, "responder"))
    named = issuing.responder(responder_key.spki, office_name("Ответчик", "Допуск"), SIGNED - DAY)
    responder = Responder(issuing, responder_key, named)

    def told(evidence: Evidence) -> Validation:
        return judge(message, evidence, policy=policy)

    ((_, question),) = told(Evidence(crls=(roots_list,))).wanted.ocsp
    gone = Revoked(serial, SIGNED - DAY, "superseded")
    held = replace(gone, reason="certificateHold")
    for line, code in ((None, "good"), (gone, "revoked_before"), (held, "suspended")):
        answer = responder.answer(question, lambda _, line=line: {serial: line}, NOW)  # type: ignore[misc]
        assert told(Evidence(crls=(roots_list,), ocsp=(answer,))).code == code
        listed = issuing.revocation_list([line] if line else [], NOW)
        assert told(Evidence(crls=(roots_list, listed))).code == code
    nobody = responder.answer(question, lambda _: {}, NOW)
    assert told(Evidence(crls=(roots_list,), ocsp=(nobody,))).why == "unknown"


def test_a_term_has_its_first_and_its_last_second() -> None:
    second = timedelta(seconds=1)
    for said, code in (
        ({"before": SIGNED}, "good"),
        ({"before": SIGNED + second}, "not_yet_valid"),
        ({"after": SIGNED}, "good"),
        ({"after": SIGNED - second}, "expired_at_signing"),
    ):
        edge = ca().issue(anna().key, replace(Issued(ANNA), **said))  # type: ignore[arg-type]
        lists = Evidence(crls=(root().crl(at=SIGNED), ca().crl(at=SIGNED)))
        assert alone(edge, lists).code == code


def test_what_is_revoked_at_the_very_second_is_revoked() -> None:
    second = timedelta(seconds=1)
    for since, code in ((SIGNED, "revoked_before"), (SIGNED + second, "good")):
        gone = ca().crl((anna().certificate, since, "superseded"))
        assert judge(signed(), Evidence(crls=(root().crl(), gone))).code == code


def test_a_claimed_time_may_be_five_minutes_ahead() -> None:
    for minutes, code in ((5, "good"), (6, "signed_in_future")):
        assert judge(signed(at=SIGNED + timedelta(minutes=minutes)), LISTS).code == code


def test_an_authority_that_was_revoked_since_vouched_rightly_unless_its_key_was_stolen() -> None:
    for since, reason, code in (
        (SIGNED + DAY, "superseded", "good"),
        (SIGNED + DAY, "keyCompromise", "chain_wrong"),
        (SIGNED, "superseded", "chain_wrong"),
    ):
        at = SIGNED + 2 * DAY
        gone = root().crl((ca().certificate, since, reason), at=at)
        assert judge(signed(), Evidence(crls=(gone, ca().crl(at=at))), now=at).code == code


@pytest.mark.parametrize("feature", [6, 256, 2**64])
def test_an_extension_the_library_stumbles_over_is_told_and_nothing_is_raised(feature: int) -> None:
    """A TLS feature that is none; anybody may bring such a certificate."""
    broken = chains.raw_extension("1.3.6.1.5.5.7.1.24", der.sequence(der.integer(feature)))
    strange = ca().holder(chains.key_of("ec", "anna"), Issued(ANNA, further=(broken,)))
    told = judge(signed(strange), LISTS)
    assert (told.code, told.why) == ("chain_wrong", "unreadable")
    assert told.owner is not None
    assert told.owner.snils
