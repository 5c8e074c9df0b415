"""What must hold before a site starts; run by `manage check` and by every `migrate`."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.utils import timezone

from dopusk.kernel import norms
from dopusk.kernel.invalid import Invalid


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


@register()
def norms_can_be_read(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A centre's corrections of the numbers of the law: a wrong row would stop whoever comes to it, so no start."""
    if settings.NORMS_FILE is None:
        return []
    try:
        norms.at(timezone.localdate(), settings.NORMS_FILE)
    except Invalid as wrong:
        said = ", ".join(f"{name} {value}" for name, value in wrong.detail.items())
        why = f"{wrong.code}: {said}" if said else wrong.code
    except OSError as error:
        why = f"it cannot be read: {error.strerror}"
    else:
        return []
    return [
        Error(
            f"DOPUSK_NORMS_FILE={settings.NORMS_FILE}: {why}",
            hint="what a row has, and of which kind each value is, stands in dopusk/kernel/norms.py",
            id="dopusk.E002",
        )
    ]
