"""`python -m dopusk.portal register_cabinet`: the cabinet as an information system of the ЕСИА dialect."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.esia import signing
from dopusk.portal.esia.registering import TOKEN_ALGS, register_system
from dopusk.trust.gost import EngineMissing

# what the cabinet asks for (dopusk/cabinet/signin/esia.py)
SCOPES = ("openid", "fullname", "birthdate", "gender", "snils", "inn", "email", "mobile", "id_doc")


class Command(BaseCommand):
    help = "Registers the cabinet as a system that speaks the ЕСИА dialect; again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """--markers is for the cabinet's DOPUSK_ESIA_MARKER_CERTIFICATE."""
        parser.add_argument("--client", required=True, help="its mnemonic")
        parser.add_argument("--certificate", type=Path, required=True, help="what it signs with, PEM or DER")
        parser.add_argument(
            "--token-alg", choices=TOKEN_ALGS, default=TOKEN_ALGS[0], help="what signs its markers"
        )
        parser.add_argument(
            "--markers", type=Path, help="write the certificates of the markers' signer here, PEM"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, then write down whom it may believe."""
        try:
            register_system(
                options["client"],
                name="Кабинет аккредитации",
                redirect_uris=[f"{settings.CABINET_URL}/signin/callback/"],
                signed_out_uris=[f"{settings.CABINET_URL}/signin/signed-out/"],
                scopes=list(SCOPES),
                certificates=[options["certificate"].read_bytes()],
                token_alg=options["token_alg"],
                required_level=Level.CONFIRMED,
            )
            if options["markers"]:
                _write(options["markers"], "".join(signing.published(options["token_alg"])))
        except RegistrationRefused as refused:
            raise CommandError(
                f"{options['client']} is not registered: {refused.code}: {refused.value}"
            ) from None
        except (OSError, EngineMissing) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{options['client']} is registered")


def _write(path: Path, text: str) -> None:
    """Whole or not at all: the cabinet may be reading."""
    partial = path.with_name(f".{path.name}.new")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
