"""What must hold before a site starts; run by `manage check` and by every `migrate`."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def russian_text_works(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A database made with --no-locale has no lower case and no trigrams for Russian: refuse it."""
    errors: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT lower('АННА') = 'анна'")
            lower = cursor.fetchone()[0]
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            trigrams = True
            if cursor.fetchone():
                cursor.execute("SELECT cardinality(show_trgm('Анна')) > 0")
                trigrams = cursor.fetchone()[0]
        if not (lower and trigrams):
            errors.append(
                Error(
                    f"the database {connections[alias].settings_dict['NAME']} cannot search Russian text",
                    hint="create it with initdb --locale=C.UTF-8 (or any UTF-8 locale)",
                    id="dopusk.E001",
                )
            )
    return errors
