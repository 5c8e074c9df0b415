"""The form of sign-in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SigninForm(forms.Form):
    """Two fields; what is wrong with them is never said apart."""

    identifier = forms.CharField(
        label=_("Телефон, почта, СНИЛС или ИНН"),
        help_text=_("Пишите как привыкли: пробелы, скобки и дефисы не мешают."),
        max_length=254,
        error_messages={"required": _("Укажите телефон, почту, СНИЛС или ИНН.")},
        widget=forms.TextInput(
            {
                "autocomplete": "username",
                "inputmode": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )
    password = forms.CharField(
        label=_("Пароль"),
        max_length=1024,
        strip=False,
        error_messages={"required": _("Введите пароль.")},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
