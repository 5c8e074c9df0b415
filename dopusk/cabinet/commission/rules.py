"""Judging at the commission: who may vote and how, when there is a quorum, what the votes decide.

Numbers come from the dated norms `quorum_fraction`, `majority_fraction`, `tie_break`, `commission_review_wd`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from dopusk.cabinet.applications.rules import Refusal
from dopusk.kernel import workdays
from dopusk.kernel.norms import Norms


class Choice(StrEnum):
    """A member's vote."""

    FOR = "for"
    AGAINST = "against"
    RECUSE = "recuse"


class Place(StrEnum):
    """A member's place at the table."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class Outcome(StrEnum):
    """What a sitting decided about a case."""

    PASSED = "passed"
    NOT_PASSED = "not_passed"
    POSTPONED = "postponed"


# Why a member is against (domain §7) and why one does not judge (domain §3, `recusal`).
AGAINST = (
    "hours_short",
    "dpp_hours_short",
    "training_off_specialty",
    "experience_short",
    "career_break",
    "position_not_in_nomenclature",
    "residency_missing",
)
RECUSALS = ("own_case", "own_employee", "own_student", "relative", "other_conflict")


@dataclass(frozen=True)
class Ballot:
    """One cast vote."""

    seat: str
    choice: Choice
    chair: bool = False


@dataclass(frozen=True)
class Terms:
    """How this commission decides: its active members and the norms of the day."""

    members: int
    quorum: Fraction
    majority: Fraction
    tie_break: str

    @property
    def quorum_need(self) -> int:
        """The fewest votes that are more than the quorum's part of the members."""
        return int(self.quorum * self.members) + 1


@dataclass(frozen=True)
class Tally:
    """Counted votes of a case."""

    for_: int
    against: int
    recused: int

    @property
    def cast(self) -> int:
        """Votes that judge; a recusal does not."""
        return self.for_ + self.against


@dataclass(frozen=True)
class Verdict:
    """What the votes so far decide. code: passed, not_passed, or why not yet: no_quorum, tie_without_chair."""

    code: str
    tally: Tally
    need: int
    by_chair: bool = False

    @property
    def outcome(self) -> Outcome | None:
        """The decision, or None while there is none."""
        return Outcome(self.code) if self.code in {Outcome.PASSED, Outcome.NOT_PASSED} else None


def terms(members: int, norms: Norms) -> Terms:
    """The terms of a day."""
    return Terms(
        members,
        Fraction(norms.value("quorum_fraction")),
        Fraction(norms.value("majority_fraction")),
        norms.word("tie_break"),
    )


def tally(ballots: Iterable[Ballot]) -> Tally:
    """Count the votes."""
    choices = [ballot.choice for ballot in ballots]
    return Tally(choices.count(Choice.FOR), choices.count(Choice.AGAINST), choices.count(Choice.RECUSE))


def decide(ballots: Sequence[Ballot], by: Terms) -> Verdict:
    """What the votes decide. The recused are not part of the quorum; the chair's vote breaks a tie."""
    counted = tally(ballots)
    if counted.cast < by.quorum_need:
        return Verdict("no_quorum", counted, by.quorum_need)
    if counted.for_ == counted.against:
        chair = next((b.choice for b in ballots if b.chair and b.choice != Choice.RECUSE), None)
        if by.tie_break != "chair" or chair is None:
            return Verdict("tie_without_chair", counted, by.quorum_need)
        code = Outcome.PASSED if chair == Choice.FOR else Outcome.NOT_PASSED
        return Verdict(code, counted, by.quorum_need, by_chair=True)
    passed = counted.for_ > by.majority * counted.cast
    return Verdict(Outcome.PASSED if passed else Outcome.NOT_PASSED, counted, by.quorum_need)


@dataclass(frozen=True)
class Question:
    """A case at the moment a member wants to vote on it."""

    sitting_open: bool
    sitting_on: date
    decided: bool
    own_case: bool
    voted: bool


def may_vote(
    question: Question, choice: Choice, reasons: Sequence[str], words: str, today: date
) -> Refusal | None:
    """May this vote be cast. A vote once cast is final."""
    if not question.sitting_open:
        return Refusal("sitting_closed")
    if question.sitting_on > today:
        return Refusal("sitting_not_yet", {"on": question.sitting_on})
    if question.voted:
        return Refusal("already_voted")
    if question.decided:
        return Refusal("case_postponed")
    if question.own_case and choice != Choice.RECUSE:
        return Refusal("own_case")
    return wrong_reasons(choice, reasons, words)


def wrong_reasons(choice: Choice, reasons: Sequence[str], words: str) -> Refusal | None:
    """Reasons are a must against and in a recusal, and mean nothing in a vote for."""
    allowed = {Choice.FOR: (), Choice.AGAINST: AGAINST, Choice.RECUSE: RECUSALS}[choice]
    if stray := [reason for reason in reasons if reason not in allowed]:
        return Refusal("reason_unfit", {"reason": stray[0], "choice": choice.value})
    if choice != Choice.FOR and not reasons:
        return Refusal("reason_missing", {"choice": choice.value})
    if "other_conflict" in reasons and not words.strip():
        return Refusal("words_missing", {"choice": choice.value})
    return None


@dataclass(frozen=True)
class Item:
    """A case on the agenda when the chair closes: already postponed, or with the verdict of its votes."""

    number: str
    postponed: bool
    verdict: Verdict


def may_close(
    *, open_: bool, on: date, place: Place | None, items: Sequence[Item], today: date
) -> Refusal | None:
    """May the sitting be closed: by the chair, on its day, with every case decided or postponed."""
    if not open_:
        return Refusal("sitting_closed")
    if place != Place.CHAIR:
        return Refusal("chair_only")
    if on > today:
        return Refusal("sitting_not_yet", {"on": on})
    if not items:
        return Refusal("agenda_empty")
    undecided = [item.number for item in items if not item.postponed and item.verdict.outcome is None]
    if undecided:
        return Refusal("cases_undecided", {"numbers": undecided})
    return None


@dataclass(frozen=True)
class Slot:
    """A sitting a case could be put into."""

    key: str
    on: date
    open_: bool


def choose_sitting(slots: Iterable[Slot], today: date) -> Slot | None:
    """The nearest open sitting from today on."""
    return min((s for s in slots if s.open_ and s.on >= today), key=lambda s: (s.on, s.key), default=None)


def due_on(passed_on: date, norms: Norms) -> date:
    """The last day of the commission's review, counted from the day the centre passed the case on."""
    return workdays.add(passed_on, norms.whole("commission_review_wd"))


def publish_by(sitting: date, norms: Norms) -> date:
    """The last day of the protocol's publication."""
    return workdays.add(sitting, norms.whole("protocol_publication_wd"))


def protocol_number(year: int, serial: int) -> str:
    """«2026-0012»: the twelfth protocol of a commission's year."""
    return f"{year}-{serial:04d}"
