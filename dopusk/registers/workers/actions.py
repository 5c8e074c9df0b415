"""Recording the outcome of an accreditation: once under its number, however often it is sent."""

from django.db import transaction
from django.utils import timezone

from dopusk.kernel.invalid import Invalid
from dopusk.registers.dictionaries.models import specialty_is_known
from dopusk.registers.workers import rules
from dopusk.registers.workers.models import Accreditation, Person
from dopusk.web.journal import actions as journal


class Conflict(Exception):
    """The number is taken by a record that says something else. fields: in which fields."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def _kept(row: Accreditation) -> rules.Outcome:
    return rules.Outcome(
        row.person.snils,
        row.kind,
        row.specialty_key,
        row.pass_date,
        row.end_date,
        row.protocol_date,
        row.protocol_number,
        row.organization_oid,
    )


@transaction.atomic
def record(registry_number: str, outcome: rules.Outcome, by: str) -> tuple[Accreditation, bool]:
    """Keep the outcome under its number. Returns the row and whether it is new.

    Two clients at once: the unique number lets one insert; the other waits for its commit and finds the row.
    Raises `Invalid`: `dates_order`, `passed_in_future`, `specialty_unknown`, `not_in_frmr`; `Conflict`.
    """
    if code := rules.fault(outcome, timezone.localdate()):
        raise Invalid(code)
    if not specialty_is_known(outcome.specialty_key):
        raise Invalid("specialty_unknown")
    person = Person.objects.by_snils(outcome.snils).first()
    if person is None:
        raise Invalid("not_in_frmr")
    row, created = Accreditation.objects.select_related("person").get_or_create(
        registry_number=registry_number,
        defaults={
            "person": person,
            "kind": outcome.kind,
            "specialty_key": outcome.specialty_key,
            "pass_date": outcome.pass_date,
            "end_date": outcome.end_date,
            "protocol_date": outcome.protocol_date,
            "protocol_number": outcome.protocol_number,
            "organization_oid": outcome.organization_oid,
            "recorded_at": timezone.now(),
        },
    )
    if not created:
        if fields := rules.differing(outcome, _kept(row)):
            raise Conflict(fields)
        return row, False
    journal.record(
        actor=by,
        act="accreditation.recorded",
        subject=f"frmr:{person.pk}",
        object_=f"accreditation:{registry_number}",
        words=f"В ФРМР внесена аккредитация № {registry_number}",
    )
    return row, True
