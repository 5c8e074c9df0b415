"""The addresses other parts and other sites know."""

from uuid import UUID

import pytest
from django.urls import reverse

CASE = UUID("0357491b-ad06-4c82-8f0d-741f8b13659c")


@pytest.mark.parametrize(
    ("name", "given", "address"),
    [
        ("commission:sittings", [], "/commission/"),
        ("commission:convene", [], "/commission/convene/"),
        ("commission:sitting", [7], "/commission/7/"),
        ("commission:ticket", [7], "/commission/7/ticket/"),
        ("commission:close", [7], "/commission/7/close/"),
        ("commission:protocol", [7], "/commission/7/protocol/"),
        ("commission:case", [7, CASE], f"/commission/7/applications/{CASE}/"),
        ("commission:vote", [7, CASE], f"/commission/7/applications/{CASE}/vote/"),
        ("commission:postpone", [7, CASE], f"/commission/7/applications/{CASE}/postpone/"),
    ],
)
def test_an_address_stays_where_it_is(name, given, address):
    assert reverse(name, args=given) == address
