"""ИНН: taxpayer's number of a person (12 digits) and of an organisation (10)."""

from dopusk.kernel import digits
from dopusk.kernel.invalid import Invalid

_ELEVENTH = (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_TWELFTH = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_TENTH = (2, 4, 10, 3, 5, 9, 4, 6, 8)


def _check(number: str, weights: tuple[int, ...]) -> str:
    return str(digits.weighted(number, weights) % 11 % 10)


def with_check(ten: str) -> str:
    """A person's ИНН from its first ten digits; for synthetic data and tests."""
    eleven = (ten := digits.of(ten, 10, "inn")) + _check(ten, _ELEVENTH)
    return eleven + _check(eleven, _TWELFTH)


def organisation_with_check(nine: str) -> str:
    """An organisation's ИНН from its first nine digits; for synthetic data and tests."""
    nine = digits.of(nine, 9, "inn")
    return nine + _check(nine, _TENTH)


def parse(text: str) -> str:
    """A person's ИНН, 12 digits. Raises `Invalid`: `inn_characters`, `inn_length`, `inn_checksum`."""
    number = digits.of(text, 12, "inn")
    if int(number) == 0 or with_check(number[:10]) != number:
        raise Invalid("inn_checksum")
    return number


def parse_organisation(text: str) -> str:
    """An organisation's ИНН, 10 digits. Raises `Invalid` with the same codes as `parse`."""
    number = digits.of(text, 10, "inn")
    if int(number) == 0 or organisation_with_check(number[:9]) != number:
        raise Invalid("inn_checksum")
    return number
