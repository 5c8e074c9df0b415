"""What a person should do now: one thing, chosen by what stands and what runs out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dopusk.kernel import dates


@dataclass(frozen=True)
class Standing:
    """An application as the first page needs it. state: of the state machine; active: on its way."""

    key: str
    state: str
    specialty: str
    active: bool
    outcome: str
    due_on: date | None = None


@dataclass(frozen=True)
class Term:
    """An accreditation held and the days between which it holds."""

    specialty: str
    name: str
    begins: date
    ends: date


@dataclass(frozen=True)
class Advice:
    """The one thing. code: `mend`, `refused`, `finish`, `wait`, `passed`, `apply_now`, `apply_late`,
    `nothing`, `begin`, `register_down`, `not_in_frmr`."""

    code: str
    application: str = ""
    specialty: str = ""
    name: str = ""
    day: date | None = None


def advise(
    applications: Sequence[Standing], terms: Sequence[Term] | None, today: date, window_months: int
) -> Advice:
    """applications: newest first. terms None: the register does not answer. window_months: of applying."""
    active = [one for one in applications if one.active]
    newest = {one.specialty: one for one in reversed(applications)}
    for one in active:
        if one.state == "DRAFT":
            return Advice("finish", application=one.key, specialty=one.specialty)
    for one in newest.values():
        if one.state == "INTAKE_REFUSED":
            return Advice("mend", application=one.key, specialty=one.specialty)
        if _refused(one):
            return Advice("refused", application=one.key, specialty=one.specialty)
    under_way = {one.specialty for one in active}
    if terms is not None:
        last = _last(terms)
        free = [term for term in last if term.specialty not in under_way]
        soonest = min(free, key=lambda term: term.ends, default=None)
        if soonest and dates.add_months(soonest.ends, -window_months) <= today:
            code = "apply_late" if soonest.ends < today else "apply_now"
            return Advice(code, specialty=soonest.specialty, name=soonest.name, day=soonest.ends)
    undecided = [one for one in active if one.outcome != "passed"]
    if undecided:
        first = undecided[0]
        return Advice("wait", application=first.key, specialty=first.specialty, day=first.due_on)
    if active:
        return Advice("passed", application=active[0].key, specialty=active[0].specialty)
    if terms is None:
        return Advice("register_down")
    if not terms:
        return Advice("begin")
    soonest = min(_last(terms), key=lambda term: term.ends)
    opens = dates.add_months(soonest.ends, -window_months)
    return Advice("nothing", specialty=soonest.specialty, name=soonest.name, day=opens)


def _refused(one: Standing) -> bool:
    """The commission said no, and nothing newer stands for the specialty."""
    return one.state in {"NOT_PASSED", "UPHELD"} or (
        one.state == "PROTOCOL_PUBLISHED" and one.outcome == "not_passed"
    )


def _last(terms: Sequence[Term]) -> list[Term]:
    """The latest accreditation of each specialty."""
    last: dict[str, Term] = {}
    for term in terms:
        if term.specialty not in last or term.ends > last[term.specialty].ends:
            last[term.specialty] = term
    return list(last.values())
