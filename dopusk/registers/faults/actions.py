"""Throwing a switch."""

from django.db import transaction
from django.utils import timezone

from dopusk.kernel.invalid import Invalid
from dopusk.registers.faults import rules
from dopusk.registers.faults.models import Fault
from dopusk.web.journal import actions as journal

_WORDS = {
    rules.Mode.ON: "Регистр {} отвечает как обычно",
    rules.Mode.OFF: "Регистр {} выключен",
    rules.Mode.DELAY: "Регистр {} отвечает с задержкой",
    rules.Mode.BREAK: "Регистр {} отвечает испорченными ответами",
}


@transaction.atomic
def throw(register: rules.Register, mode: rules.Mode, delay_ms: int, by: str) -> rules.Switch:
    """Set the register's mode. by: who, for the journal. Raises `Invalid("delay_out_of_range")`."""
    delay_ms = delay_ms if mode is rules.Mode.DELAY else 0
    if code := rules.delay_fault(mode, delay_ms):
        raise Invalid(code, longest=rules.LONGEST_DELAY_MS)
    if mode is rules.Mode.ON:
        Fault.objects.filter(register=register).delete()
    else:
        state = {"mode": str(mode), "delay_ms": delay_ms, "since": timezone.now()}
        Fault.objects.update_or_create(register=str(register), defaults=state)
    journal.record(
        actor=by,
        act="register.switched",
        subject="system",
        object_=f"register:{register}",
        words=_WORDS[mode].format(register),
        detail={"mode": str(mode), "delay_ms": delay_ms},
    )
    return rules.Switch(mode, delay_ms)
