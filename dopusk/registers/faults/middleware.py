"""Applies the switches to real HTTP answers, before anybody's token is looked at: an outage asks no questions."""

import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

from dopusk.registers.faults import rules
from dopusk.registers.faults.models import switch_of
from dopusk.registers.problems import Problem


class FaultMiddleware:
    """Off: 503. Break: 200 with bytes that mean nothing. Delay: the same answer later. Sandbox only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.SANDBOX:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through, late or not at all."""
        for register in rules.registers_of(request.path):
            spoiled = _spoiled(register)
            if spoiled is not None:
                return spoiled
        return self.get_response(request)


def _spoiled(register: rules.Register) -> HttpResponse | None:
    """What comes instead of the answer; None lets it come, now or late."""
    switch = switch_of(register)
    if switch.mode is rules.Mode.OFF:
        return Problem(503, "register_off", "Регистр выключен", register=str(register)).answer()
    if switch.mode is rules.Mode.BREAK:
        return HttpResponse(rules.MALFORMED, content_type="application/json")
    if switch.mode is rules.Mode.DELAY:
        time.sleep(switch.delay_ms / 1000)
    return None
