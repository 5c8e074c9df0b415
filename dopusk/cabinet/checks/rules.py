"""The checks: one small function a rule, over facts and a day; never a clock, a database or the network.

A source that did not answer makes `unknown`, never `passed`. Every answer carries its evidence (figures and,
for trainings, document by document), the act it stands on, and, when it failed, what to do and who does it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

from dopusk.cabinet.applications import rules as applications
from dopusk.cabinet.checks import hours
from dopusk.cabinet.registries.base import (
    Card,
    Dictionaries,
    Identity,
    Record,
    SnilsAnswer,
    Specialty,
)
from dopusk.kernel import dates, names
from dopusk.kernel.invalid import Invalid
from dopusk.kernel.norms import Norm, Norms

Value = TypeVar("Value")

PASSED, FAILED, UNKNOWN = "passed", "failed", "unknown"


@dataclass(frozen=True)
class Down:
    """In place of an answer: which register is silent and since when."""

    register: str
    since: datetime


@dataclass(frozen=True)
class Facts:
    """All that is known about an application. record None: ФРМР does not know her.

    `Down` in any place: that register did not answer. The passport is not asked about here: the portal checked
    it when it confirmed the account.
    """

    identity: Identity
    specialty: str
    snils: SnilsAnswer | Down
    record: Record | Down | None
    dictionaries: Dictionaries | Down


@dataclass(frozen=True)
class Outcome:
    """One rule's answer; register and since only with `unknown`."""

    rule: str
    outcome: str
    evidence: dict[str, Any] = field(default_factory=dict)
    norm: str = ""
    remedy: str = ""
    fixer: str = ""
    register: str = ""
    since: datetime | None = None


class _Silent(Exception):
    """A needed register gave no answer: the rule's outcome is unknown."""

    def __init__(self, down: Down) -> None:
        super().__init__(down.register)
        self.down = down


class _NotInFrmr(Exception):
    """ФРМР does not know the person: a rule over her records cannot pass."""


def _known(value: Value | Down) -> Value:
    if isinstance(value, Down):
        raise _Silent(value)
    return value


def _record(facts: Facts) -> Record:
    record = _known(facts.record)
    if record is None:
        raise _NotInFrmr
    return record


def _specialty(facts: Facts, day: date) -> Specialty | None:
    found = _known(facts.dictionaries).specialties.get(facts.specialty)
    return found if found and found.holds(day) else None


def _passed(code: str, **evidence: Any) -> Outcome:
    return Outcome("", PASSED, {"code": code, **evidence})


def _failed(code: str, remedy: str, fixer: str, **evidence: Any) -> Outcome:
    return Outcome("", FAILED, {"code": code, **evidence}, remedy=remedy, fixer=fixer)


def snils_agrees(facts: Facts, day: date, norms: Norms) -> Outcome:
    """The СНИЛС exists and its holder is the person the portal names."""
    answer = _known(facts.snils)
    if not answer.found:
        return _failed("snils_not_found", "correct_at_portal", "portal")
    if answer.differs:
        return _failed("snils_differs", "correct_at_portal", "portal", fields=list(answer.differs))
    return _passed("snils_agrees")


def identity_in_frmr(facts: Facts, day: date, norms: Norms) -> Outcome:
    """ФРМР knows her under the same name and birth date."""
    worker, told = _record(facts).worker, facts.identity
    differs = [
        name
        for name in ("last_name", "first_name", "patronymic")
        if not names.same(getattr(worker, name), getattr(told, name))
    ]
    if worker.birth_date != told.birth_date:
        differs.append("birth_date")
    if differs:
        return _failed("frmr_differs", "employer_corrects_frmr", "employer", fields=differs)
    return _passed("frmr_agrees")


def not_struck_off(facts: Facts, day: date, norms: Norms) -> Outcome:
    """ФРМР marks neither a death nor an excluded accreditation of this specialty."""
    record = _record(facts)
    if record.worker.death_date is not None:
        return _failed("marked_dead", "ask_center", "center")
    held = [one for one in record.accreditations if one.specialty == facts.specialty]
    last = max(held, key=lambda one: one.passed_on, default=None)
    if last is not None and last.excluded:
        return _failed("excluded", "ask_center", "center", number=last.registry_number)
    return _passed("not_struck_off")


def specialty_in_force(facts: Facts, day: date, norms: Norms) -> Outcome:
    """The specialty stands in the nomenclature on the day."""
    row = _known(facts.dictionaries).specialties.get(facts.specialty)
    if row is None:
        return _failed("specialty_unknown", "choose_specialty", "applicant")
    if day < row.valid_from:
        return _failed(
            "specialty_not_yet",
            "choose_specialty",
            "applicant",
            name=row.name,
            day=row.valid_from.isoformat(),
        )
    if row.valid_to is not None and row.valid_to < day:
        return _failed(
            "specialty_over", "choose_specialty", "applicant", name=row.name, day=row.valid_to.isoformat()
        )
    return replace(_passed("specialty_in_force", name=row.name), norm=row.order_no)


def education_fits(facts: Facts, day: date, norms: Norms) -> Outcome:
    """A diploma of the right level and specialty stands in ФРМР, and a residency where one is needed."""
    record, specialty = _record(facts), _specialty(facts, day)
    if specialty is None:
        return _failed("specialty_unknown", "choose_specialty", "applicant")
    levels = _known(facts.dictionaries).levels
    at_level = [
        one
        for one in record.education
        if one.issued <= day and one.level in levels and levels[one.level].level == specialty.level
    ]
    if not at_level:
        code = "level_mismatch" if record.education else "education_absent"
        return _failed(code, "confirm_education", "employer", level=specialty.level)
    wanted = set(specialty.requires_diploma)
    diplomas = [one for one in at_level if not one.postgraduate and (not wanted or one.specialty in wanted)]
    if not diplomas:
        return _failed("diploma_mismatch", "confirm_education", "employer", codes=sorted(wanted))
    residencies = [one for one in record.education if one.postgraduate and one.specialty == specialty.key]
    if specialty.kind == "residency" and not residencies:
        return _failed("residency_missing", "confirm_education", "employer", name=specialty.name)
    shown = [*diplomas[:1], *residencies[:1]]
    return _passed("education_fits", documents=[_diploma(one.institution, one.issued) for one in shown])


def _diploma(institution: str, issued: date) -> dict[str, Any]:
    return {"title": institution, "day": issued.isoformat(), "counted": True, "code": "counted"}


def total_hours(facts: Facts, day: date, norms: Norms) -> Outcome:
    """Hours of the reporting period that count, against the minimum."""
    counted = hours.count(_record(facts), facts.specialty, day, norms.whole("report_period_years"))
    have, need = hours.total(counted), norms.whole("min_total_hours")
    evidence = {"have": have, "need": need, "documents": [_training(one) for one in counted]}
    norm = norms.norm("min_total_hours").act
    if have < need:
        failed = _failed("hours_short", "more_hours", "applicant", lacking=need - have, **evidence)
        return replace(failed, norm=norm)
    return replace(_passed("hours_enough", **evidence), norm=norm)


def dpp_hours(facts: Facts, day: date, norms: Norms) -> Outcome:
    """Of these, hours of programmes of professional education."""
    counted = hours.count(_record(facts), facts.specialty, day, norms.whole("report_period_years"))
    have, need = hours.total(counted, "dpp"), norms.whole("min_dpp_hours")
    programmes = [_training(one) for one in counted if one.training.kind == "dpp"]
    evidence = {"have": have, "need": need, "documents": programmes}
    norm = norms.norm("min_dpp_hours").act
    if have < need:
        failed = _failed("dpp_hours_short", "more_dpp_hours", "applicant", lacking=need - have, **evidence)
        return replace(failed, norm=norm)
    code = "dpp_hours_just_enough" if have < norms.whole("dpp_hours_warn_below") else "dpp_hours_enough"
    return replace(_passed(code, **evidence), norm=norm)


def _training(one: hours.Counted) -> dict[str, Any]:
    return {
        "title": one.training.theme,
        "hours": one.training.hours,
        "kind": one.training.kind,
        "day": one.training.issued.isoformat(),
        "counted": one.counts,
        "code": one.code,
    }


def _fits(card: Card, facts: Facts) -> bool:
    """Is it a post that takes the specialty, in any wording of the nomenclature."""
    row = _known(facts.dictionaries).positions.get(card.position)
    return row is not None and facts.specialty in row.specialties


def no_career_break(facts: Facts, day: date, norms: Norms) -> Outcome:
    """She has not been out of the specialty for longer than periodic accreditation allows."""
    record, years = _record(facts), norms.whole("break_years")
    norm = norms.norm("break_years").act
    begun = [card for card in record.cards if card.began <= day]
    if not begun:
        return replace(_failed("never_worked", "other_kind", "applicant"), norm=norm)
    fitting = [card for card in begun if _fits(card, facts)]
    if not fitting:
        return replace(_failed("never_in_specialty", "other_kind", "applicant"), norm=norm)
    last = max(day if card.ended is None or card.ended > day else card.ended for card in fitting)
    if dates.add_years(last, years) < day:
        failed = _failed("career_break", "other_kind", "applicant", day=last.isoformat(), years=years)
        return replace(failed, norm=norm)
    if last == day:
        return replace(_passed("works_now"), norm=norm)
    return replace(_passed("worked_until", day=last.isoformat(), years=years), norm=norm)


def window_open(facts: Facts, day: date, norms: Norms) -> Outcome:
    """The accreditation held for the specialty ends soon enough, or has ended."""
    record, months = _record(facts), norms.whole("apply_window_months")
    norm = norms.norm("apply_window_months").act
    ends = [
        one.ends for one in record.accreditations if one.specialty == facts.specialty and not one.excluded
    ]
    ends = ends or [one.ends for one in record.certificates if one.specialty == facts.specialty]
    if not ends:
        return replace(_failed("nothing_held", "other_kind", "applicant"), norm=norm)
    last = max(ends)
    opens = dates.add_months(last, -months)
    if day < opens:
        failed = _failed(
            "window_not_open",
            "wait",
            "applicant",
            opens=opens.isoformat(),
            day=last.isoformat(),
            months=months,
        )
        return replace(failed, norm=norm)
    if last >= day:
        return replace(_passed("window_open", day=last.isoformat(), months=months), norm=norm)
    prolonged = _prolonged(last, day, norms)
    if prolonged is not None:
        until = prolonged.value.isoformat() if isinstance(prolonged.value, date) else str(prolonged.value)
        return replace(_passed("term_prolonged", day=last.isoformat(), until=until), norm=prolonged.act)
    return replace(_passed("term_over", day=last.isoformat()), norm=norm)


def _prolonged(last: date, day: date, norms: Norms) -> Norm | None:
    """The act that lets holders of an accreditation ended in 2025 work on, while it holds."""
    key = "expired_2025_practise_until"
    return norms.norm(key) if last.year == 2025 and key in norms and day > last else None


def position_in_nomenclature(facts: Facts, day: date, norms: Norms) -> Outcome:
    """The post held now (else the last one) stands in the list of posts and takes the specialty."""
    record, positions = _record(facts), _known(facts.dictionaries).positions
    begun = sorted((card for card in record.cards if card.began <= day), key=lambda card: card.began)
    if not begun:
        return _failed("no_position", "employer_corrects_frmr", "employer")
    current = [card for card in begun if card.ended is None or card.ended >= day]
    judged = current or begun[-1:]
    best = next((card for card in judged if _fits(card, facts)), judged[-1])
    row = positions.get(best.position)
    facts_of_it = {"name": best.position_name, "organisation": best.organisation}
    if row is None or not row.holds(day if best in current else best.ended or day):
        return _failed("position_unknown", "explain_position", "employer", **facts_of_it)
    if facts.specialty not in row.specialties:
        return _failed("position_other_specialty", "explain_position", "employer", **facts_of_it)
    return replace(_passed("position_fits", **facts_of_it), norm=row.order_no)


Rule = Callable[[Facts, date, Norms], Outcome]
RULES: tuple[Rule, ...] = (
    snils_agrees,
    identity_in_frmr,
    not_struck_off,
    specialty_in_force,
    education_fits,
    total_hours,
    dpp_hours,
    no_career_break,
    window_open,
    position_in_nomenclature,
)


def judge(facts: Facts, day: date, norms: Norms) -> tuple[Outcome, ...]:
    """Every rule's answer, in order, as of the day."""
    return tuple(replace(_ask(rule, facts, day, norms), rule=rule.__name__) for rule in RULES)


def _ask(rule: Rule, facts: Facts, day: date, norms: Norms) -> Outcome:
    try:
        return rule(facts, day, norms)
    except _Silent as silent:
        down = silent.down
        return Outcome("", UNKNOWN, {"code": "register_down"}, register=down.register, since=down.since)
    except _NotInFrmr:
        return _failed("frmr_missing", "employer_adds_to_frmr", "employer")
    except Invalid as invalid:  # no norm is in force on that day: nobody may say «passed»
        return Outcome("", UNKNOWN, {"code": invalid.code}, register="norms")


next_try = applications.next_try
