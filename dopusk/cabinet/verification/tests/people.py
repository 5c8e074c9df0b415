"""Анна's certificate for these tests: the rows it needs and no more."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.certificates.models import Certificate, next_serial
from dopusk.cabinet.certificates.numbers import compose, make_code
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import names


def anna() -> Person:
    """Анна Орлова, as the portal told of her."""
    return Person.objects.get_or_create(
        sub="anna",
        defaults={
            "snils_index": b"anna",
            "sealed": b"",
            "last_name": "Орлова",
            "first_name": "Анна",
            "patronymic": "Сергеевна",
            "birth_date": date(1988, 3, 8),
            "assurance_level": "confirmed",
            "seen_at": timezone.now(),
        },
    )[0]


def certificate(**changes: Any) -> Certificate:
    """A certificate of Анна's, a year old and in force unless `changes` say otherwise."""
    holder = anna()
    today = timezone.localdate()
    application = Application.objects.create(
        applicant=holder, state="RECORDED", active=False, state_changed_at=timezone.now()
    )
    values: dict[str, Any] = {
        "number": compose("77", today.year, next_serial()),
        "code": make_code(),
        "application": application,
        "holder": holder,
        "holder_mask": names.mask(holder.last_name, holder.first_name, holder.patronymic),
        "specialty_key": "34.02.01",
        "specialty_name": "Сестринское дело",
        "valid_from": today - timedelta(days=365),
        "valid_until": today + timedelta(days=4 * 365),
        "protocol_number": "1",
        "protocol_on": today - timedelta(days=365),
    }
    return Certificate.objects.create(**values | changes)
