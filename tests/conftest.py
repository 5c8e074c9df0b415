"""The journeys share one running stand: three sites, worker, live app, as `./dev run` starts them."""

from collections.abc import Iterator

import pytest

from dopusk.stand.running import RunningStand


@pytest.fixture(scope="session")
def stand() -> Iterator[RunningStand]:
    """A fresh stand for the session. Tests that break it (faults, kills) put it right again."""
    running = RunningStand()
    yield running
    running.close()
