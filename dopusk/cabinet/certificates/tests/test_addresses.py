"""The addresses printed on papers and in notices."""

import pytest
from django.urls import reverse


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("certificates:show", "/certificates/7726000000001/"),
        ("certificates:file", "/certificates/7726000000001/file/"),
    ],
)
def test_an_address_stays_where_it_is(name, address):
    assert reverse(name, args=["7726000000001"]) == address
