"""What is compared, what follows from it, who may decide: identity proofing without a clock or a database."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from dopusk.kernel import dates, passport

TRIES: Final = 5  # attempts answered by naming the field
WINDOW: Final = timedelta(hours=6)  # in which they are counted, for an account and for a СНИЛС
QUESTIONS_FAILED_FOR: Final = timedelta(days=30)  # wrong answers leave only the operator for so long
QUESTION_SETS: Final = 2  # how often the questions may be opened: the second time for a page that was lost
WITHDRAWN_FOR: Final = timedelta(days=5 * 365)  # a withdrawal follows the number into another account
HOLD: Final = timedelta(hours=1)  # a reviewer keeps a case for herself
REQUEST_LIVES: Final = timedelta(minutes=30)  # so long a service surely remembers that it asked for a sign-in
DRAFT_KEPT: Final = timedelta(days=30)
SHORT_SIDE, LONG_SIDE = 600, 800  # pixels; a smaller picture of a passport is for an operator's eyes
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
OLDEST: Final = 120  # years


class State(StrEnum):
    """Where a living attempt stands."""

    ASKING = "asking"  # the registers are being asked in her own request
    WAITING = "waiting"  # a register did not answer; the worker asks on
    QUESTIONS = "questions"  # the registers agree; the control questions are hers to answer
    REVIEW = "review"  # an operator decides


class Doubt(StrEnum):
    """Why an operator has to look."""

    ATTEMPTS_SPENT = "attempts_spent"
    QUESTIONS_FAILED = "questions_failed"
    QUESTIONS_UNANSWERED = "questions_unanswered"
    NOT_ENOUGH_DATA = "not_enough_data"
    SCAN_SMALL = "scan_small"
    WITHDRAWN_BEFORE = "withdrawn_before"
    OWN_WISH = "own_wish"
    HELD_ELSEWHERE = "held_elsewhere"


class ReviewCode(StrEnum):
    """Why an operator refuses."""

    SCAN_UNREADABLE = "scan_unreadable"
    SCAN_NOT_PASSPORT = "scan_not_passport"
    SCAN_MISMATCH = "scan_mismatch"
    FACE_PAGE_MISSING = "face_page_missing"
    DATA_MISMATCH = "data_mismatch"
    SUSPECTED_FRAUD = "suspected_fraud"


class StandingCode(StrEnum):
    """Why a confirmation is suspended or withdrawn."""

    SUSPECTED_FRAUD = "suspected_fraud"
    DOCUMENT_INVALID = "document_invalid"
    DATA_ERROR = "data_error"
    OWNER_REQUEST = "owner_request"
    COURT_DECISION = "court_decision"


@dataclass(frozen=True)
class Typed:
    """What she says of herself, in normal spelling. inn: may be empty; dates as dates."""

    last_name: str
    first_name: str
    patronymic: str
    gender: str
    birth_date: date
    snils: str
    series: str
    number: str
    issued: date
    issuer: str
    issuer_code: str
    inn: str = ""

    def kept(self) -> dict[str, str]:
        """As JSON takes it."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def read(cls, kept: Mapping[str, str]) -> "Typed":
        """Back from `kept`."""
        values: dict[str, Any] = {field.name: kept[field.name] for field in fields(cls)}
        for name in ("birth_date", "issued"):
            values[name] = date.fromisoformat(values[name])
        return cls(**values)

    def document(self) -> dict[str, str]:
        """The claim `identity_document`."""
        return {
            "type": "RF_PASSPORT",
            "series": self.series,
            "number": self.number,
            "issue_date": self.issued.isoformat(),
            "issuer": self.issuer,
            "issuer_code": self.issuer_code,
        }


def reason_to_tell(doubts: Sequence[str]) -> str:
    """Why an operator looks, as far as it is hers to hear: what she chose, what the register lacks; else empty."""
    return next((code for code in (Doubt.OWN_WISH, Doubt.NOT_ENOUGH_DATA) if code in doubts), "")


def birth_fault(birth: date, today: date) -> str | None:
    """Why a birth date cannot be: `birth_date_impossible`, `age_under_14` (no passport before), or None."""
    if birth > today or dates.full_years(birth, today) > OLDEST:
        return "birth_date_impossible"
    return "age_under_14" if dates.full_years(birth, today) < passport.FIRST_AT else None


def passport_fault(birth: date, issued: date, today: date) -> str | None:
    """Why a passport issued on that day is none today, or None.

    `passport_issued_in_future`, `passport_issued_too_early`, `passport_overdue` (20 or 45 years of age are past).
    """
    if fault := passport.issue_fault(birth, issued, today):
        return fault
    last = passport.replace_by(birth, issued)
    return "passport_overdue" if last and last < today else None


@dataclass(frozen=True)
class SnilsAnswer:
    """found: is there such a number; differs: fields of `Typed` that are not its holder's."""

    found: bool
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class PassportAnswer:
    """status: valid, invalid or not_found; differs: fields of `Typed` that are not as printed."""

    status: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """What the registers said; None where one did not answer."""

    snils: SnilsAnswer | None = None
    passport: PassportAnswer | None = None

    @property
    def silent(self) -> tuple[str, ...]:
        """Keys of the registers that did not answer."""
        return tuple(
            key for key, said in (("snils", self.snils), ("passports", self.passport)) if said is None
        )

    def kept(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "snils": asdict(self.snils) if self.snils else None,
            "passport": asdict(self.passport) if self.passport else None,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any] | None) -> "Answers":
        """Back from `kept`."""
        said, paper = (kept or {}).get("snils"), (kept or {}).get("passport")
        return cls(
            SnilsAnswer(said["found"], tuple(said["differs"])) if said else None,
            PassportAnswer(paper["status"], tuple(paper["differs"])) if paper else None,
        )


LOOKS_AN_HOUR: Final = 60  # at confirmations, of one operator, found or not


@dataclass(frozen=True)
class Refusal:
    """Why not. code: stable; fields: of `Typed`, those that do not agree."""

    code: str
    fields: tuple[str, ...] = ()


def disagreement(answers: Answers) -> Refusal | None:
    """What the answers there are refuse, or None; silence refuses nothing and proves nothing.

    `snils_not_found`, `snils_mismatch`, `passport_not_found`, `passport_invalid`, `passport_mismatch`.
    """
    said, paper = answers.snils, answers.passport
    if said and not said.found:
        return Refusal("snils_not_found", ("snils",))
    if said and said.differs:
        return Refusal("snils_mismatch", said.differs)
    if paper and paper.status != "valid":
        code = "passport_not_found" if paper.status == "not_found" else "passport_invalid"
        return Refusal(code, ("passport",))
    if paper and paper.differs:
        return Refusal("passport_mismatch", paper.differs)
    return None


def origin_of(address: str) -> str:
    """`https://host:port` of an absolute web address; an empty text for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    plain = address.isascii() and address.isprintable() and " " not in address and "\\" not in address
    known = parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if plain and known else ""


def spent(of_account: int, of_snils: int) -> bool:
    """Whether the named attempts of the window are used up: further ones only an operator sees."""
    return max(of_account, of_snils) >= TRIES


def pause(tries: int, jitter: float) -> timedelta:
    """How long the worker leaves a silent register alone after so many tries. jitter: 0…1."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(max(tries - 1, 0), 10)
    return min(doubled, LONGEST_PAUSE) * (0.75 + jitter / 4)


def scan_doubt(width: int, height: int) -> Doubt | None:
    """Whether a picture of this size in pixels needs a person's eyes."""
    too_small = min(width, height) < SHORT_SIDE or max(width, height) < LONG_SIDE
    return Doubt.SCAN_SMALL if too_small else None


@dataclass(frozen=True)
class Beginner:
    """Who wants to begin. known_snils: the one her account has already, or empty."""

    level: str
    under_way: bool
    suspended: bool
    known_snils: str = ""


def may_begin(who: Beginner, snils: str = "") -> Refusal | None:
    """`already_confirmed`, `suspended` (an appeal is the way), `under_way`, `snils_fixed`, or None."""
    if who.level == "confirmed":
        return Refusal("already_confirmed")
    if who.suspended:
        return Refusal("suspended")
    if who.under_way:
        return Refusal("under_way")
    if snils and who.known_snils and snils != who.known_snils:
        return Refusal("snils_fixed", ("snils",))
    return None


@dataclass(frozen=True)
class Desk:
    """A case as the desk sees it; keys of people as text. holder: empty when nobody has it."""

    owner: str
    holder: str
    taken_at: datetime | None
    answers: Answers


def may_take(desk: Desk, operator: str, now: datetime) -> Refusal | None:
    """`own_attempt`, `taken_by_other` (within the hour), or None."""
    if operator == desk.owner:
        return Refusal("own_attempt")
    held = desk.holder and desk.holder != operator and desk.taken_at is not None
    return Refusal("taken_by_other") if held and desk.taken_at and now - desk.taken_at < HOLD else None


def may_decide(desk: Desk, operator: str) -> Refusal | None:
    """`own_attempt`, `not_taken`, or None: only who holds the case decides it."""
    if operator == desk.owner:
        return Refusal("own_attempt")
    return None if desk.holder == operator else Refusal("not_taken")


def may_approve(desk: Desk, operator: str) -> Refusal | None:
    """As may_decide, and `registers_disagree`, `registers_silent`: an operator's eyes overrule no register."""
    if refusal := may_decide(desk, operator):
        return refusal
    if disagreement(desk.answers):
        return Refusal("registers_disagree")
    return Refusal("registers_silent") if desk.answers.silent else None


@dataclass(frozen=True)
class Standing:
    """A confirmation as it stands. kind: "" (nothing against it), "suspended" or "withdrawn"."""

    level: str
    kind: str
    owner: str = ""


def may_suspend(standing: Standing, operator: str) -> Refusal | None:
    """`own_account`, `not_confirmed`, or None."""
    if operator == standing.owner:
        return Refusal("own_account")
    return None if standing.level == "confirmed" else Refusal("not_confirmed")


def may_withdraw(standing: Standing, operator: str) -> Refusal | None:
    """As may_suspend; a suspended confirmation can be withdrawn too."""
    if operator == standing.owner:
        return Refusal("own_account")
    return None if standing.level == "confirmed" or standing.kind == "suspended" else Refusal("not_confirmed")


def may_restore(standing: Standing, operator: str) -> Refusal | None:
    """`own_account`, `not_suspended` (a withdrawn one comes back by an appeal or a new proofing), or None."""
    if operator == standing.owner:
        return Refusal("own_account")
    return None if standing.kind == "suspended" else Refusal("not_suspended")


def may_judge_appeal(decided_by: str, owner: str, operator: str, *, judged: bool) -> Refusal | None:
    """`already_judged`, `own_account`, `own_decision` (another operator looks at it), or None."""
    if judged:
        return Refusal("already_judged")
    if operator == owner:
        return Refusal("own_account")
    return Refusal("own_decision") if operator == decided_by else None
