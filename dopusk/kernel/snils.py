"""СНИЛС: the number of a person in the pension account (приказ ПФР; check digits above 001-001-998 only)."""

from dopusk.kernel import digits
from dopusk.kernel.invalid import Invalid

LAST_UNCHECKED = 1_001_998  # 001-001-998: numbers up to it were given out without check digits


def check_digits(nine: str) -> str:
    """The two check digits of a nine-digit number."""
    return f"{digits.weighted(nine, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100:02d}"


def with_check(nine: str) -> str:
    """Eleven digits from nine; for synthetic data and tests."""
    nine = digits.of(nine, 9, "snils")
    return nine + check_digits(nine)


def parse(text: str) -> str:
    """Eleven digits from any usual spelling (`112-233-445 95`, `11223344595`).

    Raises `Invalid`: `snils_characters`, `snils_length`, `snils_number` (000-000-000), `snils_checksum`.
    """
    number = digits.of(text, 11, "snils")
    if int(number[:9]) == 0:
        raise Invalid("snils_number")
    if int(number[:9]) > LAST_UNCHECKED and number[9:] != check_digits(number[:9]):
        raise Invalid("snils_checksum")
    return number


def show(number: str) -> str:
    """`112-233-445 95`, as printed on the document."""
    return f"{number[:3]}-{number[3:6]}-{number[6:9]} {number[9:]}"


def mask(number: str) -> str:
    """`***-***-445 95`, for lists and logs."""
    return f"***-***-{number[6:9]} {number[9:]}"
