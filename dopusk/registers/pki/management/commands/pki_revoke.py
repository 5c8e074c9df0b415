"""`python -m dopusk.registers pki_revoke <serial>`"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dopusk.registers.pki import actions
from dopusk.registers.pki.models import Issued


class Command(BaseCommand):
    """Revokes a certificate of the authority."""

    help = "Put a certificate on the revocation list"

    def add_arguments(self, parser: CommandParser) -> None:
        """Spaces and case of the serial number do not matter: it is copied from a paper."""
        parser.add_argument("serial", nargs="+", help="serial number, hexadecimal, as the paper shows it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Revoke, once."""
        serial = "".join(options["serial"]).replace(" ", "").lower().zfill(40)
        try:
            done = actions.revoke(serial, by="system")
        except Issued.DoesNotExist:
            raise CommandError(f"no certificate {serial} was issued here") from None
        self.stdout.write(f"{serial} {'revoked' if done else 'was revoked before'}")
