"""The slice as a Django app: it tells the operators' door who has a factor that counts there."""

from django.apps import AppConfig


class FactorsConfig(AppConfig):
    name = "dopusk.portal.factors"

    def ready(self) -> None:
        from dopusk.portal.factors.actions import methods
        from dopusk.portal.operators.access import ENROLLED

        ENROLLED.append(lambda sub: methods(sub).strong)
