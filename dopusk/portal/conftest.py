"""Fixtures of the portal's tests."""

import pytest


@pytest.fixture(autouse=True)
def _cheap_hashes_and_fresh_memories(settings):
    from dopusk.portal.clients import models as clients
    from dopusk.portal.oidc import keys
    from dopusk.portal.tests.browser import hashes_cost_nothing

    hashes_cost_nothing(settings)
    clients.forget()
    keys.forget()
    yield
    hashes_cost_nothing(settings)
    keys.forget()
    clients.forget()


@pytest.fixture
def cabinet(db):
    from dopusk.portal.tests.browser import cabinet_is_registered

    return cabinet_is_registered()
