"""«Not revoked» is believed of whoever may say so, of the moment asked about, and of nothing ambiguous."""

from datetime import datetime, timedelta
from functools import cache

import pytest

from dopusk.trust import answers, der
from dopusk.trust.certificates import Certificate
from dopusk.trust.evidence import Evidence
from dopusk.trust.revocation import Question, Standing, standing
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import (
    ANNA,
    EXPIRES,
    SIGNED,
    Holder,
    Issued,
    generalized,
    key_of,
    raw_extension,
)

ROOT = chains.root("ec", "root")
CA = ROOT.office("ec", "ca")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = SIGNED + 2 * HOUR
HOLD = "certificateHold"


@cache
def anna() -> Certificate:
    return CA.issue(key_of("ec", "anna"), Issued(ANNA))


@cache
def boris() -> Certificate:
    return CA.issue(key_of("ec", "boris"), Issued(ANNA))


def ask(
    *crls: bytes,
    ocsp: tuple[bytes, ...] = (),
    at: datetime = SIGNED,
    now: datetime = NOW,
    of: Certificate | None = None,
    issuer: chains.Office = CA,
) -> Standing:
    evidence = Evidence(crls=crls, ocsp=ocsp)
    return standing(Question(of or anna(), issuer.certificate, at, now, evidence))


def told(found: Standing) -> str:
    """``good``, ``revoked``, ``suspended``, or why nothing is known."""
    if found.statement is None:
        return found.why
    if found.statement.suspended:
        return "suspended"
    return "revoked" if found.statement.revoked_at else "good"


def gone(reason: str = "superseded", since: datetime = SIGNED - DAY, **said: object) -> bytes:
    return CA.crl((anna(), since, reason), **said)  # type: ignore[arg-type]


def scope(*parts: bytes) -> bytes:
    return raw_extension("2.5.29.28", der.sequence(*parts), critical=True)


def point(address: str) -> bytes:
    """distributionPoint of an IssuingDistributionPoint: fullName with one URI."""
    return der.explicit(0, der.explicit(0, der.element(0x86, address.encode())))


UNKNOWN = raw_extension("1.2.3.4", b"\x05\x00", critical=True)
LISTS = {
    "a good one": ({}, "good"),
    "an empty scope": ({"further": [scope()]}, "untrusted"),
    "of people only": ({"further": [scope(b"\x81\x01\xff")]}, "good"),
    "of authorities only": ({"further": [scope(b"\x82\x01\xff")]}, "untrusted"),
    "of attributes only": ({"further": [scope(b"\x85\x01\xff")]}, "untrusted"),
    "of some reasons": ({"further": [scope(b"\x83\x02\x01\x7e")]}, "untrusted"),
    "of others' certificates": ({"further": [scope(b"\x84\x01\xff")]}, "untrusted"),
    "of its own address": ({"further": [scope(point("http://pki.example/ca.crl"))]}, "good"),
    "of another address": ({"further": [scope(point("http://pki.example/part.crl"))]}, "untrusted"),
    "of changes": ({"further": [raw_extension("2.5.29.27", der.integer(3), critical=True)]}, "untrusted"),
    "of changes, which nobody must heed": (
        {"further": [raw_extension("2.5.29.27", der.integer(3))]},
        "untrusted",
    ),
    "critical and unknown": ({"further": [UNKNOWN]}, "untrusted"),
    "unknown": ({"further": [raw_extension("1.2.3.4", b"\x05\x00")]}, "good"),
    "without end": ({"days": None}, "untrusted"),
    "of tomorrow": ({"at": NOW + DAY}, "untrusted"),
    "by SHA-1": ({"digest": "sha1"}, "untrusted"),
    "current, and of before the signature": ({"at": SIGNED - DAY}, "good"),
    "over, and of before the signature": ({"at": SIGNED - 30 * DAY}, "stale"),
    "over, but of after the signature": ({"at": SIGNED + HOUR, "days": 0}, "good"),
}


@pytest.mark.parametrize("what", LISTS)
def test_a_list(what: str) -> None:
    said, expected = LISTS[what]
    assert told(ask(CA.crl(**said))) == expected  # type: ignore[arg-type]


def test_revoked_is_believed_of_any_age_and_against_everybody() -> None:
    old = gone(at=SIGNED - 30 * DAY, since=SIGNED - 40 * DAY)
    answer = CA.ocsp(anna(), "good")
    assert told(ask(old)) == "revoked"
    assert told(ask(CA.crl(), old, ocsp=(answer,))) == "revoked"


def test_of_a_hold_the_newest_word_counts() -> None:
    early, late = SIGNED + timedelta(minutes=10), SIGNED + HOUR
    assert told(ask(gone(HOLD, at=early), CA.crl(at=late))) == "good"
    assert told(ask(CA.crl(at=early), gone(HOLD, at=late))) == "suspended"
    assert (
        told(ask(CA.crl(at=early), ocsp=(CA.ocsp(anna(), "revoked", at=late, reason=HOLD),))) == "suspended"
    )


def test_the_date_of_invalidity_counts_where_it_is_earlier() -> None:
    invalid = raw_extension("2.5.29.24", generalized(SIGNED - 9 * DAY))
    found = ask(gone(since=SIGNED - DAY, entry_extensions=invalid)).statement
    assert found is not None
    assert found.revoked_at == SIGNED - 9 * DAY


def test_one_entry_that_cannot_be_read_spoils_the_list_for_all() -> None:
    other = CA.crl((boris(), SIGNED - DAY, "superseded"), entry_extensions=UNKNOWN)
    assert told(ask(other)) == "untrusted"
    indirect = raw_extension("2.5.29.29", der.sequence(), critical=True)
    assert told(ask(gone(entry_extensions=indirect))) == "untrusted"


def test_an_authority_that_may_sign_no_lists() -> None:
    mute = ROOT.office("ec", "mute", usage=("key_cert_sign",))
    certificate = mute.issue(key_of("ec", "anna"), Issued(ANNA))
    assert told(ask(mute.crl(), of=certificate, issuer=mute)) == "untrusted"


def test_the_list_of_another_authority_says_nothing() -> None:
    assert told(ask(ROOT.crl())) == "none"


def test_an_expired_one_may_have_been_dropped_from_lists() -> None:
    later = EXPIRES + 2 * DAY
    keeps = raw_extension("2.5.29.60", generalized(EXPIRES - DAY))
    keeps_less = raw_extension("2.5.29.60", generalized(EXPIRES + DAY))
    for crl, expected in (
        (CA.crl(at=later), "stale"),
        (CA.crl(at=later, further=[keeps]), "good"),
        (CA.crl(at=later, further=[keeps_less]), "stale"),
        (CA.crl(at=EXPIRES - HOUR), "good"),
        (gone(at=later), "revoked"),
    ):
        assert told(ask(crl, now=later + HOUR)) == expected
    cutoff = raw_extension("1.3.6.1.5.5.7.48.1.6", generalized(EXPIRES - DAY))
    assert told(ask(ocsp=(CA.ocsp(anna(), at=later),), now=later + HOUR)) == "stale"
    assert told(ask(ocsp=(CA.ocsp(anna(), at=later, single=[cutoff]),), now=later + HOUR)) == "good"


# ── answers ──


def responder(**said: object) -> Holder:
    return CA.responder("ec", **said)


ANSWERS = {
    "a good one": ({}, "good"),
    "unknown": ({"status": "unknown"}, "unknown"),
    "revoked": ({"status": "revoked", "revoked_at": SIGNED - DAY}, "revoked"),
    "without end, and fresh": ({"lasts": None}, "good"),
    "without end, and old": ({"lasts": None, "at": SIGNED - DAY}, "stale"),
    "over, and old": ({"at": SIGNED - DAY}, "stale"),
    "of tomorrow": ({"at": NOW + DAY}, "untrusted"),
    "critical and unknown": ({"single": [UNKNOWN]}, "untrusted"),
    "unknown, but not critical": ({"single": [raw_extension("1.2.3.4", b"\x05\x00")]}, "good"),
    "an extension twice": ({"single": [raw_extension("1.2.3.4", b"\x05\x00")] * 2}, "none"),
    "removed from the list": ({"status": "revoked", "reason": "removeFromCRL"}, "untrusted"),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer(what: str) -> None:
    said, expected = ANSWERS[what]
    assert told(ask(ocsp=(CA.ocsp(anna(), **said),))) == expected  # type: ignore[arg-type]


RESPONDERS: dict[str, tuple[dict[str, object], str]] = {
    "named for it": ({}, "good"),
    "not named for it": ({"purposes": None}, "untrusted"),
    "for everything else": ({"purposes": ("2.5.29.37.0",)}, "untrusted"),
    "whose key may not sign": ({"usage": ("key_encipherment",)}, "untrusted"),
    "without key usage": ({"usage": None}, "good"),
    "expired": ({"after": SIGNED - DAY}, "untrusted"),
    "critical and unknown": ({"further": (UNKNOWN,)}, "untrusted"),
    "nobody knows whether it was revoked": ({"nocheck": False}, "untrusted"),
}


@pytest.mark.parametrize("what", RESPONDERS)
def test_a_responder(what: str) -> None:
    said, expected = RESPONDERS[what]
    assert told(ask(ocsp=(CA.ocsp(anna(), by=responder(**said)),))) == expected


def test_a_responder_without_nocheck_is_looked_up_in_the_list() -> None:
    checked = responder(nocheck=False)
    answer = CA.ocsp(anna(), by=checked)
    bare = CA.crl((checked.certificate, SIGNED - DAY, "superseded"), at=SIGNED - 30 * DAY)
    fresh = CA.crl(at=SIGNED + HOUR)
    found = ask(fresh, ocsp=(answer,))
    assert told(found) == "good"
    assert (
        told(ask(bare, ocsp=(answer,))) == "stale"
    )  # the list is of no use, and its revoked responder neither


def test_a_responder_of_another_authority_is_not_believed() -> None:
    other = ROOT.office("ec", "other")
    assert told(ask(ocsp=(CA.ocsp(anna(), by=other.responder("ec")),))) == "untrusted"


def test_an_answer_about_another_is_none() -> None:
    assert told(ask(ocsp=(CA.ocsp(boris()),))) == "none"
    key = key_of("ec", "namesake of the authority")
    namesake = chains.Office(key, ROOT.issue(key, chains.authority_of("ca")), "ca")
    assert told(ask(ocsp=(namesake.ocsp(anna()),))) == "none"


def test_an_answer_of_an_error_is_none() -> None:
    for status in (1, 2, 3, 6):
        assert told(ask(ocsp=(der.sequence(der.element(0x0A, bytes([status]))),))) == "none"


def test_an_answer_says_the_same_under_a_changed_signature_only() -> None:
    answer = bytearray(CA.ocsp(anna()))
    answer[-1] ^= 1
    assert told(ask(ocsp=(bytes(answer),))) in {"untrusted", "none"}


def test_what_is_wanted_names_both_ways_and_the_question_is_read_by_others() -> None:
    from cryptography.x509 import ocsp

    wanted = ask().wanted
    assert wanted.crls == ("http://pki.example/ca.crl",)
    ((address, question),) = wanted.ocsp
    assert address == "http://pki.example/ocsp/ca"
    asked = ocsp.load_der_ocsp_request(question)
    assert asked.serial_number == anna().parsed.serial_number
    assert answers.request(anna(), CA.certificate) == question


def test_used_is_what_it_rests_on() -> None:
    idle, chosen = CA.crl(at=SIGNED + timedelta(minutes=1)), CA.crl(at=SIGNED + HOUR)
    assert ask(idle, ROOT.crl(), chosen).used == Evidence(crls=(chosen,))


def test_no_word_from_before_a_hold_lifts_it() -> None:
    """An answer without nextUpdate is soon too old for «not revoked», but not for what it says of a hold."""
    minute = timedelta(minutes=1)
    held = CA.ocsp(anna(), "revoked", at=SIGNED - 8 * minute, lasts=None, reason=HOLD)
    before, after = CA.crl(at=SIGNED - DAY), CA.crl(at=SIGNED - minute)
    found = ask(before, ocsp=(held,), now=SIGNED + minute).statement
    assert found is not None
    assert found.suspended
    lifted = ask(before, after, ocsp=(held,), now=SIGNED + minute).statement
    assert lifted is not None
    assert lifted.revoked_at is None


def test_an_answer_is_not_current_after_its_responder_s_term() -> None:
    """Whoever finds an old responder's key could promise that an answer of its time is current for ever."""
    over = CA.responder("ec", before=SIGNED - 400 * DAY, after=SIGNED - 30 * DAY)
    answer = CA.ocsp(anna(), at=SIGNED - 31 * DAY, lasts=3650 * DAY, by=over)
    assert ask(ocsp=(answer,)).why == "stale"
    then = SIGNED - 32 * DAY  # of a moment before it was made it says what it said
    assert ask(ocsp=(answer,), at=then).statement is not None


def test_clocks_may_differ_by_five_minutes_and_no_more() -> None:
    five, second = timedelta(minutes=5), timedelta(seconds=1)
    for at, expected in ((SIGNED - five, "good"), (SIGNED - five - second, "stale")):
        assert told(ask(ocsp=(CA.ocsp(anna(), at=at, lasts=None),))) == expected
    lasts = timedelta(days=1)
    for now, expected in ((SIGNED + five, "good"), (SIGNED + five + second, "stale")):
        before = SIGNED - lasts  # it is over at the moment of signing
        assert told(ask(ocsp=(CA.ocsp(anna(), at=before, lasts=lasts),), now=now)) == expected
    for at, expected in ((NOW + five, "good"), (NOW + five + second, "untrusted")):
        assert told(ask(CA.crl(at=at))) == expected
        assert told(ask(ocsp=(CA.ocsp(anna(), at=at),))) == expected
