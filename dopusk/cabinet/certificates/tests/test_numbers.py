"""Numbers and codes as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.certificates import numbers


@pytest.mark.parametrize(
    "typed",
    [
        "7726000000001",
        "7726 000000001",
        " 7726 000 000 001 ",
        "7726-000000001",
        "7726\u00a0000000001",
        "№ 7726 000000001",
        "№7726000000001",
        " №\u00a07726–000000001",
        "N 7726000000001",
    ],
)
def test_a_number_is_read_in_any_usual_spelling(typed: str) -> None:
    assert numbers.parse_number(typed) == "7726000000001"


@pytest.mark.parametrize(
    "typed", ["", "7726", "77260000000012", "772600000000x", "٧٧٢٦٠٠٠٠٠٠٠٠١", "7" * 1000, "\x00"]
)
def test_what_is_not_a_number_is_none(typed: str) -> None:
    assert numbers.parse_number(typed) is None


@pytest.mark.parametrize("typed", ["4F7K9QXM2T8B", "4f7k-9qxm-2t8b", " 4F7K 9QXM 2T8B ", "4F7К–9QXМ–2Т8В"])
def test_a_code_is_read_in_any_case_and_either_alphabet(typed: str) -> None:
    assert numbers.parse_code(typed) == "4F7K9QXM2T8B"


@pytest.mark.parametrize("typed", ["", "4F7K", "4F7K9QXM2T8U", "4F7K9QXM2T8BB", "4F7K9QXM2T8\n" * 9])
def test_what_is_not_a_code_is_none(typed: str) -> None:
    assert numbers.parse_code(typed) is None


def test_letters_o_and_l_are_taken_for_the_digits_they_look_like() -> None:
    assert numbers.parse_code("OOOO-LLLL-IIII") == "000011111111"


def test_fresh_codes_differ_and_survive_being_shown_and_typed() -> None:
    codes = {numbers.make_code() for _ in range(200)}
    assert len(codes) == 200
    assert {numbers.parse_code(numbers.show_code(code).lower()) for code in codes} == codes


@given(st.integers(1, 999_999_999), st.integers(2021, 2099), st.integers(1, 99))
def test_a_composed_number_survives_being_shown_and_typed(serial: int, year: int, region: int) -> None:
    number = numbers.compose(f"{region:02d}", year, serial)
    assert numbers.parse_number(numbers.show_number(number)) == number


@pytest.mark.parametrize(
    ("region", "serial"), [("7", 1), ("777", 1), ("77", 1_000_000_000), ("ab", 1), ("77", -1)]
)
def test_no_number_is_made_of_wrong_parts(region: str, serial: int) -> None:
    with pytest.raises(ValueError, match="no register number"):
        numbers.compose(region, 2026, serial)
