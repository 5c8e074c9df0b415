"""What a registrar may not learn of people, and what she types that no database takes."""

import json

import pytest

from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
from dopusk.portal.parties.tests.test_services import LIST, PUBLIC, of, typed
from dopusk.portal.tests.browser import Browser, cabinet_is_registered, known
from dopusk.web.journal.actions import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def oleg() -> Browser:
    return operator("oleg", Role.INTEGRATOR)


def test_who_enters_a_service_is_none_of_its_registrars_business(oleg):
    """The journal tells of people by the same object: its lines about them are not lines about the registration."""
    cabinet_is_registered()
    anna = known("anna")
    for act in ("esia.entered", "oidc.entered", "esia.code_reused", "esia.refresh_reused"):
        record(
            actor=str(anna.sub), act=act, subject=str(anna.sub), object_="client:dopusk-cabinet",
            words="Вы вошли на сервис «Кабинет аккредитации»; ему переданы: СНИЛС",
        )  # fmt: skip
    page = oleg.get(of("service", "dopusk-cabinet"))
    assert page.status_code == 200
    assert (anna.last_name in page.text, "Вы вошли" in page.text) == (False, False)


@pytest.mark.parametrize("value", ["\0", "\\", "%" * 300])
def test_whatever_is_sought_is_sought(oleg, value):
    assert oleg.get(LIST, params={"q": value}).status_code == 200


@pytest.mark.parametrize(
    "spoilt",
    [{"kid": "\0"}, {"kid": "\ud800"}, {"x5t": float("nan")}, {"kid": 10**400}],
    ids=["nul", "half_a_sign", "nan", "endless"],
)
def test_keys_that_no_database_takes_are_refused_at_their_field(oleg, spoilt):
    jwks = json.dumps({"keys": [{**PUBLIC["keys"][0], **spoilt}]})
    page = typed(oleg, auth_method="private_key_jwt", jwks=jwks)
    assert (page.status_code, 'data-code="jwks_form"' in page.text) == (422, True)


def test_keys_nested_without_end_are_refused_at_their_field(oleg):
    page = typed(oleg, auth_method="private_key_jwt", jwks="[" * 20000)
    assert (page.status_code, 'data-code="jwks_form"' in page.text) == (422, True)
