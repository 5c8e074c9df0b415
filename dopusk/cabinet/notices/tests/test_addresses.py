"""The addresses other parts know."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize(
    ("name", "given", "address"),
    [
        ("notices:show", [], "/notices/"),
        ("notices:read_all", [], "/notices/read/"),
        ("notices:follow", [7], "/notices/7/"),
    ],
)
def test_an_address_stays_where_it_is(name, given, address):
    assert reverse(name, args=given) == address
