"""How an application may move, which steps it has and what is still missing in them."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where an application stands (709н; names are the product's)."""

    DRAFT = "DRAFT"
    REPORT_ON_APPROVAL = "REPORT_ON_APPROVAL"
    REPORT_APPROVED = "REPORT_APPROVED"
    REPORT_REFUSED = "REPORT_REFUSED"
    SUBMITTED = "SUBMITTED"
    REGISTERED = "REGISTERED"
    CENTER_REVIEW = "CENTER_REVIEW"
    CLARIFICATION = "CLARIFICATION"
    INTAKE_REFUSED = "INTAKE_REFUSED"
    AT_COMMISSION = "AT_COMMISSION"
    PASSED = "PASSED"
    NOT_PASSED = "NOT_PASSED"
    PROTOCOL_PUBLISHED = "PROTOCOL_PUBLISHED"
    APPEAL = "APPEAL"
    REVIEW_REQUEST = "REVIEW_REQUEST"
    UPHELD = "UPHELD"
    OVERTURNED = "OVERTURNED"
    RECORDED = "RECORDED"
    WITHDRAWN = "WITHDRAWN"


S = State
TRANSITIONS: Mapping[State, frozenset[State]] = {
    S.DRAFT: frozenset({S.REPORT_ON_APPROVAL, S.SUBMITTED, S.WITHDRAWN}),
    S.REPORT_ON_APPROVAL: frozenset({S.REPORT_APPROVED, S.REPORT_REFUSED, S.WITHDRAWN}),
    S.REPORT_APPROVED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    S.REPORT_REFUSED: frozenset({S.SUBMITTED, S.WITHDRAWN}),
    # returned before it has a number: the signature under it turned out to be no good
    S.SUBMITTED: frozenset({S.REGISTERED, S.INTAKE_REFUSED, S.WITHDRAWN}),
    S.REGISTERED: frozenset({S.CENTER_REVIEW, S.WITHDRAWN}),
    S.CENTER_REVIEW: frozenset({S.CLARIFICATION, S.INTAKE_REFUSED, S.AT_COMMISSION, S.WITHDRAWN}),
    S.CLARIFICATION: frozenset({S.CENTER_REVIEW, S.WITHDRAWN}),
    S.INTAKE_REFUSED: frozenset(),
    S.AT_COMMISSION: frozenset({S.PASSED, S.NOT_PASSED}),
    S.PASSED: frozenset({S.PROTOCOL_PUBLISHED}),
    S.NOT_PASSED: frozenset({S.PROTOCOL_PUBLISHED}),
    S.PROTOCOL_PUBLISHED: frozenset({S.RECORDED, S.APPEAL, S.REVIEW_REQUEST}),
    S.APPEAL: frozenset({S.UPHELD, S.OVERTURNED}),
    S.REVIEW_REQUEST: frozenset({S.UPHELD, S.OVERTURNED}),
    S.UPHELD: frozenset(),
    S.OVERTURNED: frozenset({S.PASSED}),
    S.RECORDED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
EDITABLE = frozenset({S.DRAFT})
OVER = frozenset({S.INTAKE_REFUSED, S.RECORDED, S.WITHDRAWN, S.UPHELD})
OUTCOMES = {S.PASSED: "passed", S.NOT_PASSED: "not_passed"}


@dataclass(frozen=True)
class Refusal:
    """Why something may not be done: a stable code and the facts for its words."""

    code: str
    detail: dict[str, object] = field(default_factory=dict)


class NotAllowed(Exception):
    """The rules refuse: nothing was changed. `refusal` says why by its code."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def may_move(state: str, to: str) -> Refusal | None:
    """Whether the state machine has this turn. Codes: `already_there`, `wrong_state`."""
    if state == to:
        return Refusal("already_there", {"state": state})
    if State(to) not in TRANSITIONS[State(state)]:
        return Refusal("wrong_state", {"state": state, "to": to})
    return None


def outcome_after(state: str, outcome: str) -> str:
    """The commission's outcome once the application stands in the state."""
    return OUTCOMES.get(State(state), outcome)


def is_active(state: str, outcome: str) -> bool:
    """Whether it is still on its way, so that a second one for the specialty may not begin.

    A published «not passed» is over: a new application may follow at once.
    """
    if State(state) == S.PROTOCOL_PUBLISHED:
        return outcome != "not_passed"
    return State(state) not in OVER


def may_edit(state: str) -> Refusal | None:
    """Answers and documents change in a draft only; afterwards the snapshot is judged. Code: `not_a_draft`."""
    return None if State(state) in EDITABLE else Refusal("not_a_draft", {"state": state})


def may_withdraw(state: str) -> Refusal | None:
    """Until the commission has it. Code: `too_late_to_withdraw`."""
    if S.WITHDRAWN in TRANSITIONS[State(state)]:
        return None
    return Refusal("too_late_to_withdraw", {"state": state})


def may_copy(state: str, outcome: str) -> Refusal | None:
    """A new draft from one that was refused, withdrawn or not passed. Code: `nothing_to_mend`."""
    if State(state) in {S.INTAKE_REFUSED, S.WITHDRAWN}:
        return None
    if State(state) == S.PROTOCOL_PUBLISHED and outcome == "not_passed":
        return None
    return Refusal("nothing_to_mend", {"state": state})


AGREEMENTS = ("agreed", "refused", "not_working")
REPORT_DOCUMENTS: Mapping[str, tuple[str, ...]] = {
    "agreed": ("activity_report", "employer_agreement"),
    "refused": ("activity_report", "reasoned_refusal"),
    "not_working": ("activity_report",),
}
OTHER_DOCUMENTS = (
    "training_certificate",
    "employment_record",
    "diploma",
    "specialist_certificate",
    "name_change",
)

# in an answer: what was typed but does not hold yet (`{field: text}`), kept so that nothing is lost
UNFINISHED = "unfinished"

Answers = Mapping[str, Any]
Complete = Callable[[Answers, Collection[str]], "tuple[str, ...]"]


@dataclass(frozen=True)
class Step:
    """One step of the application as data.

    needs: steps to be done before. lacks(answers, document_kinds): codes of what is missing, () when complete.
    """

    key: str
    lacks: Complete
    needs: tuple[str, ...] = ()


def _contacts(answers: Answers, _kinds: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{name}_missing" for name in ("email", "phone") if not answers.get(name))


def _specialty(answers: Answers, _kinds: Collection[str]) -> tuple[str, ...]:
    return () if answers.get("specialty_key") else ("specialty_missing",)


def _report(answers: Answers, kinds: Collection[str]) -> tuple[str, ...]:
    agreement = answers.get("agreement")
    if agreement not in AGREEMENTS:
        return ("agreement_missing",)
    short = (
        ("refusal_reason_missing",) if agreement == "refused" and not answers.get("refusal_reason") else ()
    )
    return short + tuple(f"{kind}_missing" for kind in REPORT_DOCUMENTS[agreement] if kind not in kinds)


def _documents(answers: Answers, _kinds: Collection[str]) -> tuple[str, ...]:
    return () if answers.get("looked_through") else ("documents_not_looked_through",)


def _consent(answers: Answers, _kinds: Collection[str]) -> tuple[str, ...]:
    return () if answers.get("given") and answers.get("version") else ("consent_missing",)


STEPS: tuple[Step, ...] = (
    Step("contacts", _contacts),
    Step("specialty", _specialty),
    Step("report", _report, ("specialty",)),
    Step("documents", _documents, ("specialty",)),
    Step("consent", _consent),
)
STEP_KEYS = tuple(step.key for step in STEPS)


@dataclass(frozen=True)
class Missing:
    """What a step lacks: `code` says what."""

    step: str
    code: str


def missing(data: Mapping[str, Any], kinds: Collection[str]) -> tuple[Missing, ...]:
    """Everything an application lacks before it may be submitted, in order of steps.

    data: answers by step key. kinds: kinds of the documents that are there.
    """
    found = []
    for step in STEPS:
        answers = data.get(step.key) or {}
        codes = (*(f"{name}_unfinished" for name in answers.get(UNFINISHED, ())), *step.lacks(answers, kinds))
        found += [Missing(step.key, code) for code in codes]
    return tuple(found)


def may_submit(state: str, data: Mapping[str, Any], kinds: Collection[str]) -> Refusal | None:
    """Whether a draft is whole. Codes: `not_a_draft`, `incomplete` (detail: step, codes)."""
    if refusal := may_edit(state):
        return refusal
    lacks = missing(data, kinds)
    if lacks:
        codes = [one.code for one in lacks]
        return Refusal("incomplete", {"step": lacks[0].step, "codes": codes})
    return None


SIMPLE, OFFERED, REQUIRED = (
    "simple",
    "offered",
    "required",
)  # how an act is signed; words of the norms `sign_…`


@dataclass(frozen=True)
class Brought:
    """An electronic signature that came with an act.

    code: its verdict, "good" or why not. snils: of its certificate's owner, "" if there is none. same: what was
    signed is what the act is about now.
    """

    code: str
    snils: str
    same: bool
    why: str = ""


SIGNATURE_ACT = "Федеральный закон от 06.04.2011 № 63-ФЗ «Об электронной подписи», ст. 11"
OF_SIGNATURES = frozenset({"content_changed", "someone_elses", "signature_refused", "challenge_used"})


def wrong_signature(
    manner: str, brought: Brought | None, snils: str, *, may_wait: bool = False
) -> Refusal | None:
    """Why an act is not done so. snils: of who acts. may_wait: nobody could say yet whether the certificate is revoked
    is no hindrance, because that is asked again before anything follows from the act.

    Codes: `signature_required`, `content_changed`, `someone_elses`, `signature_refused` (detail: code, why).
    """
    if brought is None:
        return Refusal("signature_required") if manner == REQUIRED else None
    if not brought.same:
        return Refusal("content_changed")
    if brought.code != "good" and not (may_wait and brought.code == "revocation_unknown"):
        return Refusal("signature_refused", {"code": brought.code, "why": brought.why})
    if not brought.snils or brought.snils != snils:
        return Refusal("someone_elses")
    return None


# what a step may take from the certificate she signed in by: field of the step → field of the certificate
FROM_CERTIFICATE: Mapping[str, Mapping[str, str]] = {
    "contacts": {"email": "email"},
    "report": {"organisation": "organisation", "position": "title"},
}


def from_certificate(step: str, answers: Answers, told: Mapping[str, str]) -> dict[str, str]:
    """Fields of a step that may begin with what her certificate says: those she has not filled in.

    A step she has saved already keeps its optional fields as she left them. told: fields of the certificate.
    """
    fields = FROM_CERTIFICATE.get(step, {})
    typed = {**answers, **(answers.get(UNFINISHED) or {})}
    if step != "contacts" and typed:  # contacts begin with what the portal told of them
        return {}
    return {name: told[of] for name, of in fields.items() if told.get(of) and not typed.get(name)}


def stamp(answers: Answers) -> str:
    """A short mark of a step's answers; a form carries it to tell whether they changed under it."""
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def may_save(state: str, kept: Answers, seen: str) -> Refusal | None:
    """Whether a step may be written over. seen: stamp of what its form showed, "" if it does not say.

    Codes: `not_a_draft`, `changed_elsewhere` (another tab or device wrote in between).
    """
    if refusal := may_edit(state):
        return refusal
    if seen and seen != stamp(kept):
        return Refusal("changed_elsewhere", {"seen": stamp(kept)})
    return None


def step_of_mark(place: str) -> str:
    """The step where a fault found by the centre can be mended; "" when it is not in the application."""
    if place in STEP_KEYS:
        return place
    if any(place in kinds for kinds in REPORT_DOCUMENTS.values()):
        return "report"
    return "documents" if place in OTHER_DOCUMENTS else ""


def next_try(since: datetime, now: datetime, first: timedelta, longest: timedelta) -> datetime:
    """When to ask a silent register or authority again: after as long as it has been silent, so that the pauses double.

    first, longest: the shortest and the longest pause.
    """
    return now + min(max(now - since, first), longest)
