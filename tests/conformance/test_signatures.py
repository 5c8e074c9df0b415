"""Each signature of the table gets its verdict from us and, where it can judge, the same from openssl."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.trust.validation import CODES
from dopusk.web.signing.words import SENTENCES, say
from tests.conformance import openssl
from tests.conformance.signature_rows import DOCUMENT, ROWS, Row, document
from tests.conformance.signatures import STAMPED, stamped, world

NAMES = [f"{one.what}-{one.kind}" for one in ROWS]


@pytest.fixture(params=ROWS, ids=NAMES)
def row(request: pytest.FixtureRequest) -> Row:
    if request.param.kind.startswith("gost"):
        request.getfixturevalue("gost_engine")
    return request.param


def test_the_verdict(row: Row) -> None:
    told = row.case.judge()
    assert (told.code, told.why) == (row.code, row.why)


def test_openssl_agrees(row: Row, tmp_path) -> None:
    if row.silent:  # said in the table, too
        assert not row.bad
        return
    good, told = openssl.verdict(row.case, tmp_path, gost_keys=row.kind.startswith("gost"))
    assert good == (row.code == "good"), told
    assert row.bad in told


def test_a_good_one_is_good_by_nothing_but_what_the_verdict_rests_on(row: Row) -> None:
    """``used`` is what is kept: it must be enough, and nothing in it is idle."""
    case = row.case
    told = case.judge()
    if not told.good:
        assert row.code != "good"
        return
    again = type(case)(**{**vars(case), "evidence": told.used}).judge()
    assert again.good
    assert again.used == told.used


def test_every_code_has_a_row_and_a_sentence() -> None:
    assert {one.code for one in ROWS} == set(CODES)
    for code in CODES:
        assert code in SENTENCES
        assert all(map(str, say(code)))


def test_there_are_enough_of_them() -> None:
    assert len(ROWS) >= 45
    assert {one.kind for one in ROWS} == {"rsa", "ec", "gost", "gost512"}


def test_the_document_says_what_the_tests_do() -> None:
    """Write it anew by `python -m tests.conformance.signature_rows > docs/signatures.md`."""
    assert DOCUMENT.read_text() == document()


@settings(max_examples=150, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_one_bit_of_a_timestamp_never_changes_the_time_that_is_believed(place: float, bit: int) -> None:
    """What names the attribute is not signed: the timestamp may be lost, but never tell another time."""
    anna = world("ec")
    whole = with_timestamp()
    message = bytearray(whole)
    message[len(whole) - 1 - int(place * 1400)] ^= 1 << bit  # the token stands at the end
    told = replace(anna.case(), uploaded=bytes(message)).judge()
    assert told.code in CODES
    assert not told.good or told.at == STAMPED or (told.time_from, told.level) == ("receipt", "cades-bes")


@cache
def with_timestamp() -> bytes:
    return stamped(world("ec").signed())
