"""A chain is believed when every link of it may be; however odd the certificates are that somebody sends along."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from dopusk.trust import certificates, der, extensions, paths
from dopusk.trust.certificates import Certificate
from dopusk.trust.evidence import SIGNING_PURPOSES
from dopusk.trust.paths import Path
from dopusk.trust.tests import chains
from dopusk.trust.tests.chains import ANNA, FOUNDED, SIGNED, Issued, Office, key_of, raw_extension

ROOT = chains.root("ec", "root")
CA = ROOT.office("ec", "ca")
DAY = timedelta(days=1)


@cache
def anna(issuer: Office = CA) -> Certificate:
    return issuer.issue(key_of("ec", "anna"), Issued(ANNA))


def find(certificate: Certificate, *given: Certificate, roots: tuple[Certificate, ...] = ()) -> Path:
    return paths.find(certificate, given, roots or (ROOT.certificate,), at=SIGNED, purposes=SIGNING_PURPOSES)


def told(path: Path) -> tuple[str, str]:
    return path.code, path.why


def test_the_chain_goes_from_the_signer_to_the_root() -> None:
    path = find(anna(), CA.certificate)
    assert told(path) == ("", "")
    assert path.chain == (anna(), CA.certificate, ROOT.certificate)


def test_what_comes_along_and_does_not_belong_to_it_does_no_harm() -> None:
    strangers = [chains.root("ec", f"stranger {number}").certificate for number in range(5)]
    assert find(anna(), *strangers, anna(), CA.certificate, ROOT.certificate).code == ""


def test_an_accredited_authority_need_not_have_signed_itself() -> None:
    path = find(anna(), roots=(CA.certificate,))
    assert (path.code, path.chain) == ("", (anna(), CA.certificate))


def test_the_address_of_a_missing_issuer_is_told() -> None:
    path = find(anna())
    assert told(path) == ("chain_incomplete", "")
    assert path.missing == ("http://pki.example/ca.cer",)


ODD: dict[str, tuple[dict[str, object], tuple[str, str]]] = {
    "no basic constraints": ({"ca": None}, ("chain_wrong", "ca")),
    "constraints that say no": ({"ca": False}, ("chain_wrong", "ca")),
    "no key usage": ({"usage": None}, ("chain_wrong", "key_usage")),
    "lists only": ({"usage": ("crl_sign",)}, ("chain_wrong", "key_usage")),
    "for web servers only": ({"purposes": ("1.3.6.1.5.5.7.3.1",)}, ("chain_wrong", "purpose")),
    "for any purpose": ({"purposes": ("2.5.29.37.0",)}, ("", "")),
    "not yet good": ({"before": SIGNED + DAY}, ("chain_wrong", "expired")),
    "over": ({"after": SIGNED - DAY}, ("chain_wrong", "expired")),
    "a name constraint, though nobody must heed it": (
        {"further": (chains.extension(x509.NameConstraints([x509.DNSName("example")], None)),)},
        ("chain_wrong", "critical"),
    ),
    "a policy constraint": (
        {"further": (raw_extension("2.5.29.36", der.sequence(b"\x80\x01\x00"), critical=True),)},
        ("chain_wrong", "critical"),
    ),
    "something nobody must heed": ({"further": (raw_extension("1.2.3", b"\x05\x00"),)}, ("", "")),
    "an extension twice": (
        {"further": (raw_extension("1.2.3", b"\x05\x00"), raw_extension("1.2.3", b"\x05\x00"))},
        ("chain_wrong", "unreadable"),
    ),
    "a broken extension": (
        {"further": (raw_extension("2.5.29.32", b"\x30\x01"),), "policies": ()},
        ("chain_wrong", "unreadable"),
    ),
    "signed with SHA-1": ({"digest": "sha1"}, ("algorithm_unknown", "chain")),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_authority(what: str) -> None:
    said, expected = ODD[what]
    odd = ROOT.office("ec", "odd", **said)
    assert told(find(anna(odd), odd.certificate)) == expected


def test_a_short_key_of_an_authority_is_none() -> None:
    weak = ROOT.office("rsa1024", "weak")
    assert told(find(anna(weak), weak.certificate))[0] == "algorithm_unknown"


def test_an_authority_that_issued_itself_a_new_key_is_not_counted_in_the_length() -> None:
    first = ROOT.office("ec", "issuing", path_length=0)
    key = key_of("ec", "issuing, new key")
    renewed = Office(key, first.issue(key, chains.authority_of("issuing", path_length=0)), "issuing")
    assert told(find(anna(renewed), renewed.certificate, first.certificate)) == ("", "")
    below = renewed.office("ec", "below")
    path = find(anna(below), below.certificate, renewed.certificate, first.certificate)
    assert told(path) == ("chain_wrong", "path_length")


def test_of_two_certificates_of_one_authority_the_good_one_is_taken() -> None:
    old = ROOT.issue(CA.key, chains.authority_of("ca", after=SIGNED - DAY))
    for given in ((old, CA.certificate), (CA.certificate, old)):
        path = find(anna(), *given)
        assert (path.code, path.chain[1]) == ("", CA.certificate)


def test_authorities_that_vouch_for_each_other_lead_nowhere() -> None:
    other = chains.root("ec", "other")
    mine = other.issue(CA.key, chains.authority_of("ca"))
    theirs = CA.issue(other.key, chains.authority_of("other"))
    assert find(anna(), mine, theirs).code == "chain_incomplete"


def test_a_crowd_of_namesakes_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(paths, "issued", lambda *pair: asked.append(pair) or "signature_wrong")
    crowd = [ROOT.issue(CA.key, chains.authority_of("ca")) for _ in range(200)]
    assert find(anna(), *crowd).code == "chain_wrong"
    assert len(asked) < 60


def test_a_chain_without_end_is_cut() -> None:
    office, given = ROOT, []
    for number in range(12):
        office = office.office("ec", f"ca {number}")
        given.append(office.certificate)
    assert told(find(anna(office), *given)) == ("chain_wrong", "length")


def test_the_key_that_is_named_must_be_the_issuer_s() -> None:
    namesake = chains.Office(
        key_of("ec", "namesake"), ROOT.issue(key_of("ec", "namesake"), chains.authority_of("ca"))
    )
    assert find(anna(), namesake.certificate).code == "chain_incomplete"


def changed(certificate: Certificate, change: Callable[[list[bytes]], None], *path: int) -> Certificate:
    def walk(element: der.Element, left: tuple[int, ...]) -> bytes:
        parts = [part.raw for part in element.parts]
        if left:
            parts[left[0]] = walk(element.parts[left[0]], left[1:])
        else:
            change(parts)
        return der.element(element.tag, *parts)

    return certificates.read(walk(der.parse(certificate.der), path))


def test_the_algorithm_inside_and_outside_is_one() -> None:
    def outside(parts: list[bytes]) -> None:
        parts[1] = der.sequence(der.oid("1.2.840.10045.4.3.3"))

    assert told(find(changed(anna(), outside), CA.certificate)) == ("algorithm_unknown", "chain")


def test_the_signature_of_a_certificate_is_whole_octets() -> None:
    """Or a certificate blocked by its bytes would come back in others, with the signature of its issuer unhurt."""
    named = Issued(ANNA)
    issued = (CA.issue(key_of("ec", "anna"), named) for _ in range(64))
    even = next(one for one in issued if not one.der[-1] & 1)

    def fewer_bits(parts: list[bytes]) -> None:
        parts[2] = der.element(0x03, b"\1", der.parse(even.der).parts[2].body[1:])

    other = changed(even, fewer_bits)
    assert other != even
    assert find(even, CA.certificate).code == ""
    assert told(find(other, CA.certificate)) == ("chain_wrong", "signature")


def test_what_is_said_of_addresses_is_kept_to_http() -> None:
    points = [
        x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
        for address in (
            *("ldap://x/ca", "file:///etc/passwd", "http://", "http://x/\nERROR all is lost"),
            *("http://x/\x1b[2J", "http://pki.example/ca.crl"),
        )
    ]
    further = (chains.extension(x509.CRLDistributionPoints(points)),)
    what = Issued({NameOID.COMMON_NAME: "x"}, pointers=False, further=further, before=FOUNDED)
    certificate = CA.issue(key_of("ec", "anna"), what)
    assert extensions.of(certificate).crls == ("http://pki.example/ca.crl",)


def test_who_bears_his_own_name_but_another_s_signature_is_no_root() -> None:
    key = key_of("ec", "self-styled")
    styled = chains.written(key, chains.authority_of("styled", pointers=False), CA.key, None)
    assert told(find(certificates.read(styled))) == ("chain_incomplete", "")
    own = chains.root("ec", "own")
    assert told(find(own.certificate)) == ("root_unknown", "")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"before": SIGNED}, ("", "")),
        ({"before": SIGNED + timedelta(seconds=1)}, ("chain_wrong", "expired")),
        ({"after": SIGNED}, ("", "")),
        ({"after": SIGNED - timedelta(seconds=1)}, ("chain_wrong", "expired")),
    ],
)
def test_a_term_has_its_first_and_its_last_second(said: dict[str, object], expected: tuple[str, str]) -> None:
    edge = ROOT.office("ec", "edge", **said)
    assert told(find(anna(edge), edge.certificate)) == expected
