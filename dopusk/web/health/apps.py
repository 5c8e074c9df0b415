"""Checks at start."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "dopusk.web.health"

    def ready(self) -> None:
        from dopusk.web.health import checks  # noqa: F401 - registers the checks
