"""Chromium as the journeys have it."""

from tests.journeys.conftest import browser, window

__all__ = ["browser", "window"]
