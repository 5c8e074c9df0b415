"""Appointing an operator."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.words import DUTIES, ROLES


class AppointmentForm(forms.Form):
    """Whom, and to which post. The surname guards against a slip in the number, and against trying numbers."""

    identifier = forms.CharField(
        label=_("Телефон, почта, СНИЛС или ИНН"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Укажите, чья это учётная запись.")},
    )
    last_name = forms.CharField(
        label=_("Фамилия"),
        help_text=_("Как в учётной записи: так Вы не назначите другого из-за опечатки в номере."),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Укажите фамилию.")},
    )
    role = forms.ChoiceField(
        label=_("Должность"),
        widget=forms.RadioSelect,
        choices=lambda: [
            (role.value, f"{capfirst(gettext(ROLES[role]))}. {gettext(DUTIES[role])}") for role in Role
        ],
        error_messages={"required": _("Выберите должность.")},
    )
