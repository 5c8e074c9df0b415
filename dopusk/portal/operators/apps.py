"""The slice as a Django app: its card on the operators' first page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperatorsConfig(AppConfig):
    name = "dopusk.portal.operators"

    def ready(self) -> None:
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right

        CARDS["roles"] = Card(
            Right.APPOINT,
            _("Операторы портала"),
            _("Кто какую должность занимает; назначить и освободить."),
            "operators:roles",
            place=90,
        )
