"""The form of a block."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dopusk.portal.certificates import words


class BlockForm(forms.Form):
    """Why it is blocked: it decides whether the certificate may ever come back."""

    reason = forms.ChoiceField(
        label=_("Почему Вы блокируете сертификат"),
        choices=[(code.value, format_lazy("{}. {}", *said)) for code, said in words.REASONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите причину."), "invalid_choice": _("Выберите причину.")},
    )
