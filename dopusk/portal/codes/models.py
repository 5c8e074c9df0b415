"""Codes and links that wait to be used, and the counts that limit them."""

import functools
import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.portal.codes.rules import Count
from dopusk.trust.sealing import Sealer, blind_index


@functools.cache
def _sealer(key: bytes) -> Sealer:
    return Sealer(key)


def seal(item: str, content: dict[str, Any]) -> bytes:
    """The content as it rests. item: which row, "code <id>"."""
    text = json.dumps(content, ensure_ascii=False).encode()
    return _sealer(settings.SEALING_KEY).seal(f"codes {item}", text)


def opened(item: str, sealed: bytes) -> dict[str, Any]:
    """The content."""
    content: dict[str, Any] = json.loads(_sealer(settings.SEALING_KEY).open(f"codes {item}", sealed))
    return content


def key_of(per: str, *parts: str) -> bytes:
    """The key of a count; tells nothing of the number or the network."""
    return blind_index(settings.SEALING_KEY, f"codes {per}", "\n".join(parts))


class Counter(models.Model):
    """Messages sent and wrong answers of one place, number, account or network; no account need exist."""

    key = models.BinaryField(primary_key=True)
    sent = ArrayField(models.DateTimeField(), default=list)
    failures = models.PositiveIntegerField(default=0)
    locks = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{len(self.sent)} sent, {self.failures} wrong"

    def count(self) -> Count:
        """As the rules see it."""
        return Count(tuple(self.sent), self.failures, self.locks, self.locked_until)

    def take(self, count: Count) -> None:
        """As the rules left it."""
        self.sent, self.failures = list(count.sent), count.failures
        self.locks, self.locked_until = count.locks, count.locked_until


class Code(models.Model):
    """A code sent to a number. fits: HMAC of the digits, bound to this row and its purpose; real: False for one that
    reached nobody and fits nothing. place, number: keys of the counts that a wrong answer goes to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=30)
    sub = models.UUIDField(null=True)
    sealed = models.BinaryField()
    fits = models.BinaryField()
    real = models.BooleanField()
    place = models.BinaryField(db_index=True)
    number = models.BinaryField()
    made_at = models.DateTimeField()
    good_until = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code for {self.purpose}"


class LetterLink(models.Model):
    """A link in a letter; its token is kept as SHA-256 (256 random bits need no more)."""

    token_hash = models.BinaryField(primary_key=True)
    purpose = models.CharField(max_length=30)
    sub = models.UUIDField(null=True)
    sealed = models.BinaryField()
    made_at = models.DateTimeField()
    good_until = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link for {self.purpose}"
