"""The public answer and its JSON face. No Django: the fast app before Django's handler lives on this.

JSON (application/json, always HTTP 200, since the question was answered):
    {"status": "in_force|expired|suspended|revoked", "number": "13 digits", "specialty": words,
     "kind": "periodic", "valid_from": "YYYY-MM-DD", "valid_until": "YYYY-MM-DD" (last day in force),
     "holder": masked name, "answered_at": ISO 8601 with the offset of Moscow}
An unknown number, a wrong code and a malformed value of either all give the same body:
    {"status": "not_found", "number": null, …all others null…, "answered_at": …}
"""

import time
from datetime import datetime
from json.encoder import encode_basestring as quoted
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from dopusk.cabinet.verification.rules import Status, judge

MOSCOW: Final = ZoneInfo("Europe/Moscow")

# All of them are in the index certificate_public_answer, and so is the code: a wrong code and an unknown
# number cost the same descent of the tree and come back as the same nothing.
COLUMNS: Final = ("valid_from", "valid_until", "state", "kind", "specialty_name", "holder_mask")


class Answer(NamedTuple):
    """A row of COLUMNS as the public may see it. Days are written YYYY-MM-DD, valid_until is the last in force."""

    valid_from: str
    valid_until: str
    state: str
    kind: str
    specialty: str
    holder: str


class Moment(NamedTuple):
    """When an answer was given. today: the date in Moscow, which terms are judged by; nothing: «not found» then."""

    at: datetime
    today: str
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
        _moment = Moment(at, at.date().isoformat(), text, _nothing(text))
        _second = second
    return _moment


def _nothing(at: str) -> bytes:
    return (
        f'{{"status":"{Status.NOT_FOUND}","number":null,"specialty":null,"kind":null,"valid_from":null,'
        f'"valid_until":null,"holder":null,"answered_at":"{at}"}}'
    ).encode()


def as_json(number: str, answer: Answer | None, moment: Moment) -> bytes:
    """The JSON face of an answer about `number`; None is «not found»."""
    if answer is None:
        return moment.nothing
    first, last, state, kind, specialty, holder = answer
    return (
        f'{{"status":"{judge(state, last, moment.today).value}","number":"{number}",'
        f'"specialty":{quoted(specialty)},"kind":"{kind}","valid_from":"{first}","valid_until":"{last}",'
        f'"holder":{quoted(holder)},"answered_at":"{moment.text}"}}'
    ).encode()


def unavailable(trace_id: str) -> bytes:
    """Problem details (RFC 9457) for the minutes when the database does not answer; HTTP 503."""
    return (
        '{"type":"about:blank","title":"Verification does not answer now; ask again in some seconds",'
        f'"status":503,"code":"database_down","trace_id":"{trace_id}"}}'
    ).encode()
