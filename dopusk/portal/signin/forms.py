"""The forms of sign-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.portal.accounts.fields import CurrentPasswordField, IdentifierField, NewPasswordForm


class SigninForm(forms.Form):
    """Two fields; what is wrong with them is never said apart."""

    identifier = IdentifierField(help_text=_("Пишите как привыкли: пробелы, скобки и дефисы не мешают."))
    password = CurrentPasswordField()


class CodeForm(forms.Form):
    """A code of the second step; how: totp, sms or recovery."""

    code = forms.CharField(
        label=_("Код"),
        max_length=40,
        error_messages={"required": _("Введите код.")},
        widget=forms.TextInput(
            {
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "govuk-input--width-10",
            }
        ),
    )
    sms = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: object, how: str, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # passed on as they came
        field = self.fields["code"]
        if how == "totp":
            field.label = _("Код из приложения")
            field.help_text = _("Шесть цифр. Каждые полминуты приложение показывает новые.")
        elif how == "sms":
            field.label = _("Код из СМС")
            field.help_text = _("Шесть цифр из сообщения. Никому их не называйте.")
        else:
            field.label = _("Код восстановления")
            field.help_text = _("Один из десяти кодов, которые Вы сохранили. Он подойдёт один раз.")
            field.widget.attrs |= {"inputmode": "text", "autocomplete": "off"}


class PasswordForm(forms.Form):
    """The password once more, before something sensitive."""

    password = CurrentPasswordField(label=_("Ваш пароль"))


class ForcedPasswordForm(NewPasswordForm):
    """The new password a sign-in ends with. How it is judged: `accounts.fields`."""
