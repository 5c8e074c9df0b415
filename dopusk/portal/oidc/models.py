"""What a sign-in at a service leaves: a grant with its code, tokens, and the keys that sign."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.clients.models import Client
from dopusk.portal.consents.models import Consent
from dopusk.portal.sessions.models import Session


class Grant(models.Model):
    """One authorization: the code is its first key, tokens its later ones; revoking it ends them all.

    The code is kept as its SHA-256 and works once. Session and consent are joined by every reader, so their
    rows need no constraint here: where one is gone, the grant is over. An offline grant (OIDC Core §11) outlives
    its session, not its consent. code_jkt: the DPoP key the code is bound to (RFC 9449 §10), or empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, db_constraint=False)
    session = models.ForeignKey(Session, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    consent = models.ForeignKey(Consent, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    scopes = ArrayField(models.CharField(max_length=40))
    redirect_uri = models.TextField()
    nonce = models.TextField()
    code_hash = models.BinaryField(unique=True)
    challenge = models.CharField(max_length=43)
    given_at = models.DateTimeField()
    code_expires_at = models.DateTimeField()
    code_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    offline = models.BooleanField(db_default=False)
    code_jkt = models.CharField(max_length=43, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["given_at"], name="oidc_grant_age")]

    def __str__(self) -> str:
        return f"grant {self.id}"


class Token(models.Model):
    """An access token, kept as its SHA-256. jkt: thumbprint of the DPoP key it is bound to, or empty.

    scopes: what it opens, when that is less than was granted (RFC 6749 §6).
    """

    hash = models.BinaryField(primary_key=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, db_constraint=False)
    expires_at = models.DateTimeField()
    jkt = models.CharField(max_length=43, blank=True, db_default="")
    scopes = ArrayField(models.CharField(max_length=40), null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_token_expiry")]

    def __str__(self) -> str:
        return f"token of {self.grant_id}"


class RefreshToken(models.Model):
    """A refresh token, kept as its SHA-256; its grant is the family (RFC 9700 §4.14.2): used twice, the grant ends.

    jkt: the DPoP key shown when it was given, or empty. Services prove who they are anyway, so the next use may show
    another key (RFC 9449 §5), but has to show one.
    """

    hash = models.BinaryField(primary_key=True)
    grant = models.ForeignKey(Grant, on_delete=models.CASCADE, db_constraint=False)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    jkt = models.CharField(max_length=43, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_refresh_expiry")]

    def __str__(self) -> str:
        return f"refresh token of {self.grant_id}"


class ServiceToken(models.Model):
    """An access token of a service for itself (`client_credentials`), kept as its SHA-256."""

    hash = models.BinaryField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    scopes = ArrayField(models.CharField(max_length=40))
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    jkt = models.CharField(max_length=43, blank=True, db_default="")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_service_token_expiry")]

    def __str__(self) -> str:
        return f"token of service {self.client_id}"


class PushedRequest(models.Model):
    """An authorization request pushed beforehand (RFC 9126). hash: SHA-256 of its reference; it works once."""

    hash = models.BinaryField(primary_key=True)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, db_constraint=False, db_index=False)
    values = models.JSONField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_pushed_expiry")]

    def __str__(self) -> str:
        return f"pushed request of {self.client_id}"


class SeenProof(models.Model):
    """A `jti` that was presented: a client's assertion or a DPoP proof works once. hash: SHA-256 of owner and jti."""

    hash = models.BinaryField(primary_key=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="oidc_seen_expiry")]

    def __str__(self) -> str:
        return f"proof seen until {self.expires_at}"


class SigningKey(models.Model):
    """A private key of the provider, sealed. One of each algorithm signs; retired ones still verify.

    signs_from: its turn, later than its making by the time services need to learn of it. retired_at: when the next
    one's turn begins, known beforehand.
    """

    kid = models.CharField(primary_key=True, max_length=43)
    alg = models.CharField(max_length=10)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    signs_from = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alg"], condition=Q(retired_at=None), name="oidc_one_key_signs")
        ]

    def __str__(self) -> str:
        return f"{self.alg} {self.kid}"
