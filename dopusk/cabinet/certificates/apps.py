"""The slice as Django knows it."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "dopusk.cabinet.certificates"

    def ready(self) -> None:
        """Put the certificate on the status page of its application."""
        from dopusk.cabinet.certificates import parts  # noqa: F401 - registers itself
