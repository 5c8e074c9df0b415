"""The slice as a Django app: it lends its claims to the protocol, and its card to the operators' first page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProfileConfig(AppConfig):
    name = "dopusk.portal.profile"

    def ready(self) -> None:
        from dopusk.portal.oidc import claims as protocol
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right
        from dopusk.portal.profile import claims
        from dopusk.portal.profile.models import NameChange

        protocol.FURTHER.update(claims.FURTHER)
        CARDS["names"] = Card(
            Right.REVIEW,
            _("Смена имени"),
            _("Документы людей, у которых изменилось имя: изменить его или отказать."),
            "profile:names",
            waiting=lambda: NameChange.objects.filter(state="waiting").count(),
            place=20,
        )
