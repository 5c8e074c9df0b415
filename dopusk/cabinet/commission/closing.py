"""What the chair closes a sitting with: its decisions, and the text to put an electronic signature under."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from django.utils import translation

from dopusk.cabinet.commission import rules, words
from dopusk.cabinet.commission.models import Case, Sitting
from dopusk.cabinet.commission.protocol import Decision, Dissent, remarks
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import signable
from dopusk.web.signing.actions import Act

PURPOSE: Final = "closing"
ROOM: Final = signable.LARGEST - 4096  # bytes of lines: what may be signed has its largest size, and a head
SHORT: Final = 120  # letters of a remark that is told in short
TITLE: Final = "Решения заседания аккредитационной комиссии"


def act(sitting: Sitting, chair: Person, cases: Sequence[Case], by: rules.Terms) -> Act:
    """What the chair signs to close the sitting with these decisions; always Russian. cases: `on_agenda`.

    Where all of it is too much for one text, long remarks are told by their beginning and digest; where that is too
    much too, cases by their numbers, outcomes and votes alone.
    """
    with translation.override("ru"):
        found = [decision(case, by) for case in cases]
        for told in (_whole, _short, _brief):
            lines = tuple(map(signable.one_line, _lines(sitting, chair, found, by, told)))
            if sum(len(line.encode()) + 2 for line in lines) <= ROOM:
                break
    return Act(PURPOSE, sitting.key, TITLE, lines)


Told = Callable[[Decision], tuple[str, Sequence[str]]]  # whose case it is, and the remarks on it


def _whole(found: Decision) -> tuple[str, Sequence[str]]:
    return f", {found.applicant}, {found.specialty}", remarks(found)


def _short(found: Decision) -> tuple[str, Sequence[str]]:
    who, said = _whole(found)
    return who, [_cut(one) for one in said]


def _brief(_found: Decision) -> tuple[str, Sequence[str]]:
    return "", ()


def _cut(remark: str) -> str:
    if len(remark) <= SHORT:
        return remark
    return f"{remark[:SHORT]}… (SHA-256: {hashlib.sha256(remark.encode()).hexdigest()})"


def _lines(
    sitting: Sitting, chair: Person, found: Sequence[Decision], by: rules.Terms, told: Told
) -> Iterator[str]:
    kind = ", внеочередное" if sitting.kind == "unscheduled" else ""
    yield f"Комиссия: {sitting.commission.name}"
    yield f"Заседание: {sitting.on:%d.%m.%Y}{kind}"
    yield f"Кворум: не меньше {by.quorum_need} из {by.members}"
    yield f"Дел: {len(found)}"
    for at, one in enumerate(found, 1):
        said = str(words.OUTCOMES[one.outcome]).lower()
        votes = "" if one.outcome == "postponed" else f", за {one.for_}, против {one.against}"
        who, said_of_it = told(one)
        yield f"{at}. № {one.number}{who}: {said}{votes}"
        for remark in said_of_it:
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
