"""Clients of the registers' API."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from dopusk.registers.clients.rules import digest


class ClientQuerySet(models.QuerySet["Client"]):
    """Ways of finding a client."""

    def bearing(self, token: str) -> "Client | None":
        """The client this token was given to, if it is still trusted."""
        return self.filter(token_hash=digest(token), active=True).first()


class Client(models.Model):
    """A program that may ask. The token itself is kept nowhere."""

    name = models.CharField(max_length=40, unique=True)
    token_hash = models.CharField(max_length=64, unique=True, db_collation="C")
    scopes = ArrayField(models.CharField(max_length=20))
    active = models.BooleanField(default=True)

    objects: ClassVar[ClientQuerySet] = ClientQuerySet.as_manager()  # type: ignore[assignment]  # django-stubs: a manager made of the queryset

    def __str__(self) -> str:
        return self.name
