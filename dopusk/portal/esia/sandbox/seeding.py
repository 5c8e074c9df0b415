"""Filling the sandbox with the sixteen test people of the dialect."""

from django.conf import settings
from django.db import transaction

from dopusk.portal.accounts.actions import OnlyInSandbox, open_account
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia.models import PersonExtra, PersonNumber
from dopusk.portal.esia.sandbox.people import SIXTEEN, Seat
from dopusk.portal.signin.actions import lock


def account_of(seat: Seat) -> Account | None:
    """The account of a test person: by her number, else by what she signs in by; None when nobody has made it."""
    numbered = PersonNumber.objects.filter(oid=seat.oid).select_related("account").first()
    if numbered:
        return numbered.account
    return Account.objects.filter(closed_at=None).known_as(*seat.identity().known_by()).first()


def seed_test_people() -> int:
    """Make those who are missing; who exists keeps the account she has. Returns how many are new."""
    if not settings.SANDBOX:
        raise OnlyInSandbox
    return sum(_seed(seat) for seat in SIXTEEN)


@transaction.atomic
def _seed(seat: Seat) -> bool:
    account = account_of(seat)
    made = account is None
    if account is None:
        account = open_account(seat.identity(), seat.who.password, demo=True)
        if seat.blocked:
            lock(account.sub, "operator")
    PersonNumber.objects.get_or_create(account=account, defaults={"oid": seat.oid})
    PersonExtra.objects.update_or_create(account=account, defaults={"content": _kept(seat)})
    return made


def _kept(seat: Seat) -> dict[str, object]:
    """JSON knows no numbers as names."""
    roles = {str(oid): part for oid, part in seat.extra.get("roles", {}).items()}
    person = {"birthPlace": seat.who.birth_place} if seat.level is not Level.SIMPLIFIED else {}
    return {**seat.extra, "roles": roles, "person": person | seat.extra.get("person", {})}
