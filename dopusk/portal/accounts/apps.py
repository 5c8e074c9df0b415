"""The slice as a Django app: its check runs at start."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "dopusk.portal.accounts"

    def ready(self) -> None:
        from dopusk.portal.accounts import checks  # noqa: F401 - registers the check
