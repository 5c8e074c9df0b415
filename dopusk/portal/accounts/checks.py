"""What must hold before the portal starts: known passwords live in the sandbox only."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from dopusk.portal.accounts.models import Account


@register(Tags.database)
def known_people_stay_in_the_sandbox(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Outside sandbox mode a database that holds people with a public password does not start."""
    if settings.SANDBOX:
        return []
    for alias in databases or []:
        table = Account._meta.db_table  # noqa: SLF001 - Django's public way to a table's name
        if table not in connections[alias].introspection.table_names():
            continue  # before the first migration
        known = Account.objects.using(alias).filter(demo=True).count()
        if known:
            return [
                Error(
                    f"the portal's database holds {known} sandbox people whose password everyone knows",
                    hint="start with an empty database, or set DOPUSK_SANDBOX=1",
                    id="dopusk.E101",
                )
            ]
    return []
