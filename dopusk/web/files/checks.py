"""Are files scanned: said in the log when a server process starts, and by `manage check --deploy --tag files`."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register  # noqa: A004 - Django's own names

from dopusk.web import start
from dopusk.web.files import antivirus


@register("files", start.SAID, deploy=True)
def files_are_scanned(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether an antivirus is named, and whether it answers now. Neither keeps the site from starting."""
    at = settings.CLAMD
    if at is None:
        return [
            Info(
                "files people bring are cleaned, but not scanned for viruses",
                hint="name a clamd in DOPUSK_CLAMD",
                id="dopusk.I101",
            )
        ]
    if not antivirus.answers(at):
        return [
            Warning(
                "clamd does not answer: files are refused until it does",
                hint="look at DOPUSK_CLAMD and at the antivirus itself",
                id="dopusk.W102",
            )
        ]
    return [Info("files people bring are scanned by clamd, then cleaned", id="dopusk.I103")]
