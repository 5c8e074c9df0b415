"""The slice as a Django app: its cards on the operators' first page."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProofingConfig(AppConfig):
    name = "dopusk.portal.proofing"

    def ready(self) -> None:
        from dopusk.portal.operators.desk import CARDS, Card
        from dopusk.portal.operators.rules import Right
        from dopusk.portal.proofing.models import Appeal, Attempt

        CARDS["review"] = Card(
            Right.REVIEW,
            _("Проверка личности"),
            _(
                "Посмотреть документы людей, по которым портал не решил сам, и подтвердить личность или отказать."
            ),
            "proofing:queue",
            waiting=lambda: Attempt.objects.in_review().count(),
            place=15,
        )
        CARDS["confirmations"] = Card(
            Right.CONFIRMATION,
            _("Подтверждения"),
            _("Приостановить, отозвать или вернуть подтверждение; в счёт входят обжалования без ответа."),
            "proofing:find",
            waiting=lambda: Appeal.objects.filter(judged_at=None).count(),
            place=30,
        )
