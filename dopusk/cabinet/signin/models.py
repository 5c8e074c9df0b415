"""People as the portal told us of them, their roles here, and forms kept while a session was away."""

import json
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from dopusk.kernel import names
from dopusk.trust.sealing import Sealer, blind_index


def snils_index(snils: str) -> bytes:
    """By which a person's or a member's row is found without the СНИЛС being readable in it."""
    return blind_index(settings.SEALING_KEY, "cabinet snils", snils)


class Person(models.Model):
    """A person with a confirmed account of a provider; one СНИЛС is one person.

    sub: her key here, the `sub` of the account she first came with, unless somebody had it already.
    sealed: JSON of snils, inn, identity_document, under the site's key. The rest is as of the last sign-in.
    """

    sub = models.CharField(max_length=64, primary_key=True)
    snils_index = models.BinaryField(max_length=32, unique=True)
    sealed = models.BinaryField()
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    patronymic = models.CharField(max_length=100, blank=True)
    gender = models.CharField(max_length=6, blank=True)
    birth_date = models.DateField()
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    assurance_level = models.CharField(max_length=12)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sub

    @property
    def full_name(self) -> str:
        """`Орлова Анна Сергеевна`."""
        return names.full(self.last_name, self.first_name, self.patronymic)

    @property
    def short_name(self) -> str:
        """`Орлова А. С.`."""
        return names.short(self.last_name, self.first_name, self.patronymic)

    @property
    def confirmed(self) -> bool:
        """Whether the portal proved the identity."""
        return self.assurance_level == "confirmed"

    def identity(self) -> dict[str, Any]:
        """The sealed part: snils (11 digits), inn, identity_document {series, number, issue_date, …}."""
        opened = Sealer(settings.SEALING_KEY).open(f"person {self.sub}", bytes(self.sealed))
        found: dict[str, Any] = json.loads(opened)
        return found

    def seal_identity(self, identity: dict[str, Any]) -> None:
        """Put the sealed part into the row and its СНИЛС into the blind index; the caller saves."""
        text = json.dumps(identity, ensure_ascii=False, sort_keys=True).encode()
        self.sealed = Sealer(settings.SEALING_KEY).seal(f"person {self.sub}", text)
        self.snils_index = snils_index(identity["snils"])

    @property
    def snils(self) -> str:
        """Eleven digits; opens the seal."""
        return str(self.identity()["snils"])


class Subject(models.Model):
    """An account by which a person comes: issuer and `sub` together; at one issuer she has one."""

    issuer = models.CharField(max_length=200)
    sub = models.CharField(max_length=255)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="subjects")
    bound_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="subject_of_one_person"),
            models.UniqueConstraint(fields=["person", "issuer"], name="subject_once_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.sub} of {self.issuer}"


class Presence(models.Model):
    """Which session of this site was opened from which session of the provider, so that it can be ended from there.

    session_key: Django's. sid, sub: as the provider calls its session and the account.
    """

    session_key = models.CharField(max_length=40, primary_key=True)
    sid = models.CharField(max_length=255, db_index=True)
    sub = models.CharField(max_length=255, db_index=True)
    began_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"session of {self.sub}"


class EndedLogin(models.Model):
    """A logout token that came: it is taken once, and a sign-in of that session that is still under way is not let in.

    jti: SHA-256 of the token's. sid: empty when all sessions of the account were ended; keep_until: then it may go.
    """

    jti = models.BinaryField(max_length=32, primary_key=True)
    sid = models.CharField(max_length=255, blank=True, db_index=True)
    keep_until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return bytes(self.jti).hex()


class Member(models.Model):
    """A role of a person who may not have signed in yet; found by the СНИЛС. One person may hold several."""

    snils_index = models.BinaryField(max_length=32)
    role = models.CharField(
        max_length=12,
        choices=[
            ("registrar", "registrar"),
            ("chair", "chair"),
            ("secretary", "secretary"),
            ("commissioner", "commissioner"),
            ("operator", "operator"),
            ("employer", "employer"),
        ],
    )
    display_name = models.CharField(max_length=120)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snils_index", "role"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.role} {self.display_name}"


class KeptForm(models.Model):
    """What a person typed when her session was over or her page had grown old; comes back after sign-in.

    handle: SHA-256 over the random value in her cookie and the path the form was sent to. sealed: its fields.
    browser: SHA-256 over the value in the cookie alone. known: it came with a session of somebody who had signed in.
    """

    handle = models.BinaryField(max_length=32, primary_key=True)
    browser = models.BinaryField(max_length=32)
    known = models.BooleanField()
    sealed = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["browser", "created_at"], name="kept_form_of_browser"),
            models.Index(fields=["known", "created_at"], name="kept_form_turn"),
        ]

    def __str__(self) -> str:
        return bytes(self.handle).hex()
