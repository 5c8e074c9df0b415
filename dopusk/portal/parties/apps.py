"""The slice as a Django app: its card on the operators' first page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "dopusk.portal.parties"

    def ready(self) -> None:
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right

        CARDS["parties"] = Card(
            Right.REGISTER_SERVICES,
            _("Сервисы"),
            _("Подключить сервис к входу через портал, изменить, выдать секрет, отключить."),
            "parties:list",
            place=60,
        )
