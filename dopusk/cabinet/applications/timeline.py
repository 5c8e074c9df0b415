"""The way of an application downwards: what has been, where it is now and until when, what is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.cabinet.applications import words
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.applications.rules import OVER, State
from dopusk.cabinet.told import SENTENCES
from dopusk.kernel import norms, sittings, workdays
from dopusk.kernel.invalid import Invalid
from dopusk.web.design.templatetags.design import day as say_day
from dopusk.web.design.templatetags.design import day_left, moment

WAY = (
    State.SUBMITTED,
    State.REGISTERED,
    State.CENTER_REVIEW,
    State.AT_COMMISSION,
    State.PASSED,
    State.PROTOCOL_PUBLISHED,
    State.RECORDED,
)
FUTURE = {State.PASSED: lambda: _("Решение комиссии")}
WHO = {
    State.CENTER_REVIEW: gettext_lazy("центр аккредитации"),
    State.AT_COMMISSION: gettext_lazy("центр аккредитации"),
    State.PASSED: gettext_lazy("комиссия"),
    State.PROTOCOL_PUBLISHED: gettext_lazy("секретарь комиссии"),
    State.RECORDED: gettext_lazy("регистр медработников"),
}


@dataclass(frozen=True)
class Plan:
    """Planned days of what is ahead; None where nothing can be said yet."""

    review_due: date | None
    sitting: date | None
    protocol_due: date | None


def plan(application: Application, today: date, appointed: date | None = None) -> Plan:
    """Counted in working days from the registration (or from today, before it) by the norms of that day.

    appointed: the day of the sitting the case is really on, once it is.
    """
    start = timezone.localdate(application.registered_at) if application.registered_at else today
    try:
        table = norms.at(start, settings.NORMS_FILE)
        due = workdays.add(start, table.whole("center_review_wd"))
        state = State(application.state)
        planned = sittings.next_on_or_after(today if state == State.AT_COMMISSION else max(due, today))
        sitting = appointed if appointed and state == State.AT_COMMISSION else planned
        protocol = workdays.add(sitting, table.whole("protocol_publication_wd"))
    except Invalid:  # no norm for that day: promise nothing
        return Plan(application.due_on, None, None)
    return Plan(due, sitting, protocol)


def steps(
    application: Application, events: Sequence[Event], today: date, silent: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Rows for the timeline component; the last event is «now» unless the way is over.

    silent: registers that do not answer, {"name", "next_at"}.
    """
    over = State(application.state) in OVER or not application.active
    shown = [event for event in events if event.state != State.DRAFT]
    rows = [_past(event) for event in shown]
    if rows and not over:
        rows[-1] |= {"state": "now", "text": _now(application, today, silent) or rows[-1]["text"]}
        rows[-1]["who"] = str(words.HOLDERS.get(application.state, ""))
    return rows if over else rows + _ahead(application, today, _appointed(shown))


def _past(event: Event) -> dict[str, Any]:
    return {
        "title": str(words.STATES[event.state][0]),
        "when": moment(event.at),
        "state": "past",
        "who": "",
        "text": SENTENCES.say(event.words),
    }


def _now(application: Application, today: date, silent: Sequence[Mapping[str, Any]]) -> str:
    if application.state == State.CENTER_REVIEW and application.due_on:
        return _("Решение о приёме — %(until)s.") % {"until": day_left(application.due_on, today)}
    if application.state in {State.SUBMITTED, State.REGISTERED} and silent:
        said = {"name": silent[0]["name"], "next": moment(silent[0]["next_at"])}
        return _("%(name)s не отвечает. Спросим снова %(next)s и продолжим сами.") % said
    if application.state == State.REGISTERED:
        return _("Спрашиваем регистры. Обычно это занимает меньше минуты.")
    if application.state == State.PROTOCOL_PUBLISHED:
        return _("Результат передан в регистр медработников, ждём его ответа.")
    return ""


def _appointed(events: Sequence[Event]) -> date | None:
    """The day of the sitting, as the last event that names one has it."""
    days = [event.detail["sitting_on"] for event in events if "sitting_on" in event.detail]
    return date.fromisoformat(days[-1]) if days else None


def _ahead(application: Application, today: date, appointed: date | None) -> list[dict[str, Any]]:
    state = State(application.state)
    here = State.PASSED if state == State.NOT_PASSED else state
    position = WAY.index(here) if here in WAY else -1
    planned = plan(application, today, appointed)
    when: dict[State, str] = {
        State.CENTER_REVIEW: _by(planned.review_due),
        State.AT_COMMISSION: _by(planned.review_due),
        State.PASSED: _on(planned.sitting),
        State.PROTOCOL_PUBLISHED: _by(planned.protocol_due),
    }
    return [
        {
            "title": FUTURE[one]() if one in FUTURE else str(words.STATES[one][0]),
            "when": when.get(one, ""),
            "state": "future",
            "who": str(WHO.get(one, "")),
            "text": "",
        }
        for one in WAY[position + 1 :]
    ]


def _by(last: date | None) -> str:
    return _("до %(day)s") % {"day": say_day(last)} if last else ""


def _on(planned: date | None) -> str:
    return _("заседание %(day)s") % {"day": say_day(planned)} if planned else ""
