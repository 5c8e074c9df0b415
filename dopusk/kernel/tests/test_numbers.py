"""СНИЛС, ИНН, ОГРН: the domain reference's valid numbers, and what must be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import inn, ogrn, snils
from dopusk.kernel.invalid import Invalid

DIGITS = "0123456789"


def _refusal(parse, text):
    with pytest.raises(Invalid) as refused:
        parse(text)
    return refused.value.code


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("112-233-445 95", "11223344595"),
        ("134-940-005 39", "13494000539"),
        ("914-561-751 11", "91456175111"),
        (" 112 233 445 95 ", "11223344595"),
        ("112–233–445\u00a095", "11223344595"),
        ("000-000-600 03", "00000060003"),
        ("001-001-998 77", "00100199877"),
    ],
)
def test_snils_in_any_usual_spelling_is_read(text, number):
    assert snils.parse(text) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "snils_length"),
        ("112-233-445 9", "snils_length"),
        ("112-233-445 955", "snils_length"),
        ("112-233-445 96", "snils_checksum"),
        ("001-001-999 00", "snils_checksum"),
        ("000-000-000 00", "snils_number"),
        ("112-233-44O 95", "snils_characters"),
        ("+11223344595", "snils_characters"),
    ],
)
def test_a_wrong_snils_is_refused_with_its_reason(text, code):
    assert _refusal(snils.parse, text) == code


def test_a_refusal_tells_how_many_digits_there_were():
    with pytest.raises(Invalid) as refused:
        snils.parse("112-233-445 9")
    assert refused.value.detail == {"have": 10, "need": 11}


def test_snils_is_shown_grouped_and_masked():
    assert snils.show("11223344595") == "112-233-445 95"
    assert snils.mask("11223344595") == "***-***-445 95"


@given(st.integers(snils.LAST_UNCHECKED + 1, 999_999_999))
def test_snils_with_check_digits_is_read_back_and_any_other_pair_is_refused(body):
    number = snils.with_check(f"{body:09d}")
    assert snils.parse(snils.show(number)) == number
    other = f"{(int(number[9:]) + 1) % 100:02d}"
    assert _refusal(snils.parse, number[:9] + other) == "snils_checksum"


@pytest.mark.parametrize(
    ("nine", "pair"),
    [("112233445", "95"), ("999999999", "01"), ("100000000", "09"), ("087654303", "00")],
)
def test_check_digits_follow_the_published_rule(nine, pair):
    # As written: under 100 itself, 100 and 101 give 00, above that the remainder by 101, 100 again 00.
    total = sum(int(d) * (10 - i) for i, d in enumerate(nine, 1))
    left = total if total < 101 else total % 101
    assert f"{0 if left in {100, 101} else left:02d}" == snils.check_digits(nine)
    assert snils.check_digits(nine) == pair


@given(st.integers(0, 999_999_999))
def test_check_digits_follow_the_published_rule_for_every_number(body):
    nine = f"{body:09d}"
    total = sum(int(d) * (10 - i) for i, d in enumerate(nine, 1))
    left = total if total < 101 else total % 101
    assert snils.check_digits(nine) == f"{0 if left in {100, 101} else left:02d}"


@pytest.mark.parametrize(
    ("parse", "text", "number"),
    [
        (inn.parse, "5001 0073 2259", "500100732259"),
        (inn.parse_organisation, "7707083893", "7707083893"),
        (ogrn.parse, "1027700132195", "1027700132195"),
        (ogrn.parse_entrepreneur, "304500116000157", "304500116000157"),
    ],
)
def test_known_valid_numbers_are_read(parse, text, number):
    assert parse(text) == number


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (inn.parse, "500100732258", "inn_checksum"),
        (inn.parse, "500100732269", "inn_checksum"),
        (inn.parse, "7707083893", "inn_length"),
        (inn.parse, "000000000000", "inn_checksum"),
        (inn.parse, "50010073225a", "inn_characters"),
        (inn.parse_organisation, "7707083894", "inn_checksum"),
        (inn.parse_organisation, "500100732259", "inn_length"),
        (ogrn.parse, "1027700132196", "ogrn_checksum"),
        (ogrn.parse, "0000000000000", "ogrn_checksum"),
        (ogrn.parse_entrepreneur, "304500116000158", "ogrn_checksum"),
    ],
)
def test_wrong_numbers_are_refused_with_their_reason(parse, text, code):
    assert _refusal(parse, text) == code


@given(st.text(DIGITS, min_size=10, max_size=10).filter(lambda ten: int(ten) > 0))
def test_inn_with_check_digits_is_read_back(ten):
    assert inn.parse(inn.with_check(ten))[:10] == ten


@given(st.text(DIGITS, min_size=9, max_size=9).filter(lambda nine: int(nine) > 0))
def test_organisation_inn_with_check_digit_is_read_back(nine):
    assert inn.parse_organisation(inn.organisation_with_check(nine))[:9] == nine


@given(st.text(DIGITS, min_size=12, max_size=12).filter(lambda twelve: int(twelve) > 0))
def test_ogrn_with_check_digit_is_read_back(twelve):
    assert ogrn.parse(ogrn.with_check(twelve))[:12] == twelve


@given(st.text())
def test_no_text_breaks_a_parser(text):
    for parse in (snils.parse, inn.parse, inn.parse_organisation, ogrn.parse):
        try:
            number = parse(text)
        except Invalid:
            continue
        assert parse(number) == number
