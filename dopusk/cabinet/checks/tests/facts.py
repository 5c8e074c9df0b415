"""Facts as the rules of checks take them, everything as it should be unless a test changes it."""

from dataclasses import replace
from datetime import UTC, date, datetime

from dopusk.cabinet.checks import rules
from dopusk.cabinet.registries import base
from dopusk.cabinet.registries.tests.known import DAY, DICTIONARIES, record
from dopusk.kernel import sandbox

DOWN_SINCE = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


def facts(key: str, specialty_key: str = "34.02.01", day: date = DAY) -> rules.Facts:
    """Everything as it should be for a known person."""
    who = sandbox.person(key)
    identity = base.Identity(who.last_name, who.first_name, who.patronymic, who.birth_date)
    return rules.Facts(identity, specialty_key, base.SnilsAnswer(True), record(key, day), DICTIONARIES)


def silent(register: str) -> rules.Down:
    """In place of an answer."""
    return rules.Down(register, DOWN_SINCE)


def with_record(given: rules.Facts, **changes: object) -> rules.Facts:
    """The same facts, some groups of the record changed."""
    assert isinstance(given.record, base.Record)
    return replace(given, record=replace(given.record, **changes))
