"""Forms of the pages of second factors."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.portal.factors import rules
from dopusk.portal.factors.rules import Ask


class TotpForm(forms.Form):
    """The first code of an app. Codes: `required`, `totp_shape`; the view adds `totp_wrong`."""

    code = forms.CharField(
        label=_("Код из приложения"),
        help_text=_("Шесть цифр, которые приложение показывает сейчас."),
        max_length=20,
        error_messages={"required": _("Введите шесть цифр, которые показывает приложение.")},
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "govuk-input--width-5"}
        ),
    )

    def clean_code(self) -> str:
        """Six digits."""
        code = rules.digits(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("В коде шесть цифр. Проверьте, что скопировали его целиком."), code="totp_shape"
            )
        return code


class NameForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(
        label=_("Название"),
        help_text=_("По нему Вы узнаете ключ в списке, например «Рабочий компьютер»."),
        max_length=100,
        error_messages={
            "required": _("Назовите ключ, чтобы узнать его в списке."),
            "max_length": _("Название не длиннее 100 знаков."),
        },
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class AskForm(forms.Form):
    """When the second step is asked."""

    ask = forms.ChoiceField(
        label=_("Когда спрашивать второй шаг"),
        choices=[
            (Ask.ALWAYS.value, _("При каждом входе по паролю")),
            (Ask.NEW_DEVICES.value, _("Только на новых устройствах")),
        ],
        error_messages={"required": _("Выберите одно из двух.")},
        widget=forms.RadioSelect,
    )
