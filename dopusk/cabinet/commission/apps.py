"""The slice as Django knows it."""

from django.apps import AppConfig


class CommissionConfig(AppConfig):
    name = "dopusk.cabinet.commission"

    def ready(self) -> None:
        """Put the sitting and the reasons of a decision on the status page."""
        from dopusk.cabinet.commission import parts  # noqa: F401 - registers itself
