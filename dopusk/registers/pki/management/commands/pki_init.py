"""`python -m dopusk.registers pki_init`"""

from typing import Any

from django.core.management.base import BaseCommand

from dopusk.registers.pki.office import office


class Command(BaseCommand):
    """Founds the authority and the timestamp office unless they stand already."""

    help = "Create the keys of the sandbox's authorities; does nothing when they exist"

    def handle(self, *args: Any, **options: Any) -> None:
        """Open the offices and name the root."""
        root = office().authority.certificate
        self.stdout.write(f"{root.subject.rfc4514_string()} until {root.not_valid_after_utc:%Y-%m-%d}")
