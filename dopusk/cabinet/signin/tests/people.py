"""The sandbox's people as the cabinet knows them after a sign-in."""

import uuid

from django.conf import settings
from django.test import Client
from django.utils import timezone

from dopusk.cabinet.signin import access, rules
from dopusk.cabinet.signin.actions import appoint, arrive
from dopusk.cabinet.signin.models import Person
from dopusk.kernel import names, sandbox

SPACE = uuid.UUID("5f6c2a9e-0000-4000-8000-000000000000")
SEATS = {"chair": "chair", "secretary": "secretary", "member": "commissioner"}


def sub_of(key: str) -> str:
    """The portal's key of a known person, always the same."""
    return str(uuid.uuid5(SPACE, key))


def claims(key: str, **changes: object) -> dict[str, object]:
    """What the portal says of a known person."""
    who = sandbox.person(key)
    told: dict[str, object] = {
        "iss": settings.PORTAL_URL,
        "sub": sub_of(key),
        "family_name": who.last_name,
        "given_name": who.first_name,
        "middle_name": who.patronymic,
        "gender": str(who.gender),
        "birthdate": who.birth_date.isoformat(),
        "snils": who.snils,
        "inn": who.inn,
        "email": who.email,
        "phone_number": who.phone,
        "identity_document": {
            "type": "passport_rf",
            "series": who.passport.series,
            "number": who.passport.number,
            "issue_date": who.passport_issued.isoformat(),
            "issuer": who.passport_issuer,
            "issuer_code": who.passport_issuer_code,
        },
        "assurance_level": "confirmed" if who.confirmed else "standard",
    }
    return {**told, **changes}


def person(key: str) -> Person:
    """A known person after her first sign-in, with her role."""
    identity = rules.read_claims(claims(key))
    assert isinstance(identity, rules.Identity)
    who = sandbox.person(key)
    role = SEATS[who.seat] if who.seat else str(who.role)
    if role != "applicant":
        appoint(who.snils, role, names.short(who.last_name, who.first_name, who.patronymic))
    return arrive(identity)


def browser(who: Person, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser in which she is signed in."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    session = client.session
    session[access.KEY] = who.pk
    session[access.SEEN] = session[access.BEGAN] = int(timezone.now().timestamp())
    session.save()
    return client
