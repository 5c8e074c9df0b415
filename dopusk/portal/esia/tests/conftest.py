"""Fixtures of the dialect's tests."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _fresh_memories_of_the_dialect() -> Iterator[None]:
    """Systems and keys that sign are remembered for seconds; a test's own must not outlive it."""
    from dopusk.portal.esia import allowance, signing, systems

    systems.forget()
    allowance.forget()
    signing.forget()
    yield
    systems.forget()
    allowance.forget()
    signing.forget()
