"""How a person stands today: read from every slice for the first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.contacts.models import Change
from dopusk.portal.factors.actions import protected
from dopusk.portal.home import rules
from dopusk.portal.profile.models import Look
from dopusk.portal.profile.rules import wants_look
from dopusk.portal.proofing.models import Attempt, Suspension
from dopusk.portal.sessions.rules import BY_SIGNATURE


@dataclass(frozen=True)
class Standing:
    """What wants attention (codes of `rules.wants_attention`), and until when services are closed."""

    attention: list[str]
    cooling_until: datetime | None


def of(account: Account, amr: Sequence[str] = ()) -> Standing:
    """Her standing now. amr: how she was proved in this session."""
    now, today = timezone.now(), timezone.localdate()
    verified = dict(
        account.identifiers.filter(kind__in=["phone", "email"]).values_list("kind", "verified_at")
    )
    waiting = Change.objects.filter(account=account, state="waiting").values_list("kind", flat=True)
    look = Look.objects.filter(account=account).first()
    cooling = account.cooling_until if account.cooling_until and account.cooling_until > now else None
    portrait = rules.Portrait(
        level=account.level,
        proofing=_proofing(account) if account.level != "confirmed" else "",
        unverified=frozenset(waiting) | {kind for kind, at in verified.items() if at is None},
        contacts=frozenset(kind for kind, at in verified.items() if at),
        second_factor=protected(account),
        asked=wants_look(look.ask_on if look else None, timezone.localdate(account.created_at), today),
        cooling=cooling is not None,
        certificate_ending=Certificate.objects.ending(account.pk),
        by_signature=BY_SIGNATURE in amr,
    )
    return Standing(rules.wants_attention(portrait), cooling)


def _proofing(account: Account) -> str:
    """The state of a living attempt, else of a decision in force."""
    attempt = Attempt.objects.filter(account=account).values_list("state", flat=True).first()
    if attempt:
        return attempt
    decided = Suspension.objects.filter(account=account, ended_at=None).values_list("kind", flat=True).first()
    return decided or ""
