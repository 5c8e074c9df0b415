"""Registers for the tests of proofing."""

from collections.abc import Iterator
from typing import Any

import pytest

from dopusk.portal.proofing import registers
from dopusk.portal.proofing.tests.people import Outside, asked_here


@pytest.fixture
def outside(settings: Any, tmp_path: Any) -> Iterator[Outside]:
    """Registers that know the sandbox's people; files rest in a folder of the test's own."""
    settings.STATE = tmp_path
    made = Outside()
    asked_here(made)
    yield made
    registers.start_afresh()
