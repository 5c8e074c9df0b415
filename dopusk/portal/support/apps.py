"""The slice as a Django app: its cards on the operators' first page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "dopusk.portal.support"

    def ready(self) -> None:
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right
        from dopusk.web.delivery.models import Letter

        CARDS["people"] = Card(
            Right.LOOK_UP,
            _("Помощь человеку"),
            _("Найти учётную запись по обращению, снять ограничения входа, потребовать новый пароль."),
            "support:people",
            place=10,
        )
        CARDS["new_account"] = Card(
            Right.UNLOCK,
            _("Открыть учётную запись"),
            _("Для человека, который пришёл сам и подписал согласие."),
            "support:new",
            place=20,
        )
        CARDS["deliveries"] = Card(
            Right.DELIVERIES,
            _("Письма и СМС"),
            _("Что отправлено и что не дошло; в счёт входят те, что ждут после неудачной попытки."),
            "support:deliveries",
            waiting=lambda: Letter.objects.filter(state="waiting", message__attempts__gt=0).count(),
            place=60,
        )
