"""The slice as Django knows it."""

from django.apps import AppConfig


class ChecksConfig(AppConfig):
    name = "dopusk.cabinet.checks"

    def ready(self) -> None:
        """Put the findings on the status page."""
        from dopusk.cabinet.checks import parts  # noqa: F401 - registers itself
