"""Whatever comes instead of a CMS, or becomes of one on its way, is no CMS and breaks nothing."""

import dataclasses

from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.trust import certificates, cms
from dopusk.trust.tests import kept_gost, signers
from dopusk.trust.tests.kept_gost import FORMS, octets
from dopusk.trust.tests.signers import CONTENT

KEPT = kept_gost.read()["cms"]
RSA, EC = signers.rsa_signer(), signers.ec_signer()


def signed(signer: signers.Signer, *, attached: bool, attributes: bool) -> bytes:
    return cms.sign(signer.key, signer.certificate.der, CONTENT, attached=attached, attributes=attributes)


@given(st.binary(max_size=300))
def test_no_bytes_are_good_or_break_anything(message: bytes) -> None:
    assert cms.verify(message, CONTENT, [RSA.certificate]).code in {"not_cms", "no_signer", "several_signers"}


GOST = certificates.read(octets(KEPT["256"]["certificate"]))
WHOLE = [
    *(
        (signed(signer, attached=at, attributes=attr), signer.certificate)
        for signer in (RSA, EC)
        for at, attr in FORMS
    ),
    *((octets(KEPT["256"][kept_gost.form(attached=at, attributes=attr)]), GOST) for at, attr in FORMS),
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[bytes, bytes, certificates.Certificate]:
    """A good message and what became of it: octets changed, put in, left out, swapped or cut off."""
    whole, certificate = draw(st.sampled_from(WHOLE))
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
    return whole, bytes(changed), certificate


@settings(max_examples=400)
@given(mutated())
def test_a_mutated_message_is_never_good_unless_it_says_the_same(case) -> None:
    whole, changed, certificate = case
    content = kept_gost.SIGNED if certificate == GOST else CONTENT
    verdict = cms.verify(changed, content, [certificate])
    if verdict.good:
        # certificates that come along are outside the signature: only the signer's own must be the one known
        assert verdict.found is not None
        plain = cms.verify(whole, content, [certificate]).found
        assert dataclasses.replace(verdict.found, embedded=(certificate,)) == plain
