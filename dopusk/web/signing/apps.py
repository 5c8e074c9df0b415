"""Checks of what electronic signatures are judged by."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "dopusk.web.signing"

    def ready(self) -> None:
        from dopusk.web.signing import checks  # noqa: F401 - registers the checks
