"""Fixtures of the journey."""

import pytest

from dopusk.cabinet import flow
from dopusk.cabinet.certificates import tasks as certificate_tasks
from dopusk.cabinet.tests.journey import World


@pytest.fixture
def world(monkeypatch):
    """Registers, seal and ФРМР that do as the test says."""
    made = World()
    monkeypatch.setattr(flow.checks, "run", made.run)
    monkeypatch.setattr(flow.papers, "sealed", made.seal)
    monkeypatch.setattr(flow.papers, "sealed_protocol", made.seal)
    monkeypatch.setattr(certificate_tasks, "register", lambda: made)
    return made
