"""What is sent to a switch."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.registers.faults.rules import LONGEST_DELAY_MS, Mode, Register
from dopusk.registers.wire import Question, Wire


class SwitchForm(forms.Form):
    """A row of the page: which register and what becomes of it."""

    register = forms.ChoiceField(choices=[(str(r), str(r)) for r in Register])
    mode = forms.ChoiceField(choices=[(str(m), str(m)) for m in Mode])
    delay_ms = forms.IntegerField(
        label=_("Задержка, миллисекунд"), min_value=1, max_value=LONGEST_DELAY_MS, required=False
    )

    def clean(self) -> dict[str, object]:
        """A delay needs its length."""
        known: dict[str, object] = super().clean() or {}
        if known.get("mode") == Mode.DELAY and not known.get("delay_ms") and "delay_ms" not in self.errors:
            self.add_error("delay_ms", _("Укажите, на сколько миллисекунд задерживать ответ"))
        return known


class SwitchBody(Question):
    """PUT /api/faults/{register}."""

    mode: Mode
    delay_ms: int = 0


class SwitchState(Wire):
    """What the switch says now."""

    mode: Mode
    delay_ms: int
