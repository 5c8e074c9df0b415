"""`python -m dopusk.registers clients`: admit the clients whose tokens stand in the settings."""

from django.conf import settings
from django.core.management.base import BaseCommand

from dopusk.registers.clients import actions


class Command(BaseCommand):
    help = "Admit the clients whose tokens stand in the settings; idempotent."

    def handle(self, *args: object, **options: object) -> None:
        """Print who may ask."""
        self.stdout.write("Ключи доступа: " + ", ".join(actions.admit(settings.CLIENT_TOKENS)))
