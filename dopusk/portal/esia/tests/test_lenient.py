"""The known deviations of real clients (reference §10), line by line: what is for lenient systems alone."""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from dopusk.portal.esia.client_secret.judge import judge
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.tests.signed_requests import (
    CODE,
    NOW,
    OTHER,
    OWN,
    REFRESH,
    V1,
    V2,
    VALUES,
    Case,
    gost_signer,
    signer,
    stamp,
    url64,
)

ENGINE = pytest.mark.usefixtures("gost_engine")

strict = pytest.param(False, id="strict")
lenient = pytest.param(True, id="lenient")
both = pytest.mark.parametrize("mode", [strict, lenient])


def case(endpoint, mode, by=OWN):
    return Case(endpoint, by, lenient=mode)


def judged(mode, made, secret=None, **sent):
    """(accepted, what was forgiven, the ESIA code)."""
    verdict = replace(made, lenient=mode).judged(secret, **sent)
    return verdict.ok, verdict.report["forgiven"], verdict.fault.esia_code if verdict.fault else ""


@both
@pytest.mark.parametrize("endpoint", ["v1/ac", "v1/te"])
@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize("attributes", [True, False])
def test_quirk_1_every_form_of_pkcs7_at_v1(mode, endpoint, attached, attributes):
    made = case(endpoint, mode)
    secret = OWN.pkcs7(made.string, attached=attached, attributes=attributes)
    assert judged(mode, made, secret) == (True, [], "")


@ENGINE
@both
@pytest.mark.parametrize("attached", [True, False])
@pytest.mark.parametrize("attributes", [True, False])
def test_quirk_1_every_form_of_gost_pkcs7_at_v1(mode, attached, attributes):
    by = gost_signer()
    made = case("v1/ac", mode, by)
    assert judged(mode, made, by.pkcs7(made.string, attached=attached, attributes=attributes))[0]


@both
@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_quirk_2_padding_whole_half_or_none(mode, padding):
    made = case("v2/ac", mode)
    assert judged(mode, made, url64(made.signature()) + padding) == (True, [], "")


def test_quirk_3_standard_base64_is_for_lenient_systems():
    made = case("v2/ac", mode=False)
    secret = base64.b64encode(made.signature()).decode()
    assert set(secret) & set("+/")  # of 342 characters some always are
    assert judged(False, made, secret) == (False, [], "007053")
    assert judged(True, made, secret) == (True, ["secret_base64"], "")


@both
def test_quirk_9_an_empty_scope_org(mode):
    for endpoint in ("v2/ac", "v3/te"):
        made = case(endpoint, mode).of(scope_org="", **CODE)
        assert judged(mode, made) == (True, [], "")


@both
@pytest.mark.parametrize("turned", [str.upper, str.lower])
def test_quirk_10_either_case_of_the_hash(mode, turned):
    made = case("v2/ac", mode)
    assert judged(mode, made, client_certificate_hash=turned(OWN.right)) == (True, [], "")


@ENGINE
@pytest.mark.parametrize("by", [pytest.param(lambda: OWN, id="RSA"), pytest.param(gost_signer, id="GOST")])
def test_quirk_10_the_other_algorithm_of_the_hash_is_for_lenient_systems(by):
    made = case("v2/ac", mode=False, by=by())
    other = "sha256" if by().right == by().hashes["streebog256"] else "streebog256"
    sent = by().hashes[other]
    assert judged(False, made, client_certificate_hash=sent) == (False, [], "007053")
    assert judged(True, made, client_certificate_hash=sent) == (True, ["hash_other_algorithm"], "")


@both
@pytest.mark.parametrize("name", ["sha1", "pem_sha256", "pem_streebog256"])
def test_quirk_10_a_hash_of_pem_or_sha1_is_for_nobody(mode, name):
    made = case("v2/ac", mode)
    assert judged(mode, made, client_certificate_hash=OWN.hashes[name]) == (False, [], "007053")


@pytest.mark.parametrize(
    ("secret", "forgiven"),
    [
        (lambda made: OWN.pkcs7(made.joined(*V1)), ["string_v1", "cms_on_v2"]),
        (lambda made: OWN.bare(made.joined(*V1)), ["string_v1"]),
        (lambda made: OWN.pkcs7(made.string), ["cms_on_v2"]),
    ],
    ids=["PKCS#7 of the string of v1", "bare of the string of v1", "PKCS#7 of the string of v2"],
)
@pytest.mark.parametrize("endpoint", ["v2/ac", "v3/te"])
def test_quirk_11_what_belongs_to_v1_at_v2_is_for_lenient_systems_and_is_named(endpoint, secret, forgiven):
    made = case(endpoint, mode=False).of(**CODE)
    assert judged(False, made, secret(made)) == (False, [], "007053")
    assert judged(True, made, secret(made)) == (True, forgiven, "")


@both
def test_quirk_11_never_the_other_way_round(mode):
    made = case("v1/ac", mode)
    assert not judged(mode, made, OWN.bare(made.string))[0]
    assert not judged(mode, made, OWN.pkcs7(made.joined(*V2)))[0]


def test_quirk_13_an_address_encoded_twice_at_te_is_for_lenient_systems():
    made = case("v3/te", mode=False).of(**CODE)
    sent = quote(VALUES["redirect_uri"], safe="")
    assert judged(False, made, made.signature(), redirect_uri=sent) == (False, [], "007011")
    assert judged(True, made, made.signature(), redirect_uri=sent) == (True, ["redirect_encoded_twice"], "")


@ENGINE
@pytest.mark.parametrize("by", [pytest.param(lambda: OWN, id="RSA"), pytest.param(gost_signer, id="GOST")])
def test_quirk_14_the_other_byte_order_is_for_lenient_systems(by):
    made = case("v2/ac", mode=False, by=by())
    assert judged(False, made, made.signature()[::-1]) == (False, [], "007053")
    assert judged(True, made, made.signature()[::-1]) == (True, ["bytes_reversed"], "")


def test_quirk_16_a_lost_plus_is_for_lenient_systems():
    made = case("v1/ac", mode=False)
    sent = VALUES["timestamp"].replace("+", " ")
    assert judged(False, made, made.signature(), timestamp=sent) == (False, [], "007014")
    assert judged(True, made, made.signature(), timestamp=sent) == (True, ["timestamp_plus"], "")


def test_quirk_16_hour_24_is_midnight_for_lenient_systems_and_stays_in_the_string():
    night = datetime(2026, 11, 22, 0, 15, 20, tzinfo=UTC)
    by = signer("Ночная", begins=-3650, ends=3650)
    made = replace(case("v1/ac", mode=False, by=by).of(timestamp="2026.11.22 24:15:11 +0000"), now=night)
    assert judged(False, made) == (False, [], "007014")
    verdict = replace(made, lenient=True).judged()
    assert (verdict.ok, verdict.report["forgiven"]) == (True, ["timestamp_hour_24"])
    assert verdict.report["clock"]["difference_seconds"] == 9
    assert "24:15:11" in verdict.report["string"]


@both
def test_quirk_17_both_ways_of_refreshing(mode):
    made = case("v3/te", mode).of(**REFRESH)
    way_a = made.signature(made.joined(*V2))
    verdict = replace(made, lenient=mode).judged(way_a)
    assert (verdict.ok, verdict.report["string_name"]) == (True, "v3_refresh_a")
    way_b = made.signature(made.joined("client_id", "scope", "timestamp", "state", "refresh_token"))
    verdict = made.judged(way_b, client_certificate_hash="absent", redirect_uri="absent")
    assert (verdict.ok, verdict.report["string_name"]) == (True, "v3_refresh_b")
    assert verdict.certificate_sha256 == OWN.hashes["sha256"]


@both
def test_quirk_17_the_second_way_tries_every_certificate_in_force(mode):
    old, new = signer("Прежняя", ends=-1), signer("Новая")
    made = replace(
        case("v3/te", mode, new).of(**REFRESH),
        known=(old.registered(), OWN.registered(disabled=True), new.registered()),
    )
    way_b = made.signature(made.joined("client_id", "scope", "timestamp", "state", "refresh_token"))
    verdict = made.judged(way_b, client_certificate_hash="absent", redirect_uri="absent")
    assert verdict.certificate_sha256 == new.hashes["sha256"]
    by_old = replace(made, by=old)
    way_b = by_old.signature(by_old.joined("client_id", "scope", "timestamp", "state", "refresh_token"))
    assert not by_old.judged(way_b, client_certificate_hash="absent", redirect_uri="absent").ok


def test_consent_refresh_signs_a_string_without_scope_org_and_code():
    made = Case("v3/te", OWN).of(grant_type="client_credentials", scope="prm_chg?oid=1000300603")
    text = made.joined("client_id", "scope", "timestamp", "state", "redirect_uri")
    verdict = made.judged(made.signature(text))
    assert (verdict.ok, verdict.report["string_name"]) == (True, "v3_credentials")
    assert "1000300603" not in repr(verdict.report)


@both
@pytest.mark.parametrize("endpoint", ["v1/ac", "v1/te", "v2/ac", "v3/te"])
@pytest.mark.parametrize(
    ("secret", "esia"),
    [("clientSecret", "007053"), ("absent", "007014"), ("", "007014"), ("A" * 342, "007053")],
)
def test_a_wrong_or_missing_signature_is_for_nobody(mode, endpoint, secret, esia):
    """`clientSecret` is what passport-esia sends at te."""
    made = case(endpoint, mode).of(**CODE)
    assert judged(mode, made, secret)[::2] == (False, esia)


@both
def test_a_certificate_of_another_system_is_for_nobody(mode):
    other = signer("Чужая система")
    assert judged(mode, case("v1/ac", mode), other.pkcs7(case("v1/ac", mode).string))[2] == "007002"
    made = replace(case("v2/ac", mode, other), known=(OWN.registered(),))
    assert judged(mode, made)[2] == "007053"


@both
def test_tolerance_is_what_the_system_view_says(mode):
    values = {**VALUES, "timestamp": stamp(-1000)}
    made = Case("v1/ac", OWN).of(timestamp=values["timestamp"])
    signed = Signed("v1/ac", "", {**values, "client_secret": url64(made.signature())})
    system = SystemView("DOPUSK", lenient=mode, certificates=(OWN.registered(),), tolerance_seconds=1000)
    assert judge(signed, system, now=NOW).ok
    assert not judge(signed, system, now=NOW + timedelta(seconds=1)).ok


def test_quirk_11_the_hash_that_comes_with_pkcs7_is_of_its_signer():
    made = replace(case("v2/ac", mode=True), known=(OWN.registered(), OTHER.registered()))
    secret = OWN.pkcs7(made.string)
    assert judged(True, made, secret) == (True, ["cms_on_v2"], "")
    assert judged(True, made, secret, client_certificate_hash=OTHER.right)[::2] == (False, "007053")


@both
@pytest.mark.parametrize("around", [" {}", "{} ", "{}\n"])
def test_nothing_stands_around_a_hash(mode, around):
    made = case("v2/ac", mode)
    assert judged(mode, made, client_certificate_hash=around.format(OWN.right))[::2] == (False, "007053")


@both
def test_digits_of_another_script_are_none(mode):
    arabic = VALUES["timestamp"].translate({0x30 + digit: 0x660 + digit for digit in range(10)})
    assert judged(mode, case("v1/ac", mode).of(timestamp=arabic))[::2] == (False, "007014")
