"""The oid of a person: the JSON number by which the dialect knows her, given once and never to another."""

import uuid
from typing import Final

from django.db import IntegrityError, connection, transaction

from dopusk.portal.accounts.models import Account
from dopusk.portal.esia.models import PersonNumber

TEST_SNILS: Final = "000000600"  # СНИЛС 000-000-600 NN are the test people's, and NN stands in their oid too
TEST_OID: Final = 1_000_300_600
_NEXT: Final = "SELECT nextval('esia_person_oid')"


def reserved_oid(snils: str) -> int | None:
    """The oid that a test person's СНИЛС (digits) stands for; None for any other."""
    known = len(snils) == 11 and snils.startswith(TEST_SNILS)
    return TEST_OID + int(snils[-2:]) if known else None


def oid_of(sub: uuid.UUID) -> int:
    """A person's oid, given now if she has none: of her test СНИЛС, else the next of the sequence.

    Raises Account.DoesNotExist.
    """
    found = PersonNumber.objects.filter(pk=sub).values_list("oid", flat=True).first()
    if found is not None:
        return found
    wanted = reserved_oid(str(Account.objects.get(pk=sub).opened()["snils"]))
    return (_give(sub, wanted) if wanted else None) or _give(sub, _next()) or oid_of(sub)


def sub_of(oid: int) -> uuid.UUID | None:
    """Whose oid it is; None when nobody's."""
    return PersonNumber.objects.filter(oid=oid).values_list("account_id", flat=True).first()


def _give(sub: uuid.UUID, oid: int) -> int | None:
    """Keep a number; None when it is somebody's already, or another request was faster."""
    try:
        with transaction.atomic():
            PersonNumber.objects.create(account_id=sub, oid=oid)
    except IntegrityError:
        return None
    return oid


def _next() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        (oid,) = cursor.fetchone() or (0,)
    return int(oid)
