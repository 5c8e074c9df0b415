"""Chains and lists drawn at random, judged by us and by openssl: nothing openssl refuses is good to us.

The other way round we refuse more, and say why; whatever openssl accepts and we do not must be one of those reasons.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, EXPIRES, FOUNDED, SIGNED, Issued, raw_extension
from dopusk.trust.validation import Evidence, Policy, Validation
from tests.conformance import openssl
from tests.conformance.signatures import DAY, HOUR, World, world

FAR = FOUNDED + timedelta(days=3650)
# what we refuse and openssl does not: codes with their reasons
STRICTER = {
    ("chain_wrong", "key_usage"),  # of authorities without any key usage
    ("chain_wrong", "critical"),  # limits of names and policies that openssl works out
    ("wrong_purpose", "key_usage"),  # a signer without any key usage
    ("wrong_purpose", "ca"),  # an authority that signs papers
    ("revocation_unknown", "untrusted"),  # lists signed with SHA-1, whatever the security level
}


@dataclass(frozen=True)
class Drawn:
    """What is said of the authorities from the top down, of Анна, and of the lists of the last of them."""

    authorities: tuple[dict[str, object], ...]
    anna: dict[str, object]
    lists: dict[str, object]
    gone: tuple[str, timedelta] | None


def mostly(usual: object, *odd: object) -> st.SearchStrategy[object]:
    """The usual, and now and then something odd."""
    return st.integers(0, 24).flatmap(lambda one: st.sampled_from(odd) if one == 0 else st.just(usual))


# «any purpose» is left out below: openssl takes it for none of ours, RFC 5280 §4.2.1.12 for all
UNKNOWN = raw_extension("1.2.643.9.9.9", b"\x05\x00", critical=True)
AUTHORITY = st.fixed_dictionaries(
    {
        "ca": mostly(True, False, None),
        "path_length": st.sampled_from([None, None, 0, 1, 2]),
        "usage": mostly(("key_cert_sign", "crl_sign"), ("crl_sign",), ("key_cert_sign",), None),
        "purposes": mostly(None, ("1.3.6.1.5.5.7.3.1",), ("1.3.6.1.5.5.7.3.4",)),
        "before": mostly(FOUNDED, SIGNED + DAY),
        "after": mostly(FAR, SIGNED - DAY),
        "digest": mostly("sha256", "sha1"),
        "further": mostly((), (UNKNOWN,), (raw_extension("1.2.643.9.9.9", b"\x05\x00"),)),
    }
)
PERSON = st.fixed_dictionaries(
    {
        "ca": mostly(False, None, True),
        "usage": mostly(
            ("digital_signature", "content_commitment"), ("digital_signature",), ("key_encipherment",), None
        ),
        "purposes": mostly(("1.3.6.1.5.5.7.3.4",), None, ("1.3.6.1.5.5.7.3.1",)),
        "before": mostly(chains.ISSUED, SIGNED + DAY),
        "after": mostly(EXPIRES, SIGNED - DAY),
        "digest": mostly("sha256", "sha1"),
        "further": mostly((), (UNKNOWN,)),
    }
)
LISTS = st.fixed_dictionaries(
    {
        "at": mostly(SIGNED + HOUR, SIGNED - 30 * DAY, SIGNED - DAY),
        "days": mostly(7, 1),
        "further": mostly((), (UNKNOWN,), (raw_extension("2.5.29.27", b"\x02\x01\x03", critical=True),)),
        "digest": mostly("sha256", "sha1"),
    }
)
GONE = st.none() | st.tuples(
    st.sampled_from(["superseded", "keyCompromise", "certificateHold"]), st.sampled_from([DAY, 40 * DAY])
)
DRAWN = st.builds(Drawn, st.lists(AUTHORITY, min_size=1, max_size=3).map(tuple), PERSON, LISTS, GONE)


def judged(w: World, drawn: Drawn, folder: Path) -> tuple[Validation, bool, str]:
    """By us and by openssl, two hours after the signature."""
    office, offices = w.root, []
    for number, said in enumerate(drawn.authorities):
        office = office.office("ec", f"drawn {number}", **said)
        offices.append(office)
    anna = office.holder(w.anna.key, replace(Issued(ANNA), **drawn.anna))
    gone = [(anna.certificate, SIGNED - drawn.gone[1], drawn.gone[0])] if drawn.gone else []
    lists = [w.root.crl(), *(one.crl() for one in offices[:-1]), office.crl(*gone, **drawn.lists)]
    case = w.case(
        w.signed(anna, chain=tuple(one.der for one in offices)),
        evidence=Evidence(crls=tuple(lists)),
        policy=Policy((w.root.certificate,)),
    )
    good, told = openssl.verdict(case, folder)
    return case.judge(), good, told


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=DRAWN)
def test_nothing_openssl_refuses_is_good_to_us(drawn: Drawn, tmp_path: Path) -> None:
    ours, good, told = judged(wide(), drawn, tmp_path)
    if ours.good:
        assert good, told
    elif good:
        assert (ours.code, ours.why) in STRICTER


def wide() -> World:
    """The usual people under the usual root."""
    return world("ec")


def test_the_usual_is_good_to_both(tmp_path: Path) -> None:
    for depth in (1, 2, 3):
        ours, good, told = judged(wide(), Drawn(({},) * depth, {}, {}, None), tmp_path)
        assert ours.good
        assert good, told


@pytest.mark.parametrize("reason", ["superseded", "certificateHold"])
def test_the_revoked_is_good_to_neither(reason: str, tmp_path: Path) -> None:
    ours, good, _ = judged(wide(), Drawn(({},), {}, {}, (reason, DAY)), tmp_path)
    assert not ours.good
    assert not good
