"""`python -m dopusk.<site> journal verify`: is the chain whole?"""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from dopusk.web.journal import actions


class Command(BaseCommand):
    help = "Checks the hash chain of the site's journal; exits 1 at the first row that breaks it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        count, found = actions.verify()
        if found:
            self.stdout.write(f"{settings.SITE}: {found.code} at row {found.number} of {count}")
            sys.exit(1)
        self.stdout.write(f"{settings.SITE}: {count} rows, the chain is whole")
