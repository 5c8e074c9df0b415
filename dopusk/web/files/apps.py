"""Checks of how files are taken in."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "dopusk.web.files"

    def ready(self) -> None:
        from dopusk.web.files import checks  # noqa: F401 - registers the checks
