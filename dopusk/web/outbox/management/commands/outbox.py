"""`./dev manage SITE outbox list | again KIND KEY --why TEXT`: what has not left, and sending it again."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from dopusk.web.outbox import actions
from dopusk.web.outbox.models import Message


class Command(BaseCommand):
    help = "Lists messages that wait or were refused; sends one again when its cause is mended."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="what", required=True)
        acts.add_parser("list")
        again = acts.add_parser("again")
        again.add_argument("kind")
        again.add_argument("key")
        again.add_argument("--why", required=True, help="the reason, kept in the journal")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "list":
            for message in Message.objects.exclude(state="delivered").order_by("pk").iterator():
                self.stdout.write(f"{message.kind} {message.key} {message.state} {message.last_reason}")
        elif not actions.send_again(options["kind"], options["key"], actor="operator", why=options["why"]):
            self.stdout.write("there is no such message that waits or was refused")
            sys.exit(1)
