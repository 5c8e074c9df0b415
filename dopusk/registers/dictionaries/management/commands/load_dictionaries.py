"""`python -m dopusk.registers load_dictionaries`: make the dictionaries what their data files say."""

from django.core.management.base import BaseCommand

from dopusk.registers.dictionaries import actions


class Command(BaseCommand):
    help = "Load the dictionaries from their data files; idempotent."

    def handle(self, *args: object, **options: object) -> None:
        """Print which ones changed."""
        changed = actions.load_all()
        self.stdout.write("Справочники: " + (", ".join(changed) or "без изменений"))
