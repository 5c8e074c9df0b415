"""What the chair closes a sitting with: its decisions, and the text to put an electronic signature under."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils import translation

from dopusk.cabinet.commission import rules, words
from dopusk.cabinet.commission.models import Case, Sitting
from dopusk.cabinet.commission.protocol import Decision, Dissent, remarks
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import signable
from dopusk.web.signing.actions import Act

PURPOSE: Final = "closing"
BRIEF_FROM: Final = (
    400  # cases; so many are named by their numbers alone, for a signable text has its largest size
)
TITLE: Final = "Решения заседания аккредитационной комиссии"


def act(sitting: Sitting, chair: Person, cases: Sequence[Case], by: rules.Terms) -> Act:
    """What the chair signs to close the sitting with these decisions; always Russian. cases: `on_agenda`."""
    with translation.override("ru"):
        lines = tuple(signable.one_line(line) for line in _lines(sitting, chair, cases, by))
    return Act(PURPOSE, sitting.key, TITLE, lines)


def _lines(sitting: Sitting, chair: Person, cases: Sequence[Case], by: rules.Terms) -> Iterator[str]:
    kind = ", внеочередное" if sitting.kind == "unscheduled" else ""
    yield f"Комиссия: {sitting.commission.name}"
    yield f"Заседание: {sitting.on:%d.%m.%Y}{kind}"
    yield f"Кворум: не меньше {by.quorum_need} из {by.members}"
    yield f"Дел: {len(cases)}"
    for at, case in enumerate(cases, 1):
        found = decision(case, by)
        said = str(words.OUTCOMES[found.outcome]).lower()
        votes = "" if found.outcome == "postponed" else f", за {found.for_}, против {found.against}"
        who = f", {found.applicant}, {found.specialty}" if len(cases) < BRIEF_FROM else ""
        yield f"{at}. № {found.number}{who}: {said}{votes}"
        for remark in remarks(found):
            yield from remark.splitlines()
    yield f"Заседание закрывает: {chair.full_name}"


def decision(case: Case, by: rules.Terms) -> Decision:
    """What was decided about a case, or would be if the sitting were closed now."""
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
