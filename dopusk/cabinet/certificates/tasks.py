"""Telling the register of health workers about a passed accreditation."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from django.conf import settings

from dopusk.cabinet.certificates import actions
from dopusk.web.outbox.senders import Refused, TryLater, sender
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused


@cache
def register() -> Register:
    """The register this process talks to; its connection is kept."""
    return Register(settings.REGISTERS_URL, settings.REGISTERS_TOKEN, "frmr")


@sender(actions.FRMR)
def deliver(number: str, _payload: dict[str, Any]) -> Callable[[], None]:
    """PUT the outcome under its register number: the same body as often as need be, kept there once."""
    try:
        register().put(f"/api/frmr/accreditation/{number}", actions.message(number))
    except RegisterDown as down:
        raise TryLater(down.reason) from down
    except RegisterRefused as refused:
        raise Refused(refused.code or f"http_{refused.status}") from refused
    return partial(actions.recorded, number)
