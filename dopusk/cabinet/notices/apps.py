"""The slice as Django knows it."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "dopusk.cabinet.notices"

    def ready(self) -> None:
        """Count what is new beside the section's name."""
        from dopusk.cabinet.notices.models import Notice
        from dopusk.cabinet.signin.context import badges

        badges["/notices/"] = lambda person: Notice.objects.unread(person).count()
