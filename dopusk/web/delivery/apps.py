"""The slice as a Django app: in the sandbox its inbox is linked from every page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "dopusk.web.delivery"

    def ready(self) -> None:
        from dopusk.web.design.context import SANDBOX_PAGES

        SANDBOX_PAGES.append(("delivery:inbox", _("Письма стенда")))
