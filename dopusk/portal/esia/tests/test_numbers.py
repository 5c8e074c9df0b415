"""The numbers by which the dialect knows people."""

import uuid

import pytest

from dopusk.portal.accounts.models import Account
from dopusk.portal.esia import numbers
from dopusk.portal.tests.browser import known

pytestmark = pytest.mark.django_db


def test_anna_has_the_number_of_her_test_snils_for_ever():
    anna = known("anna").pk
    assert [numbers.oid_of(anna), numbers.oid_of(anna)] == [1000300603, 1000300603]
    assert numbers.sub_of(1000300603) == anna


def test_whoever_has_no_test_snils_gets_the_next_number(monkeypatch):
    monkeypatch.setattr(numbers, "reserved_oid", lambda snils: None)
    first, second = numbers.oid_of(known("anna").pk), numbers.oid_of(known("boris").pk)
    assert (first > 1_000_500_000, second - first) == (True, 1)


def test_a_number_taken_is_not_given_again():
    numbers.PersonNumber.objects.create(account_id=known("boris").pk, oid=1000300603)
    assert numbers.oid_of(known("anna").pk) != 1000300603


def test_nobody_has_no_number():
    with pytest.raises(Account.DoesNotExist):
        numbers.oid_of(uuid.uuid4())
    assert numbers.sub_of(1) is None
