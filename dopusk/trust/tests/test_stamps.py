"""A timestamp is believed of an accredited authority, of nothing but timestamps, and about this very signature."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.trust import cades, der, stamps
from dopusk.trust.certificates import Certificate
from dopusk.trust.evidence import Evidence
from dopusk.trust.stamps import Stamp
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import FOUNDED, SIGNED, Holder, Issued, Office, generalized, key_of

VALUE = b"the signature value"
DAY = timedelta(days=1)
NOW = SIGNED + timedelta(hours=2)
ALONE = ("1.3.6.1.5.5.7.3.8",)
STAMPING: dict[str, object] = {
    "subject": {NameOID.COMMON_NAME: "Метки времени"},
    "before": FOUNDED,
    "after": FOUNDED + 3000 * DAY,
    "usage": ("digital_signature",),
    "purposes": ALONE,
    "purposes_critical": True,
}
ROOT = chains.root("ec", "root of time")


def stamper(office: Office = ROOT, kind: str = "ec", **said: object) -> Holder:
    return office.holder(key_of(kind, "stamper"), Issued(**{**STAMPING, **said}))  # type: ignore[arg-type]


@cache
def usual() -> Holder:
    return stamper()


def information(
    imprint: bytes = hashlib.sha256(VALUE).digest(),
    *,
    digest: bytes = der.SHA256,
    at: datetime = SIGNED,
    moment: bytes = b"",
    further: bytes = b"",
    version: int = 1,
) -> bytes:
    return der.sequence(
        der.integer(version),
        der.oid("1.2.3"),
        der.sequence(digest, der.octets(imprint)),
        der.integer(77),
        moment or generalized(at),
        further,
    )


def token(content: bytes, by: Holder | None = None, *, embedded: bool = True) -> bytes:
    """Made as a CAdES over data and then told to be over a TSTInfo: types are put in place, then signed anew."""
    who = by or usual()
    plain = der.parse(cades.create(content, who.der, lambda _: b"", at=None, attached=True))
    data = plain.parts[1].parts[0]
    signer = data.parts[4].parts[0]
    attributes = [one.raw.replace(der.DATA, der.TST_INFO) for one in signer.parts[3].parts]
    signed = der.set_of(*(longer(one) for one in attributes))
    value = cades.signer(who.key)(signed)
    made = [part.raw for part in signer.parts]
    made[3], made[5] = b"\xa0" + signed[1:], der.octets(value)
    parts = [part.raw for part in data.parts]
    parts[0] = der.integer(3)
    parts[2] = der.sequence(der.TST_INFO, der.explicit(0, der.octets(content)))
    parts[4] = der.element(0x31, der.sequence(*made))
    if not embedded:
        del parts[3]
    return der.sequence(der.SIGNED_DATA, der.explicit(0, der.sequence(*parts)))


def longer(attribute: bytes) -> bytes:
    """The attribute of the content's type with its lengths right again; others as they are."""
    if der.TST_INFO not in attribute:
        return attribute
    return der.attribute(der.CONTENT_TYPE, der.TST_INFO)


def judge(
    one: bytes,
    *given_: Certificate,
    now: datetime = NOW,
    root: Office = ROOT,
    evidence: Evidence | None = None,
) -> Stamp:
    lists = evidence or Evidence(crls=(root.crl(),))
    return stamps.judge(one, VALUE, given_, (root.certificate,), evidence=lists, now=now)


def told(stamp: Stamp) -> tuple[str, str]:
    return stamp.code, stamp.why


def test_a_good_one_tells_its_time_and_what_it_rests_on() -> None:
    crl = ROOT.crl()
    stamp = judge(token(information()), evidence=Evidence(crls=(crl,)))
    assert told(stamp) == ("", "")
    assert stamp.at == SIGNED
    assert stamp.chain == (usual().certificate, ROOT.certificate)
    assert stamp.used == Evidence(crls=(crl,))


@pytest.mark.parametrize("kind", ["rsa", "gost", "gost512"])
def test_of_other_keys_too(kind: str, request: pytest.FixtureRequest) -> None:
    if kind.startswith("gost"):
        request.getfixturevalue("gost_engine")
    root = chains.root(kind, f"root of time {kind}")
    assert told(judge(token(information(), stamper(root, kind)), root=root)) == ("", "")


def test_by_other_digests_too() -> None:
    sha512 = der.sequence(der.oid("2.16.840.1.101.3.4.2.3"))
    content = information(hashlib.sha512(VALUE).digest(), digest=sha512)
    assert told(judge(token(content))) == ("", "")


def test_its_certificate_may_come_from_elsewhere() -> None:
    bare = token(information(), embedded=False)
    assert told(judge(bare)) == ("timestamp_wrong", "signer")
    assert told(judge(bare, usual().certificate)) == ("", "")


SHA1 = der.sequence(der.oid("1.3.14.3.2.26"))
CRITICAL = der.explicit(1, chains.raw_extension("1.2.3", b"\x05\x00", critical=True))
HARMLESS = der.explicit(1, chains.raw_extension("1.2.3", b"\x05\x00"))
TOLD: dict[str, tuple[dict[str, object], tuple[str, str]]] = {
    "of other bytes": ({"imprint": bytes(32)}, ("timestamp_wrong", "imprint")),
    "by SHA-1": ({"imprint": bytes(20), "digest": SHA1}, ("timestamp_wrong", "algorithm")),
    "of tomorrow": ({"at": NOW + DAY}, ("timestamp_wrong", "future")),
    "of another version": ({"version": 2}, ("timestamp_wrong", "format")),
    "with fractions of a second": ({"moment": der.element(0x18, b"20260601090000.25Z")}, ("", "")),
    "with a fraction that says nothing": (
        {"moment": der.element(0x18, b"20260601090000.50Z")},
        ("timestamp_wrong", "format"),
    ),
    "without seconds": ({"moment": der.element(0x18, b"202606010900Z")}, ("timestamp_wrong", "format")),
    "of a day that never was": (
        {"moment": der.element(0x18, b"20260231090000Z")},
        ("timestamp_wrong", "format"),
    ),
    "with all that may be there": (
        {"further": der.sequence(der.integer(1)) + b"\x01\x01\xff" + der.integer(5) + HARMLESS},
        ("", ""),
    ),
    "with something critical": ({"further": CRITICAL}, ("timestamp_wrong", "format")),
    "with something behind it": ({"further": der.octets(b"1")}, ("timestamp_wrong", "format")),
}


@pytest.mark.parametrize("what", TOLD)
def test_what_it_tells(what: str) -> None:
    said, expected = TOLD[what]
    assert told(judge(token(information(**said)))) == expected  # type: ignore[arg-type]


STAMPERS: dict[str, tuple[dict[str, object], str]] = {
    "for nothing else": ({}, ""),
    "not critically so": ({"purposes_critical": False}, "purpose"),
    "for mail, too": ({"purposes": (*ALONE, "1.3.6.1.5.5.7.3.4")}, "purpose"),
    "for anything": ({"purposes": None}, "purpose"),
    "whose key may not sign": ({"usage": ("key_encipherment",)}, "purpose"),
    "expired": ({"after": SIGNED - DAY}, "expired"),
    "not yet good": ({"before": SIGNED + DAY}, "expired"),
    "by SHA-1": ({"digest": "sha1"}, "algorithm"),
}


@pytest.mark.parametrize("what", STAMPERS)
def test_who_tells_it(what: str) -> None:
    said, why = STAMPERS[what]
    assert told(judge(token(information(), stamper(**said)))) == ("timestamp_wrong" if why else "", why)


def test_a_stranger_is_not_believed_and_an_unknown_one_is_looked_for() -> None:
    strange = chains.root("ec", "strange root of time")
    stamp = token(information(), stamper(strange))
    assert told(judge(stamp, strange.certificate)) == ("timestamp_wrong", "untrusted")
    looked_for = judge(stamp)
    assert told(looked_for) == ("chain_incomplete", "timestamp")
    assert looked_for.wanted.certificates
    nowhere = token(information(), stamper(strange, pointers=False))
    assert told(judge(nowhere)) == ("timestamp_wrong", "untrusted")


def test_revocation_is_asked_for_and_a_stolen_key_proves_no_time_at_all() -> None:
    one = token(information())
    unknown = judge(one, evidence=Evidence((ROOT.der,)))
    assert told(unknown) == ("revocation_unknown", "timestamp")
    assert unknown.wanted.crls
    for since, reason, expected in (
        (SIGNED - DAY, "superseded", ("timestamp_wrong", "revoked")),
        (SIGNED + DAY, "superseded", ("", "")),
        (SIGNED + DAY, "keyCompromise", ("timestamp_wrong", "revoked")),
    ):
        gone = ROOT.crl((usual().certificate, since, reason), at=SIGNED + 2 * DAY)
        assert told(judge(one, evidence=Evidence(crls=(gone,)), now=SIGNED + 3 * DAY)) == expected


def without_attributes(whole: bytes) -> bytes:
    return rebuilt(whole, lambda parts: parts.pop(3))


def rebuilt(whole: bytes, change: Callable[[list[bytes]], object]) -> bytes:
    """With the signer's parts changed."""
    data = der.parse(whole).parts[1].parts[0]
    signer = [part.raw for part in data.parts[4].parts[0].parts]
    change(signer)
    parts = [*(part.raw for part in data.parts[:4]), der.element(0x31, der.sequence(*signer))]
    return der.sequence(der.SIGNED_DATA, der.explicit(0, der.sequence(*parts)))


def test_a_token_must_say_whose_it_is() -> None:
    assert told(judge(without_attributes(token(information())))) == ("timestamp_wrong", "format")


def test_a_token_by_another_key_is_wrong() -> None:
    boris = replace(usual(), key=key_of("ec", "boris"))
    assert told(judge(token(information(), boris))) == ("timestamp_wrong", "signature")


def test_a_signature_is_no_token() -> None:
    signature = cades.create(VALUE, usual().der, cades.signer(usual().key), at=SIGNED, attached=True)
    assert told(judge(signature)) == ("timestamp_wrong", "format")


@settings(max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), octet=st.integers(1, 255))
def test_a_changed_token_is_wrong_or_says_the_same(place: float, octet: int) -> None:
    whole = bytearray(token(information()))
    whole[int(place * len(whole))] ^= octet
    stamp = judge(bytes(whole))
    assert stamp.code in {"timestamp_wrong", "chain_incomplete", "revocation_unknown"} or stamp.at == SIGNED


@given(st.binary(max_size=100))
def test_rubbish_is_wrong(one: bytes) -> None:
    assert told(judge(one)) == ("timestamp_wrong", "format")
