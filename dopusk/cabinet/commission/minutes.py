"""What a closed sitting decided, as its protocol tells it."""

from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from dopusk.cabinet.commission import rules, words
from dopusk.cabinet.commission.actions import norms_at
from dopusk.cabinet.commission.models import Case, Sitting
from dopusk.cabinet.commission.protocol import OUTCOMES, Decision, Dissent, Member, Protocol, remarks


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
            decisions=tuple(_decision(case, by) for case in sitting.cases.on_agenda()),
            sandbox=settings.SANDBOX,
        )


def decisions(sitting: Sitting) -> list[dict[str, Any]]:
    """What the protocol of an open sitting would say if the chair closed it now; in Russian, as it will stand.

    Nothing while a case has no decision: one may come to the sitting between any two looks at it.
    """
    by = rules.terms(sitting.commission.seats.filter(active=True).count(), norms_at(sitting.on))
    with translation.override("ru"):
        found = [_decision(case, by) for case in sitting.cases.on_agenda()]
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


def _decision(case: Case, by: rules.Terms) -> Decision:
    verdict = rules.decide(case.ballots(), by)
    votes = list(case.votes.all())
    return Decision(
        number=str(case.application.number),
        applicant=case.application.applicant.full_name,
        specialty=case.application.specialty_name,
        outcome=case.outcome or verdict.code,
        for_=verdict.tally.for_,
        against=verdict.tally.against,
        recused=tuple(vote.seat.name for vote in votes if vote.choice == "recuse"),
        by_chair=verdict.by_chair and case.outcome != "postponed",
        dissents=tuple(
            Dissent(vote.seat.name, tuple(str(words.AGAINST[code]) for code in vote.reason_codes), vote.words)
            for vote in votes
            if vote.choice == "against"
        ),
        words=case.words,
    )
