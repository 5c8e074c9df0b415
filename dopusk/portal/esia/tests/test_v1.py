"""Анна signs in at a system of the first generation: CMS signatures at ac and te."""

import pytest

from dopusk.portal.esia import signing
from dopusk.portal.esia.tests.esia_client import Esia, registered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("attached", [False, True])
@pytest.mark.parametrize("attributes", [False, True])
def test_anna_signs_in_by_every_form_of_cms(attached, attributes):
    registered()
    esia = Esia(attached=attached, attributes=attributes)
    told = esia.markers()
    assert signing.verify(told["access_token"])["client_id"] == esia.mnemonic
    assert signing.verify(told["id_token"])["aud"] == esia.mnemonic
