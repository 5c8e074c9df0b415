"""Letters: what is on its way to people, and what the inbox of a training stand shows."""

import functools
import json
import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from dopusk.trust.sealing import Sealer, blind_index
from dopusk.web.delivery.rules import Parcel, address
from dopusk.web.outbox.models import Message

CHANNELS = [("sms", "sms"), ("mail", "mail")]


@functools.cache
def _sealer(key: bytes) -> Sealer:
    return Sealer(key)


def index_of(to: str) -> bytes:
    """The value by which letters to one address are found."""
    return blind_index(settings.SEALING_KEY, "delivery to", to)


def seal(item: str, parcel: Parcel) -> bytes:
    """The content as it rests; item: whose, "letter" or "inbox"."""
    content = {"to": parcel.to, "subject": parcel.subject, "text": parcel.text}
    text = json.dumps(content, ensure_ascii=False).encode()
    return _sealer(settings.SEALING_KEY).seal(f"{item} {parcel.id}", text)


def opened(item: str, identifier: uuid.UUID, sealed: bytes | memoryview) -> Parcel:
    """The content. Raises `trust.sealing.SealBroken`."""
    content: dict[str, str] = json.loads(
        _sealer(settings.SEALING_KEY).open(f"{item} {identifier}", bytes(sealed))
    )
    return Parcel(str(identifier), content["to"], content["subject"], content["text"])


class LetterQuerySet(models.QuerySet["Letter"]):
    """Ways of reading letters."""

    def for_operator(self, *, state: str = "", to: str = "") -> "LetterQuerySet":
        """Newest first, each with its row of the outbox; of one state, to one address in any usual spelling.

        Raises `kernel.invalid.Invalid` (`phone_format`, `email_format`) for what is no address.
        """
        rows = self.select_related("message").order_by("-created_at", "pk").defer("sealed")
        if state:
            rows = rows.filter(state=state)
        if to:
            rows = rows.filter(to_index=index_of(address(to)[1]))
        return rows


class Letter(models.Model):
    """One message to one person; its row in the outbox says how sending goes.

    sealed: address, subject and text; empty once the letter is over (delivered, refused, expired): it may hold a code.
    to_index: blind index of the address. purpose: stable code, "registration.phone_code". about: key of the person
    (`sub`) or "". good_until: from then on it is not delivered any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="letter")
    channel = models.CharField(max_length=4, choices=CHANNELS)
    to_mask = models.CharField(max_length=254)
    to_index = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    purpose = models.CharField(max_length=64)
    about = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    good_until = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=9,
        choices=[(one, one) for one in ("waiting", "delivered", "refused", "expired")],
        default="waiting",
    )
    delivered_at = models.DateTimeField(null=True)

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    class Meta:
        indexes = [
            models.Index(fields=["-created_at"], name="delivery_newest"),
            models.Index(fields=["state", "-created_at"], name="delivery_by_state"),
            models.Index(fields=["to_index", "-created_at"], name="delivery_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {self.state}"

    @property
    def attempts(self) -> int:
        """How often it was tried."""
        return self.message.attempts

    @property
    def last_reason(self) -> str:
        """Why the last attempt failed, a stable code; empty when none did."""
        return self.message.last_reason

    @property
    def next_at(self) -> datetime | None:
        """When it is tried next; None when it is over."""
        return self.message.next_at if self.state == "waiting" else None

    def parcel(self) -> Parcel:
        """What is to be carried. Only while waiting; raises `trust.sealing.SealBroken`."""
        return opened("letter", self.pk, self.sealed)


class InboxLetter(models.Model):
    """A letter as the training stand shows it instead of sending it; has the id of its letter."""

    id = models.UUIDField(primary_key=True, editable=False)
    channel = models.CharField(max_length=4, choices=CHANNELS)
    purpose = models.CharField(max_length=64)
    to_index = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-at"], name="delivery_inbox_newest"),
            models.Index(fields=["to_index", "-at"], name="delivery_inbox_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose}"

    def parcel(self) -> Parcel:
        """Address, subject and text."""
        return opened("inbox", self.pk, self.sealed)
