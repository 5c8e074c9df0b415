"""Which rows of the portal are one person's: found by their keys, so that no slice can be forgotten."""

import uuid
from collections.abc import Iterator

from django.apps import apps
from django.db import models

from dopusk.portal.accounts.models import Account

OWNER = "account"  # the key to whom a row is about; an operator who decided it stands under other names


def tables() -> Iterator[tuple[type[models.Model], str]]:
    """Every model whose rows belong to a person, with the field that says whose."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented model API
            if field.name == OWNER and field.related_model is Account:
                yield model, OWNER
            elif field.name == "sub" and isinstance(field, models.UUIDField) and model is not Account:
                yield model, "sub"


def rows(model: type[models.Model], owner: str, sub: uuid.UUID) -> "models.QuerySet[models.Model]":
    """A person's rows of one model."""
    return model._default_manager.filter(**{owner: sub})  # noqa: SLF001 - Django's documented model API
