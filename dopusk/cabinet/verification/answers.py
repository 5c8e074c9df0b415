"""The public answer and its JSON face. No Django: the fast app before Django's handler lives on this.

JSON (application/json, always HTTP 200, since the question was answered):
    {"status": "in_force|expired|suspended|revoked", "number": "13 digits", "specialty": words,
     "kind": "periodic", "valid_from": "YYYY-MM-DD", "valid_until": "YYYY-MM-DD" (last day in force),
     "holder": masked name, "answered_at": ISO 8601 with the offset of Moscow}
An unknown number, a wrong code and a malformed value of either all give the same body:
    {"status": "not_found", "number": null, …all others null…, "answered_at": …}
"""

import time
from dataclasses import dataclass
from datetime import date, datetime
from json.encoder import encode_basestring as quoted
from typing import Final
from zoneinfo import ZoneInfo

from dopusk.cabinet.verification.rules import Status, judge

MOSCOW: Final = ZoneInfo("Europe/Moscow")

# In the order of the index certificate_public_answer, which holds all of it. The code is part of the key:
# a wrong code and an unknown number cost the same descent of the tree and come back as the same nothing.
COLUMNS: Final = ("valid_from", "valid_until", "state", "kind", "specialty_name", "holder_mask")


@dataclass(frozen=True, slots=True)
class Moment:
    """When an answer was given. today: the date in Moscow, which terms are judged by."""

    at: datetime
    today: date
    text: str
    nothing: bytes


_second = -1
_moment: Moment


def now() -> Moment:
    """The current second, made once a second."""
    global _second, _moment
    second = int(time.time())
    if second != _second:
        at = datetime.fromtimestamp(second, MOSCOW)
        text = at.isoformat()
        _moment, _second = Moment(at, at.date(), text, _nothing(text)), second
    return _moment


def _nothing(at: str) -> bytes:
    return (
        f'{{"status":"{Status.NOT_FOUND}","number":null,"specialty":null,"kind":null,"valid_from":null,'
        f'"valid_until":null,"holder":null,"answered_at":"{at}"}}'
    ).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """An existing certificate as the public sees it on the day of asking."""

    number: str
    status: Status
    specialty: str
    kind: str
    valid_from: date
    valid_until: date
    holder: str


def of(number: str, row: tuple[date, date, str, str, str, str], today: date) -> Answer:
    """The answer made of a row of COLUMNS."""
    valid_from, valid_until, state, kind, specialty, holder = row
    return Answer(number, judge(state, valid_until, today), specialty, kind, valid_from, valid_until, holder)


def as_json(answer: Answer | None, moment: Moment) -> bytes:
    """The JSON face; None is «not found»."""
    if answer is None:
        return moment.nothing
    return (
        f'{{"status":"{answer.status}","number":"{answer.number}","specialty":{quoted(answer.specialty)},'
        f'"kind":"{answer.kind}","valid_from":"{answer.valid_from}","valid_until":"{answer.valid_until}",'
        f'"holder":{quoted(answer.holder)},"answered_at":"{moment.text}"}}'
    ).encode()


def unavailable(trace_id: str) -> bytes:
    """Problem details (RFC 9457) for the minutes when the database does not answer; HTTP 503."""
    return (
        '{"type":"about:blank","title":"Verification does not answer now; ask again in some seconds",'
        f'"status":503,"code":"database_down","trace_id":"{trace_id}"}}'
    ).encode()
