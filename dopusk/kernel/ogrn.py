"""ОГРН of an organisation (13 digits) and ОГРНИП of an entrepreneur (15)."""

from dopusk.kernel import digits
from dopusk.kernel.invalid import Invalid


def _check(body: str, modulus: int) -> str:
    return str(int(body) % modulus % 10)


def with_check(twelve: str) -> str:
    """ОГРН from its first twelve digits; for synthetic data and tests."""
    twelve = digits.of(twelve, 12, "ogrn")
    return twelve + _check(twelve, 11)


def parse(text: str) -> str:
    """ОГРН, 13 digits. Raises `Invalid`: `ogrn_characters`, `ogrn_length`, `ogrn_checksum`."""
    number = digits.of(text, 13, "ogrn")
    if int(number) == 0 or number[12] != _check(number[:12], 11):
        raise Invalid("ogrn_checksum")
    return number


def parse_entrepreneur(text: str) -> str:
    """ОГРНИП, 15 digits. Raises `Invalid` with the same codes as `parse`."""
    number = digits.of(text, 15, "ogrn")
    if int(number) == 0 or number[14] != _check(number[:14], 13):
        raise Invalid("ogrn_checksum")
    return number
