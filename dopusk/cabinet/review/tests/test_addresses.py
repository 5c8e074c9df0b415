"""The addresses other parts and other sites know."""

from uuid import UUID

import pytest
from django.urls import reverse

CASE = UUID("0357491b-ad06-4c82-8f0d-741f8b13659c")


@pytest.mark.parametrize(
    ("name", "given", "address"),
    [
        ("review:queue", [], "/review/"),
        ("review:take_next", [], "/review/next/"),
        ("review:card", [CASE], f"/review/{CASE}/"),
        ("review:take", [CASE], f"/review/{CASE}/take/"),
        ("review:release", [CASE], f"/review/{CASE}/release/"),
        ("review:accept", [CASE], f"/review/{CASE}/accept/"),
        ("review:refuse", [CASE], f"/review/{CASE}/refuse/"),
    ],
)
def test_an_address_stays_where_it_is(name, given, address):
    assert reverse(name, args=given) == address
