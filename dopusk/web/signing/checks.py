"""By whom signatures are believed here: said in the log when a server process starts."""

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Info, Warning, register  # noqa: A004 - Django's own names
from django.utils import timezone

from dopusk.web import start
from dopusk.web.signing import roots


@register("signing", start.SAID, deploy=True)
def roots_are_there(
    app_configs: Sequence[AppConfig] | None = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Whether any authority is accredited, and which of them are over. None keeps the site from starting."""
    if settings.SIGNING_REGISTERS:
        return [Info("electronic signatures: the sandbox's own authority is believed", id="dopusk.I111")]
    try:
        known = roots.policy().roots
    except roots.Unavailable:
        return [
            Warning(
                "electronic signatures: the accredited roots cannot be read, so every signature is refused",
                hint="look at DOPUSK_SIGNING_ROOTS",
                id="dopusk.W112",
            )
        ]
    if not known:
        return [
            Warning(
                "electronic signatures: no root is accredited, so every signature is refused",
                hint="name a file or folder of PEM in DOPUSK_SIGNING_ROOTS",
                id="dopusk.W113",
            )
        ]
    over = [one.subject for one in known if one.not_after < timezone.now()]
    said: list[CheckMessage] = [
        Info(f"electronic signatures: {len(known)} roots are accredited", id="dopusk.I114")
    ]
    return said + [Warning(f"this accredited root is over: {one}", id="dopusk.W115") for one in over]
