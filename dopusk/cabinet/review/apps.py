"""The slice as Django knows it."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "dopusk.cabinet.review"

    def ready(self) -> None:
        """Put the centre's comment on the status page."""
        from dopusk.cabinet.review import parts  # noqa: F401 - registers itself
