"""What support sees of an account: enough to help, never a secret, never a whole number."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from dopusk.kernel import email, phone, snils
from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.factors.actions import protected
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin.standing import Counted, counted
from dopusk.portal.support.models import Temporary
from dopusk.portal.support.rules import Stands


@dataclass(frozen=True)
class Contact:
    """A contact, masked; empty when there is none."""

    masked: str
    confirmed: bool


@dataclass(frozen=True)
class Shown:
    """An account for support. second: whether sign-in asks for a second step, not which. certificates: how many of an
    electronic signature she can sign in by."""

    account: Account
    stands: Stands
    phone: Contact
    email: Contact
    snils: str
    inn: str
    counted: Counted
    second: bool
    certificates: int
    last_signin: datetime | None
    temporary: Temporary | None


def of(account: Account, stands: Stands) -> Shown:
    """Read an account for support."""
    content = account.opened()
    confirmed = set(account.identifiers.exclude(verified_at=None).values_list("kind", flat=True))
    inn = str(content.get("inn") or "")
    return Shown(
        account=account,
        stands=stands,
        phone=Contact(phone.mask(content["phone"]) if content.get("phone") else "", "phone" in confirmed),
        email=Contact(email.mask(content["email"]) if content.get("email") else "", "email" in confirmed),
        snils=snils.mask(content["snils"]) if content.get("snils") else "",
        inn=f"********{inn[-4:]}" if inn else "",
        counted=counted(account.pk),
        second=protected(account),
        certificates=Certificate.objects.usable(account.pk).count(),
        last_signin=Session.objects.filter(account=account).aggregate(at=Max("created_at"))["at"],
        temporary=Temporary.objects.filter(account=account, over_at=None).first(),
    )
