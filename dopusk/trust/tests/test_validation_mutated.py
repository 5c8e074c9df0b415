"""Whatever becomes of a signature, or of the evidence, on the way: nothing is raised, and nothing bad becomes good.

What no signature covers may change and the verdict stay good: version numbers, the list of digests, certificates
beside the signer's (each must still lead to a root), revocation lists carried along, unsigned attributes other than
the timestamp, NULL for absent parameters. What was signed, by whom, and when stays what it was.
"""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.trust import cades, certificates, der, signed_data
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, SIGNED, Holder, Issued, Office
from dopusk.trust.validation import CODES, Evidence, Policy, Validation, check_certificate, validate

TEXT = "Заявление Орловой Анны Сергеевны\r\n".encode()
NOW = SIGNED + timedelta(hours=2)
LATER = SIGNED + timedelta(hours=1)


@cache
def offices(kind: str) -> tuple[Office, Office, Holder]:
    root = chains.root(kind, f"root-{kind}")
    ca = root.office(kind, f"ca-{kind}")
    return root, ca, ca.holder(chains.key_of(kind, "anna"), Issued(ANNA))


@cache
def good(kind: str, *, attached: bool) -> bytes:
    _, ca, anna = offices(kind)
    sign = cades.signer(anna.key)
    return cades.create(TEXT, anna.der, sign, chain=[ca.der], at=SIGNED, attached=attached)


@cache
def evidence(kind: str, *, revoked: bool = False) -> Evidence:
    """A list and an answer; both say the same."""
    root, ca, anna = offices(kind)
    since = SIGNED - timedelta(days=1)
    gone = [(anna.certificate, since, "superseded")] if revoked else []
    status = "revoked" if revoked else "good"
    answer = ca.ocsp(anna.certificate, status, revoked_at=since, by=ca.responder(kind))
    return Evidence(crls=(root.crl(at=LATER), ca.crl(*gone, at=LATER)), ocsp=(answer,))


def judge(kind: str, message: bytes, given_evidence: Evidence) -> Validation:
    policy = Policy((offices(kind)[0].certificate,))
    return validate(message, TEXT, received_at=SIGNED, now=NOW, evidence=given_evidence, policy=policy)


@st.composite
def mutated(draw: st.DrawFn, whole: bytes) -> bytes:
    """Octets changed, put in, left out, swapped or cut off."""
    changed = bytearray(whole)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(changed) - 1))
        match draw(st.sampled_from(["change", "flip", "insert", "leave out", "swap", "cut", "append"])):
            case "change":
                changed[place] = draw(st.integers(0, 255))
            case "flip":
                changed[place] ^= 1 << draw(st.integers(0, 7))
            case "insert":
                changed[place:place] = draw(st.binary(min_size=1, max_size=4))
            case "leave out":
                del changed[max(place, 1) : place + draw(st.integers(1, 4))]
            case "swap":
                other = draw(st.integers(0, len(changed) - 1))
                changed[place], changed[other] = changed[other], changed[place]
            case "cut":
                del changed[max(place, 1) :]
            case _:
                changed += draw(st.binary(min_size=1, max_size=4))
    return bytes(changed)


def said(message: bytes) -> tuple[object, ...]:
    """What the signature covers, and itself."""
    read = signed_data.read(der.parse(message))
    assert read.attributes is not None
    return read.attributes.signed, read.value, read.digest.dotted, read.signature.dotted, read.content


@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_they_are_good_before_anything_becomes_of_them(kind: str) -> None:
    for attached in (False, True):
        assert judge(kind, good(kind, attached=attached), evidence(kind)).good
    assert judge(kind, good(kind, attached=False), evidence(kind, revoked=True)).code == "revoked_before"


@settings(max_examples=300)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_a_mutated_signature_is_never_good_unless_it_says_the_same(kind: str, data: st.DataObject) -> None:
    whole = good(kind, attached=data.draw(st.booleans()))
    message = data.draw(mutated(whole))
    verdict = judge(kind, message, evidence(kind))
    assert verdict.code in CODES
    if verdict.good:
        before = judge(kind, whole, evidence(kind))
        assert said(message) == said(whole)
        assert (verdict.signer, verdict.chain) == (before.signer, before.chain)
        assert (verdict.at, verdict.claimed_at) == (before.at, before.claimed_at)


def test_a_mutated_gost_signature_is_never_good_unless_it_says_the_same(gost_engine: None) -> None:
    whole = good("gost", attached=False)
    assert judge("gost", whole, evidence("gost")).good

    @settings(max_examples=60)
    @given(message=mutated(whole))
    def every(message: bytes) -> None:
        verdict = judge("gost", message, evidence("gost"))
        assert verdict.code in CODES
        assert not verdict.good or said(message) == said(whole)

    every()


@settings(max_examples=200)
@given(data=st.data())
@pytest.mark.parametrize("kind", ["rsa", "ec"])
def test_mutated_evidence_never_makes_a_revoked_one_good(kind: str, data: st.DataObject) -> None:
    whole = evidence(kind, revoked=True)
    root, *others = whole.crls
    spoiled = replace(
        whole,
        certificates=(data.draw(mutated(offices(kind)[1].der)),),
        crls=(root, *(data.draw(mutated(one)) for one in others)),
        ocsp=tuple(data.draw(mutated(one)) for one in whole.ocsp),
    )
    verdict = judge(kind, good(kind, attached=False), spoiled)
    assert verdict.code in {"revoked_before", "revocation_unknown"}


@given(crls=st.binary(max_size=80), ocsp=st.binary(max_size=80), certificate=st.binary(max_size=80))
def test_rubbish_for_evidence_is_no_evidence(crls: bytes, ocsp: bytes, certificate: bytes) -> None:
    whole = evidence("ec")
    rubbish = Evidence((certificate,), (crls,), (ocsp,))
    assert judge("ec", good("ec", attached=False), rubbish).code == "revocation_unknown"
    assert judge("ec", good("ec", attached=False), rubbish.with_(whole)).good


@given(message=st.binary(max_size=300))
def test_no_bytes_are_good(message: bytes) -> None:
    assert judge("ec", message, evidence("ec")).code == "not_signature"


@settings(max_examples=200)
@given(data=st.data())
def test_a_mutated_certificate_is_never_good(data: st.DataObject) -> None:
    root, ca, anna = offices("rsa")
    try:
        certificate = certificates.read(data.draw(mutated(anna.der)))
    except certificates.NotACertificate:
        return
    told = check_certificate(
        certificate,
        at=SIGNED,
        now=NOW,
        evidence=evidence("rsa").with_(Evidence((ca.der,))),
        policy=Policy((root.certificate,)),
    )
    assert told.code in CODES
    assert not told.good or certificate == anna.certificate
