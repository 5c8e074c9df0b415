"""`python -m dopusk.portal appoint <identifier> <role>`: the first operator, whom no page can appoint."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dopusk.portal.accounts.models import Account
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role


class Command(BaseCommand):
    help = "Makes a registered person an operator of the portal. The journal names «system» as the one who did it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and to which post."""
        parser.add_argument(
            "identifier", help="phone, e-mail, СНИЛС or ИНН of her account, in any usual spelling"
        )
        parser.add_argument("role", choices=[role.value for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint; says when she holds the post already. Never prints the identifier."""
        account = Account.objects.by_text(options["identifier"])
        if account is None:
            raise CommandError("no account has this identifier: she registers first")
        done = appoint(account.pk, Role(options["role"]), by="system")
        self.stdout.write(f"{account}: {options['role']}, {'appointed' if done else 'held already'}")
