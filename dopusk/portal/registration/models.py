"""Registrations that are not finished, and the consents of those that are."""

import json
import uuid

from django.db import models

from dopusk.portal.accounts.models import Account, sealer
from dopusk.portal.registration.rules import Typed


class Draft(models.Model):
    """A registration on its way, bound to one browser's cookie, which is kept as SHA-256. sealed: what was typed.

    consent_version, consent_hash: which text she agreed to (`rules.fingerprint`). code: of slice codes; again_at: when
    another may be asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    token_hash = models.BinaryField(unique=True)
    sealed = models.BinaryField()
    consent_version = models.CharField(max_length=20)
    consent_hash = models.BinaryField()
    consented_at = models.DateTimeField()
    network = models.CharField(max_length=50)
    code = models.UUIDField(null=True)
    again_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"draft {self.id}"

    def typed(self) -> Typed:
        """What she has typed so far."""
        return Typed(**json.loads(sealer().open(f"draft {self.id}", bytes(self.sealed))))

    def keep(self, typed: Typed) -> None:
        """Seal what she has typed."""
        text = json.dumps(typed.as_dict(), ensure_ascii=False).encode()
        self.sealed = sealer().seal(f"draft {self.id}", text)


class Agreement(models.Model):
    """Consent to the processing of personal data (152-ФЗ, art. 9): which text, when, from where."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    version = models.CharField(max_length=20)
    text_hash = models.BinaryField()
    at = models.DateTimeField()
    network = models.CharField(max_length=50)
    device = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"consent {self.version} of {self.account_id}"
