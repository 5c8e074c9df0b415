"""What the owner is told of sign-ins: by the worker, so that no answer takes longer when there is somebody to tell."""

import uuid
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.notices.actions import tell
from dopusk.portal.notices.models import Notice
from dopusk.portal.sessions.models import Device

NOT_ME_LASTS: Final = timedelta(days=10)
AT_ONCE: Final = 100  # devices told of in one run of the task
MANY: Final = 10  # failures within an hour that are worth a letter
TOLD_AGAIN_AFTER: Final = timedelta(days=1)

# The latest lines about strangers; a flood of more than these within an hour is told of all the same.
GUESSING = """
SELECT subject, count(*)
FROM (SELECT act, subject, at FROM journal_entry WHERE actor = 'stranger' ORDER BY number DESC LIMIT 20000) latest
WHERE act IN ('signin.failed', 'signin.second_failed') AND subject <> '' AND at > now() - interval '1 hour'
GROUP BY subject HAVING count(*) >= %(many)s
"""


def tell_of_new_devices() -> int:
    """Write to everybody in whose account a browser not seen before has signed in; returns how many letters."""
    told = 0
    untold = Device.objects.filter(told_at=None).order_by("first_seen_at")
    for key, sub in untold.values_list("pk", "account_id")[:AT_ONCE]:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=sub)  # first, as all who end devices do
            device = Device.objects.select_for_update(skip_locked=True).filter(pk=key, told_at=None).first()
            if device is None:
                continue
            facts = {"device": device.words, "network": device.network}
            token = make_link(
                "not_me",
                "",
                sub=device.account_id,
                good_for=NOT_ME_LASTS,
                detail={"act": "new_device", **facts},
            )
            tell(
                device.account_id, "new_device", detail=facts, not_me_token=token, link="/security/sessions/"
            )
            Device.objects.filter(pk=key).update(told_at=timezone.now())
            told += 1
    return told


def tell_of_guessing() -> int:
    """Write to everybody whose password is being guessed right now, once a day; returns how many letters."""
    with connection.cursor() as cursor:
        cursor.execute(GUESSING, {"many": MANY})
        found = {uuid.UUID(subject): int(times) for subject, times in cursor.fetchall()}
    since = timezone.now() - TOLD_AGAIN_AFTER
    told = set(
        Notice.objects.filter(account_id__in=found, kind="guessing", at__gt=since).values_list(
            "account_id", flat=True
        )
    )
    for account in Account.objects.filter(pk__in=set(found) - told, closed_at=None):
        with transaction.atomic():
            tell(account.pk, "guessing", detail={"times": found[account.pk]}, link="/security/")
    return len(set(found) - told)
