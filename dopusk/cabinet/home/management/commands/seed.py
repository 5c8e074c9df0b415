"""`python -m dopusk.cabinet seed`: what the cabinet needs on first start; running it again changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from dopusk.cabinet.commission.seats import by_level, compose_for
from dopusk.cabinet.signin.actions import appoint
from dopusk.kernel import names, sandbox

SEATS = {"chair": "chair", "secretary": "secretary", "member": "commissioner"}


class Command(BaseCommand):
    help = "In the sandbox gives the people everyone knows their roles; outside it nobody is appointed by default."

    def handle(self, *args: Any, **options: Any) -> None:
        """Appoint registrars, commissioners and the operator, and seat the commission."""
        appointed = appoint_known_people() if settings.SANDBOX else 0
        self.stdout.write(f"cabinet: {appointed} roles are given")


@transaction.atomic
def appoint_known_people() -> int:
    """Roles of the sandbox's people; how many."""
    appointed = 0
    for person in sandbox.PEOPLE:
        role = SEATS[person.seat] if person.seat else person.role.value
        if role != sandbox.Role.APPLICANT:
            appoint(person.snils, role, names.short(person.last_name, person.first_name, person.patronymic))
            appointed += 1
    compose_for(by_level("any"))
    return appointed
