"""Who stands at the support desk."""

import pytest

from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
from dopusk.portal.tests.browser import Browser, known


@pytest.fixture
def oleg() -> Browser:
    """Олег at support, and Анна who has an account."""
    known("anna")
    return operator("oleg", Role.SUPPORT)
