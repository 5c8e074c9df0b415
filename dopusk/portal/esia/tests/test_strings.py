"""A right signature over another string, or of another time: which mistake it was, and the ESIA code of it."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from urllib.parse import quote, quote_plus

import pytest

from dopusk.portal.esia.tests.signed_requests import (
    OWN,
    REFRESH,
    V1,
    V2,
    VALUES,
    Case,
    gost_v1,
    gost_v2,
    stamp,
    v1_ac,
    v1_te,
    v2_ac,
    v3_te,
)

ENGINE = pytest.mark.usefixtures("gost_engine")
WRONG, STRANGER, MISSING, TIME = "007053", "007002", "007014", "007015"
FOREIGN, FORBIDDEN = "007011", "007005"
ALL = {"v1/ac": v1_ac, "v1/te": v1_te, "v2/ac": v2_ac, "v3/te": v3_te}
GOST = {"GOST v1/ac": gost_v1, "GOST v2/ac": gost_v2}


@pytest.mark.parametrize("made", ALL.values(), ids=ALL)
def test_a_right_request_is_accepted(made):
    verdict = made().judged()
    assert (verdict.ok, verdict.fault, verdict.report["forgiven"]) == (True, None, [])
    assert verdict.certificate_sha256 == OWN.hashes["sha256"]


@ENGINE
@pytest.mark.parametrize("made", GOST.values(), ids=GOST)
def test_a_right_request_with_a_gost_key_is_accepted(made):
    assert made().code() == ("", "")


# ── the string is another one: what was signed, at which endpoint, by which generation ──

STRINGS = {
    "the string of v2 at v1": (v1_ac, lambda case: case.joined(*V2), "string_v2"),
    "the string of v3 with a code at v1": (v1_te, lambda case: case.joined(*V2, "code"), "string_v2"),
    "the string of v1 at v2": (v2_ac, lambda case: case.joined(*V1), "string_v1"),
    "the string of v1 at v3": (v3_te, lambda case: case.joined(*V1), "string_v1"),
    "parts in another order, v1": (v1_ac, lambda case: case.joined(*sorted(V1)), "string_order"),
    "parts in another order, v2": (v2_ac, lambda case: case.joined(*sorted(V2)), "string_order"),
    "two parts swapped, v3": (
        v3_te,
        lambda case: case.joined(
            "client_id", "scope", "scope_org", "state", "timestamp", "redirect_uri", "code"
        ),
        "string_order",
    ),
    "parts joined by a line end": (
        v1_ac,
        lambda case: "\n".join(case.values[name] for name in V1),
        "string_joined",
    ),
    "parts joined as in an address": (
        v2_ac,
        lambda case: "&".join(f"{name}={case.values[name]}" for name in V2),
        "string_joined",
    ),
    "a line end after it": (v1_ac, lambda case: case.string + "\n", "string_newline"),
    "the headers of openssl -text": (
        v1_ac,
        lambda case: "Content-Type: text/plain\r\n\r\n" + case.string,
        "string_text_headers",
    ),
    "in UTF-16": (v2_ac, lambda case: case.string.encode("utf-16-le"), "string_utf16"),
    "with a byte order mark": (v2_ac, lambda case: b"\xef\xbb\xbf" + case.string.encode(), "string_bom"),
    "encoded for an address": (v2_ac, lambda case: quote_plus(case.string), "string_encoded"),
    "hashed before signing": (
        v2_ac,
        lambda case: hashlib.sha256(case.string.encode()).digest(),
        "string_hashed",
    ),
    "the hash of it in hex": (
        v1_ac,
        lambda case: hashlib.sha256(case.string.encode()).hexdigest(),
        "string_hashed",
    ),
    "in base64": (v2_ac, lambda case: base64.b64encode(case.string.encode()), "string_base64"),
    "scopes by commas": (
        v1_ac,
        lambda case: case.joined(*V1, scope="openid,fullname,snils"),
        "scope_separator",
    ),
    "scopes by pluses": (
        v2_ac,
        lambda case: case.joined(*V2, scope="openid+fullname+snils"),
        "scope_separator",
    ),
    "scopes in another order": (
        v2_ac,
        lambda case: case.joined(*V2, scope="snils openid fullname"),
        "scope_order",
    ),
    "no scope": (v1_ac, lambda case: case.joined(*V1, scope=""), "string_scope_missing"),
    "no scope_org": (v2_ac, lambda case: case.joined(*V2, scope_org=""), "scope_org_missing"),
    "a scope_org where it does not belong": (
        v1_ac,
        lambda case: case.joined("scope", "scope_org", "timestamp", "client_id", "state"),
        "scope_org_extra",
    ),
    "the time in another zone": (
        v1_ac,
        lambda case: case.joined(*V1, timestamp=stamp(zone=UTC)),
        "string_zone",
    ),
    "the same clock with another zone": (
        v2_ac,
        lambda case: case.joined(*V2, timestamp=case.values["timestamp"].replace("+0300", "+0000")),
        "string_zone",
    ),
    "the time of a moment later": (
        v2_ac,
        lambda case: case.joined(*V2, timestamp=stamp(-8)),
        "string_moment",
    ),
    "the time half a minute before": (
        v1_ac,
        lambda case: case.joined(*V1, timestamp=stamp(-39)),
        "string_moment",
    ),
    "the time encoded": (
        v1_ac,
        lambda case: case.joined(*V1, timestamp=quote_plus(case.values["timestamp"])),
        "string_timestamp_encoded",
    ),
    "the time without its plus": (
        v1_ac,
        lambda case: case.joined(*V1, timestamp=case.values["timestamp"].replace("+", " ")),
        "string_timestamp_plus",
    ),
    "no time": (v1_ac, lambda case: case.joined(*V1, timestamp=""), "string_timestamp_missing"),
    "the mnemonic in small letters": (
        v1_ac,
        lambda case: case.joined(*V1, client_id="dopusk"),
        "client_id_case",
    ),
    "no mnemonic": (v2_ac, lambda case: case.joined(*V2, client_id=""), "client_id_missing"),
    "no state": (v1_ac, lambda case: case.joined(*V1, state=""), "state_missing"),
    "the address encoded": (
        v2_ac,
        lambda case: case.joined(*V2, redirect_uri=quote(VALUES["redirect_uri"], safe="")),
        "redirect_encoded",
    ),
    "no address": (v2_ac, lambda case: case.joined(*V2, redirect_uri=""), "redirect_missing"),
    "the address with a slash": (
        v3_te,
        lambda case: case.joined(*V2, "code", redirect_uri=VALUES["redirect_uri"] + "/"),
        "redirect_slash",
    ),
    "another registered address": (
        v2_ac,
        lambda case: case.joined(*V2, redirect_uri="http://127.0.0.1:9/other"),
        "redirect_other",
    ),
    "an address where it does not belong": (
        v1_ac,
        lambda case: case.joined(*V1, "redirect_uri"),
        "redirect_extra",
    ),
    "no code": (v3_te, lambda case: case.joined(*V2), "code_missing"),
    "a code where it does not belong": (v1_te, lambda case: case.joined(*V1, "code"), "code_extra"),
    "permissions where they do not belong": (
        lambda: v2_ac().of(permissions="bnVsbA"),
        lambda case: case.joined(*V2, "permissions"),
        "permissions_extra",
    ),
    "nothing we know": (v2_ac, lambda _: "пароль", "string_unknown"),
    "nothing we know, in PKCS#7": (v1_ac, lambda _: "пароль", "string_unknown"),
}


@pytest.mark.parametrize(("made", "signed", "code"), STRINGS.values(), ids=STRINGS)
def test_of_a_string_built_another_way_it_is_told_which(made, signed, code):
    case = made()
    assert case.code(case.signature(signed(case))) == (code, WRONG)


@pytest.mark.parametrize("attached", [False, True])
@pytest.mark.parametrize("attributes", [False, True])
def test_every_form_of_pkcs7_tells_which_string_was_signed(attached, attributes):
    case = v1_ac()
    secret = OWN.pkcs7(case.joined(*V2), attached=attached, attributes=attributes)
    assert case.code(secret) == ("string_v2", WRONG)


@ENGINE
@pytest.mark.parametrize(
    ("made", "names", "code"),
    [(gost_v1, V2, "string_v2"), (gost_v2, V1, "string_v1"), (gost_v2, V2[:-1], "redirect_missing")],
)
def test_a_gost_signature_over_another_string_is_recognised_too(made, names, code):
    case = made()
    assert case.code(case.signature(case.joined(*names))) == (code, WRONG)


@ENGINE
def test_of_a_gost_signature_over_nothing_we_know_nothing_more_is_said():
    assert gost_v2().code(gost_v2().signature("пароль")) == ("signature_wrong", WRONG)


def test_the_state_and_the_scope_of_ac_are_recognised_at_te():
    begun = replace(v3_te(), ac_state="0d2f6a0e-6c0e-4c53-9a59-2f3f3f6a8f11", ac_scope="openid")
    assert begun.code(begun.signature(begun.joined(*V2, "code", state=begun.ac_state))) == (
        "state_of_ac",
        WRONG,
    )
    assert begun.code(begun.signature(begun.joined(*V2, "code", scope="openid"))) == ("scope_of_ac", WRONG)


def test_an_address_encoded_twice_at_te_is_another_address():
    case = v3_te()
    sent = quote(VALUES["redirect_uri"], safe="")
    assert case.code(case.signature(), redirect_uri=sent) == ("redirect_encoded_twice", FOREIGN)


@pytest.mark.parametrize("extra", ["refresh_token_extra", "refresh_token_missing"])
def test_a_refresh_token_in_or_out_of_place_is_seen(extra):
    case = Case("v3/te", OWN).of(**REFRESH)
    names = ("client_id", "scope", "timestamp", "state")
    if extra == "refresh_token_extra":  # it has a place in variant B; in v1 it has none
        case = Case("v1/te", OWN).of(**REFRESH)
        text = case.joined(*V1, "refresh_token")
    else:
        text = case.joined(*names)
    assert case.code(case.signature(text)) == (extra, WRONG)


# ── timestamp ──

NIGHT = {"timestamp": f"{stamp()[:10]} 24:15:00 +0300"}
STAMPS = {
    "its plus lost": (stamp().replace("+", " "), "timestamp_plus", MISSING),
    "hour 24": (NIGHT["timestamp"], "timestamp_hour_24", MISSING),
    "ISO 8601": ("2026-11-22T14:36:11+03:00", "timestamp_iso", MISSING),
    "seconds of Unix": ("1795347371", "timestamp_unix", MISSING),
    "no zone": ("2026.11.22 14:36:11", "timestamp_no_zone", MISSING),
    "a zone with a colon": ("2026.11.22 14:36:11 +03:00", "timestamp_zone_form", MISSING),
    "a zone in letters": ("2026.11.22 14:36:11 MSK", "timestamp_zone_form", MISSING),
    "encoded twice": ("2026.11.22+14%3A36%3A11+%2B0300", "timestamp_encoded", MISSING),
    "no time at all": ("вчера", "timestamp_form", MISSING),
    "a day that is not": ("2026.02.30 14:36:11 +0300", "timestamp_form", MISSING),
    "none": ("absent", "timestamp_missing", MISSING),
    "an hour of zone off": (
        stamp(zone=timezone(timedelta(hours=3))).replace("+0300", "+0400"),
        "clock_zone",
        TIME,
    ),
    "a clock behind": (stamp(-400), "clock_behind", TIME),
    "a clock ahead": (stamp(400), "clock_ahead", TIME),
}


@pytest.mark.parametrize(("sent", "code", "esia"), STAMPS.values(), ids=STAMPS)
@pytest.mark.parametrize("made", [v1_ac, v2_ac])
def test_a_wrong_timestamp_is_called_by_its_name(made, sent, code, esia):
    case = made().of(timestamp=sent)
    assert case.code() == (code, esia)


@pytest.mark.parametrize(("seconds", "ok"), [(-300, True), (-301, False), (300, True), (301, False)])
def test_five_minutes_either_way_are_borne(seconds, ok):
    assert v1_ac().of(timestamp=stamp(seconds)).judged().ok is ok
