"""Closing an account: at once and for good. What is erased, what stays, and why.

Erased: names, birth date, everything sealed, identifiers (so phone, e-mail, СНИЛС and ИНН are free for a new
account), the password, every row of hers in every slice, signatures she made here and all her files. Kept, without a
name on it:

- the journal, keyed by `sub`: it proves what was done with her data, and by whom (152-ФЗ ст. 22.1; the chain of
  hashes cannot lose a row);
- consents to services, withdrawn now, and the agreement to processing given at registration: the proof that her
  data were held and given out lawfully (152-ФЗ ст. 9 ч. 3);
- posts she once held; ended sessions and grants, which their own tasks sweep within a day.
"""

import json
import uuid

from django.db import models, transaction
from django.utils import timezone

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.accounts.rules import Level
from dopusk.portal.consents import actions as consents
from dopusk.portal.notices.actions import tell
from dopusk.portal.operators.models import Appointment
from dopusk.portal.profile import owned
from dopusk.portal.profile.actions import CLOSED, SESSIONS_CLOSED, NotDone, suspended
from dopusk.portal.sessions import actions as sessions
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import record
from dopusk.web.signing.models import Challenge, Signature

KEPT = frozenset(
    {
        "consents.Consent",
        "registration.Agreement",
        "operators.Appointment",
        "sessions.Session",
        "oidc.Grant",
    }
)
NOTHING = {"snils": "", "inn": "", "phone": "", "email": "", "identity_document": {}}
NO_PASSWORD = "!"  # noqa: S105 - no hash at all: fits nothing


def holds_post(sub: uuid.UUID) -> bool:
    """Whether she is an operator of the portal; then somebody has to take her post from her first."""
    return Appointment.objects.filter(account_id=sub, ended_at=None).exists()


@transaction.atomic
def close(sub: uuid.UUID, *, session: str) -> None:
    """Close an account; the caller has had identity proved and the word typed.

    Raises NotDone: `holds_post`, `suspended` (an operator's question is answered first), `gone`.
    """
    account = Account.objects.select_for_update().filter(pk=sub, closed_at=None).first()
    if account is None:
        raise NotDone("gone")
    if holds_post(sub):
        raise NotDone("holds_post")
    if suspended(sub):
        raise NotDone("suspended")
    tell(sub, "closed")  # while the addresses are still known
    sessions.end_all(sub, lasting=True, actor=str(sub), words=SESSIONS_CLOSED)
    consents.revoke_all(sub)
    _erase_rows(sub)
    Signature.objects.filter(owner=str(sub)).delete()
    Challenge.objects.filter(owner=str(sub)).delete()
    for stored in StoredFile.objects.filter(owner=str(sub)):
        files.drop(stored)
    _erase_account(account)
    record(
        actor=str(sub),
        act="account.closed",
        subject=str(sub),
        words=CLOSED,
        session=session,
    )


def _erase_rows(sub: uuid.UUID) -> None:
    """Rows of every slice; those that others protect go in a later round."""
    waiting = [
        (model, owner)
        for model, owner in owned.tables()
        if model._meta.label not in KEPT  # noqa: SLF001 - Django's documented model API
    ]
    while waiting:
        protected = []
        for model, owner in waiting:
            try:
                with transaction.atomic():
                    owned.rows(model, owner, sub).delete()
            except models.ProtectedError:
                protected.append((model, owner))
        if len(protected) == len(waiting):
            raise RuntimeError(f"rows that protect each other: {protected}")
        waiting = protected


def _erase_account(account: Account) -> None:
    account.last_name = account.first_name = account.patronymic = account.gender = ""
    account.birth_date = None
    account.password = NO_PASSWORD
    account.level = Level.SIMPLIFIED
    account.demo = False
    account.closed_at = timezone.now()
    account.sealed = sealer().seal(f"account {account.pk}", json.dumps(NOTHING).encode())
    account.save()
