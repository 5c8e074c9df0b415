"""Fixtures of the portal's tests."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dopusk.portal.clients.rules import Registration


@pytest.fixture(autouse=True)
def _cheap_hashes_and_fresh_memories(settings: Any) -> Iterator[None]:
    """Nothing a process remembers outlives a test's transaction; hashes cost nothing."""
    from dopusk.portal.clients import models as clients
    from dopusk.portal.oidc import keys
    from dopusk.portal.tests.browser import hashes_cost_nothing

    hashes_cost_nothing(settings)
    clients.forget()
    keys.forget()
    yield
    keys.forget()
    clients.forget()


@pytest.fixture
def cabinet(db: None) -> "Registration":
    """The cabinet, registered as the seed does."""
    from dopusk.portal.tests.browser import cabinet_is_registered

    return cabinet_is_registered()
