"""What a closed sitting decided, as its protocol tells it."""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from dopusk.cabinet.applications import signatures
from dopusk.cabinet.commission import rules
from dopusk.cabinet.commission.actions import norms_at
from dopusk.cabinet.commission.closing import decision
from dopusk.cabinet.commission.models import Sitting
from dopusk.cabinet.commission.protocol import OUTCOMES, Member, Protocol, remarks


def of(sitting: Sitting) -> Protocol:
    """The protocol's content; the same whenever it is asked for."""
    assert sitting.closed_at is not None
    by = rules.terms(len(sitting.composition), norms_at(sitting.on))
    with translation.override("ru"):
        return Protocol(
            number=sitting.protocol_number,
            commission=sitting.commission.name,
            on=sitting.on,
            signed_on=timezone.localdate(sitting.closed_at),
            unscheduled=sitting.kind == "unscheduled",
            closed_at=sitting.closed_at,
            quorum=by.quorum_need,
            members=tuple(
                Member(member["name"], member["place"], member["present"]) for member in sitting.composition
            ),
            decisions=tuple(decision(case, by) for case in sitting.cases.on_agenda()),
            signed=_signed(sitting),
            sandbox=settings.SANDBOX,
        )


def _signed(sitting: Sitting) -> str:
    """Of the chair's own electronic signature under the decisions; empty without one."""
    if sitting.signature is None:
        return ""
    facts = signatures.facts(sitting.signature)
    return (
        f"Решения подписаны электронной подписью председателя: {facts.owner}, "
        f"сертификат {facts.serial}, выдан: {facts.issuer}."
    )


def decisions(sitting: Sitting) -> list[dict[str, Any]]:
    """What the protocol of an open sitting would say if the chair closed it now; in Russian, as it will stand.

    Nothing while a case has no decision: one may come to the sitting between any two looks at it.
    """
    by = rules.terms(sitting.commission.seats.filter(active=True).count(), norms_at(sitting.on))
    with translation.override("ru"):
        found = [decision(case, by) for case in sitting.cases.on_agenda()]
        if any(one.outcome not in OUTCOMES for one in found):
            return []
        return [
            {
                "applicant": one.applicant,
                "specialty": one.specialty,
                "outcome_word": OUTCOMES[one.outcome].lower(),
                "remarks": remarks(one),
            }
            for one in found
        ]
