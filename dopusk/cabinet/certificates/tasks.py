"""Telling the register of health workers about a passed accreditation."""

import logging
from collections.abc import Callable
from functools import cache, partial
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings

from dopusk.cabinet.certificates import actions
from dopusk.web.outbox.senders import Refused, TryLater, sender
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused

log = logging.getLogger(__name__)
# our key is not known there just now: nothing is said of the accreditation
OUR_KEY: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


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
        if refused.status in OUR_KEY:
            log.error("the register does not take our key: %s", refused)  # noqa: TRY400 - no traceback: it is an answer
            raise TryLater(refused.code or f"http_{refused.status}") from refused
        raise Refused(refused.code or f"http_{refused.status}") from refused
    return partial(actions.recorded, number)
