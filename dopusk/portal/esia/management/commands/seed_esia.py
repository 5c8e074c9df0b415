"""`python -m dopusk.portal seed_esia`: the sixteen test people, and systems from a file; again changes nothing."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.sentences import sentence
from dopusk.portal.esia.models import Certificate
from dopusk.portal.esia.registering import disable_certificate, register_system
from dopusk.portal.esia.sandbox.seeding import seed_test_people
from dopusk.portal.esia.scopes import SCOPES


class Command(BaseCommand):
    help = "Makes the sandbox's sixteen test people and registers information systems of the ЕСИА dialect."

    def add_arguments(self, parser: CommandParser) -> None:
        """--migrate saves a process of its own when a stand starts."""
        parser.add_argument("--migrate", action="store_true", help="bring the schema up to date first")
        parser.add_argument("--systems", type=Path, help="JSON list, as `./dev esia` writes it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Schema, people, systems."""
        if options["migrate"]:
            call_command("migrate", verbosity=0)
        made = seed_test_people()
        self.stdout.write(f"{made} test people are new")
        if options["systems"]:
            for system in json.loads(options["systems"].read_text(encoding="utf-8")):
                self._register(system)

    def _register(self, system: dict[str, Any]) -> None:
        """In the sandbox a system may ask for any scope, unless the file names its own.

        Its certificates are those of the file and no others: one that is named no more is disabled.
        """
        client_id = system["client_id"]
        try:
            register_system(
                client_id,
                name=system.get("name", client_id),
                redirect_uris=system["redirect_uris"],
                scopes=_known(system.get("scopes", list(SCOPES))),
                certificates=[bytes.fromhex(one) for one in system["certificates"]],
                token_alg=system["token_alg"],
                lenient=system["lenient"],
                required_level=Level(system.get("level", Level.SIMPLIFIED)),
                **{name: system[name] for name in ("v1", "v2", "numeric_sub") if name in system},
            )
        except RegistrationRefused as refused:
            raise CommandError(f"{client_id} is not registered: {sentence(refused)}") from None
        except ValueError as refused:  # a level there is not
            raise CommandError(f"{client_id} is not registered: {refused}") from None
        given = {hashlib.sha256(bytes.fromhex(one)).hexdigest() for one in system["certificates"]}
        for one in Certificate.objects.filter(system_id=client_id, disabled_at=None).exclude(
            sha256__in=given
        ):
            disable_certificate(client_id, one.sha256)
        self.stdout.write(f"{client_id} is registered")


def _known(scopes: list[str]) -> list[str]:
    if unknown := [one for one in scopes if one not in SCOPES]:
        raise RegistrationRefused("scope_unknown", f"{unknown[0]}; there are {', '.join(SCOPES)}")
    return scopes
