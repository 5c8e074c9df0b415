"""Making accounts."""

import json
import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account, Identifier, index_of, sealer
from dopusk.portal.accounts.rules import Identity, Kind, Known, Level
from dopusk.web.journal.actions import record


class OnlyInSandbox(Exception):
    """A password everyone knows may not exist outside sandbox mode."""


def open_account(identity: Identity, password: str, *, demo: bool = False) -> Account:
    """A new account with all its identifiers. Raises IntegrityError when one of them is taken."""
    if not settings.SANDBOX and (demo or password == sandbox.PASSWORD):
        raise OnlyInSandbox
    with transaction.atomic():
        account = Account(
            last_name=identity.last_name,
            first_name=identity.first_name,
            patronymic=identity.patronymic,
            gender=identity.gender,
            birth_date=date.fromisoformat(identity.birth_date) if identity.birth_date else None,
            password=passwords.make(password),
            level=identity.level,
            demo=demo,
        )
        content = json.dumps(identity.sealed_part(), ensure_ascii=False).encode()
        account.sealed = sealer().seal(f"account {account.sub}", content)
        account.save(force_insert=True)
        now = timezone.now()
        Identifier.objects.bulk_create(
            Identifier(account=account, kind=known.kind, index=index_of(known), verified_at=now)
            for known in identity.known_by()
        )
        record(
            actor="system",
            act="account.opened",
            subject=str(account.sub),
            words="Открыта учётная запись на портале",
            detail={"level": identity.level},
        )
    return account


@transaction.atomic
def change_sealed(sub: uuid.UUID, **changes: Any) -> Account:
    """Change parts of the sealed content (snils, inn, phone, email, identity_document) and the identifiers with them.

    The row is locked; the caller journals. An identifier that changes is verified now (the caller has seen to it);
    an empty value removes it. Raises IntegrityError when a new identifier is another account's.
    """
    account = Account.objects.select_for_update().get(pk=sub)
    content = {**account.opened(), **changes}
    account.sealed = sealer().seal(f"account {sub}", json.dumps(content, ensure_ascii=False).encode())
    account.save(update_fields=["sealed"])
    for kind in Kind:
        if kind not in changes:
            continue
        if not changes[kind]:
            Identifier.objects.filter(account=account, kind=kind).delete()
            continue
        value = changes[kind].lower() if kind is Kind.EMAIL else changes[kind]
        Identifier.objects.update_or_create(
            account=account,
            kind=kind,
            defaults={"index": index_of(Known(kind, value)), "verified_at": timezone.now()},
        )
    return account


def set_password(account: Account, password: str, *, must_change: str = "") -> None:
    """Keep a new password; the caller has judged it (`passwords.fault`), holds the row and journals."""
    account.password = passwords.make(password)
    account.password_set_at = timezone.now()
    account.must_change = must_change
    account.save(update_fields=["password", "password_set_at", "must_change"])


def seed_known_people() -> int:
    """The sandbox's people with the password everyone knows; those who exist stay. Returns how many are new."""
    if not settings.SANDBOX:
        raise OnlyInSandbox
    made = 0
    for person in sandbox.PEOPLE:
        identity = known_identity(person)
        if not Account.objects.known_as(*identity.known_by()).exists():
            open_account(identity, person.password, demo=True)
            made += 1
    return made


def known_identity(person: sandbox.Person) -> Identity:
    """A known person as the portal holds her."""
    return Identity(
        last_name=person.last_name,
        first_name=person.first_name,
        patronymic=person.patronymic,
        gender=person.gender,
        birth_date=person.birth_date.isoformat(),
        snils=person.snils,
        inn=person.inn,
        phone=person.phone,
        email=person.email,
        passport={
            "type": "RF_PASSPORT",
            "series": person.passport.series,
            "number": person.passport.number,
            "issue_date": person.passport_issued.isoformat(),
            "issuer": person.passport_issuer,
            "issuer_code": person.passport_issuer_code,
        },
        level=Level.CONFIRMED if person.confirmed else Level.STANDARD,
    )
