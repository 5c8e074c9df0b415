"""`python -m dopusk.portal seed`: what the portal needs on first start; running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from dopusk.portal.accounts.actions import seed_known_people
from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import register
from dopusk.portal.factors.actions import seed_known_factors

# what the cabinet asks for (dopusk/cabinet/signin/portal.py); the profile's own sections it reads from the register
CABINET_SCOPES = (
    "openid", "profile", "birthdate", "snils", "inn", "email", "phone", "identity_document", "certificate",
)  # fmt: skip


class Command(BaseCommand):
    help = "Registers the cabinet as a service; in the sandbox also makes the people everyone knows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Register the cabinet, then the known people if this is a sandbox."""
        register(
            settings.CLIENT_ID,
            name="Кабинет аккредитации",
            secret=settings.CLIENT_SECRET,
            redirect_uris=[f"{settings.CABINET_URL}/signin/callback/"],
            signed_out_uris=[f"{settings.CABINET_URL}/signin/signed-out/"],
            backchannel_logout_uri=f"{settings.CABINET_URL}/signin/backchannel/",
            scopes=list(CABINET_SCOPES),
            required_level=Level.CONFIRMED,
        )
        made = seed_known_people() if settings.SANDBOX else 0
        if settings.SANDBOX:
            seed_known_factors()
        self.stdout.write(f"portal: the cabinet is registered, {made} people are new")
