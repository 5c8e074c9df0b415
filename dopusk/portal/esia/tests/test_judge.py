"""Whatever comes, the judge answers, and accepts nothing but what the system signed."""

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dopusk.portal.esia.client_secret import hashes, stamps
from dopusk.portal.esia.client_secret.mistakes import MISTAKES
from dopusk.portal.esia.client_secret.strings import ORDERS
from dopusk.portal.esia.tests.signed_requests import NOW, OWN, VALUES, Case, url64, v1_ac, v1_te, v2_ac, v3_te

MADE = {"v1/ac": v1_ac, "v1/te": v1_te, "v2/ac": v2_ac, "v3/te": v3_te}
RIGHT = {
    (name, form): made().by.pkcs7(
        made().string, attached=form == "attached", attributes=form != "bare attributes"
    )
    for name, made in MADE.items()
    for form in ("attached", "detached", "bare attributes")
    if name.startswith("v1")
} | {(name, "bare"): made().signature() for name, made in MADE.items() if not name.startswith("v1")}
many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("made", MADE.values(), ids=MADE)
@many
@given(
    secret=st.one_of(st.text(), st.binary().map(lambda data: base64.b64encode(data).decode())),
    stamp=st.one_of(st.just(VALUES["timestamp"]), st.text()),
    given_hash=st.one_of(st.just(OWN.right), st.text()),
    state=st.text(),
)
def test_rubbish_is_refused_by_a_known_code_and_can_be_kept(made, lenient, secret, stamp, given_hash, state):
    case = made().of(timestamp=stamp, state=state)
    case = Case(case.endpoint, case.by, lenient=lenient, values=case.values)
    verdict = case.judged(secret, client_certificate_hash=given_hash)
    assert not verdict.ok
    assert verdict.fault.code in MISTAKES
    assert verdict.certificate_sha256 == ""
    json.dumps(verdict.report)


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(("name", "form"), RIGHT)
@many
@given(data=st.data())
def test_one_octet_changed_anywhere_in_the_signature_is_never_accepted_for_another_string(
    name, form, lenient, data
):
    """An octet of the certificate or of an unsigned part may change without harm; the string may not."""
    right = RIGHT[name, form]
    place = data.draw(st.integers(0, len(right) - 1))
    changed = bytes([*right[:place], right[place] ^ data.draw(st.integers(1, 255)), *right[place + 1 :]])
    made = MADE[name]().of(state="0d2f6a0e-6c0e-4c53-9a59-2f3f3f6a8f11")
    case = Case(made.endpoint, made.by, lenient=lenient, values=made.values)
    assert not case.judged(changed).ok
    if form == "bare":
        assert not MADE[name]().judged(changed).ok


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    ("name", "form", "part"),
    [(name, form, part) for name, form in RIGHT for part in ORDERS[MADE[name]().names]],
)
def test_a_signature_holds_for_its_own_parts_alone(name, form, part, lenient):
    """Replay with one parameter changed: refused whatever the parameter, in both modes."""
    made = MADE[name]()
    other = {
        "timestamp": VALUES["timestamp"].replace("+0300", "+0301"),
        "redirect_uri": "http://127.0.0.1:9/other",
    }
    case = Case(made.endpoint, made.by, lenient=lenient, values=made.values)
    assert case.judged(RIGHT[name, form]).ok
    assert not case.judged(RIGHT[name, form], **{part: other.get(part, made.values[part] + "x")}).ok


@pytest.mark.parametrize(("name", "form"), RIGHT)
def test_a_request_is_good_for_five_minutes(name, form):
    made = MADE[name]()
    late = Case(made.endpoint, made.by, values=made.values, now=NOW + timedelta(seconds=292))
    assert late.code(RIGHT[name, form]) == ("clock_behind", "007015")


@many
@given(
    seconds=st.integers(946_684_800, 4_000_000_000),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_a_timestamp_that_was_written_is_read_as_the_same_moment(seconds, minutes):
    zone = timezone(timedelta(minutes=minutes))
    aware = datetime.fromtimestamp(seconds, UTC)
    text = stamps.write(aware, zone)
    assert stamps.read(text, lenient=False) == stamps.Stamp(aware, text)


@many
@given(text=st.text(), lenient=st.booleans())
def test_any_text_is_a_timestamp_or_a_named_mistake(text, lenient):
    found = stamps.read(text, lenient=lenient)
    assert isinstance(found, stamps.Stamp) or found in MISTAKES


@many
@given(text=st.text(), lenient=st.booleans())
def test_any_text_in_place_of_a_hash_is_a_named_mistake(text, lenient):
    named = hashes.look(text, (OWN.registered(),), lenient=lenient)
    assert named.fault in MISTAKES


def test_a_signature_is_for_one_endpoint_where_the_strings_differ():
    """A signature of ac does not serve at te of v3, whose string has the code."""
    at_ac = url64(v2_ac().signature())
    assert not v3_te().judged(at_ac).ok
