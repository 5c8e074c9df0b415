"""The protocol of a closed sitting: PDF/A-2a and PDF/UA-1 by typst, as the certificate's paper is.

The same sitting gives the same bytes: all in it was frozen when the chair closed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from dopusk.web.paper import day, draw

PLACES: Final = {"chair": "Председатель", "secretary": "Ответственный секретарь", "member": "Член комиссии"}
OUTCOMES: Final = {"passed": "Пройдена", "not_passed": "Не пройдена", "postponed": "Отложено"}


@dataclass(frozen=True)
class Member:
    """Who sits in the commission and whether she took part."""

    name: str
    place: str
    present: bool


@dataclass(frozen=True)
class Dissent:
    """A vote against, with its reasons in words, and the member's own words."""

    name: str
    reasons: tuple[str, ...]
    words: str = ""


@dataclass(frozen=True)
class Decision:
    """A case: what was decided and by how many votes. recused: names of those who did not judge."""

    number: str
    applicant: str
    specialty: str
    outcome: str
    for_: int
    against: int
    recused: tuple[str, ...] = ()
    by_chair: bool = False
    dissents: tuple[Dissent, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Protocol:
    """All that stands in the protocol. on: day of the sitting; signed_on: its own, which a term begins with;
    closed_at: aware; signed: of the chair's own electronic signature; sandbox: prints what it is."""

    number: str
    commission: str
    on: date
    signed_on: date
    unscheduled: bool
    closed_at: datetime
    quorum: int
    members: tuple[Member, ...]
    decisions: tuple[Decision, ...]
    signed: str = ""
    sandbox: bool = True


def render(protocol: Protocol) -> bytes:
    """The PDF, not yet sealed."""
    return draw(Path(__file__).with_name("protocol.typ"), _words(protocol), protocol.closed_at)


def _words(protocol: Protocol) -> dict[str, object]:
    """Everything the template prints, as it prints it."""
    present = sum(member.present for member in protocol.members)
    kind = "внеочередного заседания" if protocol.unscheduled else "заседания"
    return {
        "title": f"Протокол № {protocol.number} от {day(protocol.signed_on)}",
        "heading": f"Протокол № {protocol.number} от {day(protocol.signed_on)}",
        "lead": f"{kind} от {day(protocol.on)}",
        "commission": protocol.commission,
        "ribbon": "Учебный стенд" if protocol.sandbox else None,
        "footer": "Учебный стенд. Все сведения вымышлены, это не государственный документ."
        if protocol.sandbox
        else "Подписано электронной печатью.",
        "quorum": f"Участвуют {present} из {len(protocol.members)}. Кворум: не меньше {protocol.quorum}.",
        "members": [
            [member.name, PLACES[member.place], "участвует" if member.present else "не участвует"]
            for member in protocol.members
        ],
        "decisions": [_row(at, decision) for at, decision in enumerate(protocol.decisions, 1)],
        "signed": protocol.signed or None,
        "remarks": [[one.number, remark] for one in protocol.decisions for remark in remarks(one)],
    }


def _row(at: int, decision: Decision) -> list[str]:
    votes = "—" if decision.outcome == "postponed" else f"{decision.for_} / {decision.against}"
    return [
        str(at),
        decision.number,
        decision.applicant,
        decision.specialty,
        votes,
        OUTCOMES[decision.outcome],
    ]


def remarks(decision: Decision) -> list[str]:
    """Recusals, the chair's deciding vote, dissents, the postponement of a case."""
    found = [f"Отвод — {name}" for name in decision.recused]
    if decision.by_chair:
        found.append("Голоса разделились поровну, решил голос председателя.")
    for dissent in decision.dissents:
        own = f" Особое мнение: {dissent.words}" if dissent.words else ""
        found.append(f"Против — {dissent.name}: {'; '.join(dissent.reasons).lower()}.{own}")
    if decision.outcome == "postponed":
        found.append(f"Рассмотрение отложено. {decision.words}".strip())
    return found
