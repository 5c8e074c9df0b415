"""Forms of registration."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import email, names, phone
from dopusk.kernel.invalid import Invalid
from dopusk.portal.accounts.fields import NewPasswordForm
from dopusk.portal.codes.fields import CodeField
from dopusk.portal.registration.rules import Typed


class ConsentForm(forms.Form):
    """The consent, ticked by herself."""

    consent = forms.BooleanField(
        label=gettext_lazy("Даю согласие на обработку моих персональных данных"),
        error_messages={
            "required": gettext_lazy("Без него учётную запись открыть нельзя. Отметьте, если согласны.")
        },
    )


def _name(label: Any, autocomplete: str, asked: Any, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        error_messages={"required": asked},
        widget=forms.TextInput({"autocomplete": autocomplete, "spellcheck": "false"}),
        **more,
    )


class AboutForm(forms.Form):
    """Name and contacts."""

    last_name = _name(gettext_lazy("Фамилия"), "family-name", gettext_lazy("Укажите фамилию."))
    first_name = _name(gettext_lazy("Имя"), "given-name", gettext_lazy("Укажите имя."))
    patronymic = _name(gettext_lazy("Отчество"), "additional-name", "", required=False)
    phone = forms.CharField(
        label=gettext_lazy("Мобильный телефон"),
        help_text=gettext_lazy("Российский номер, например 8 900 123-45-67. На него придёт СМС с кодом."),
        max_length=40,
        error_messages={"required": gettext_lazy("Укажите номер телефона.")},
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel", "class": "govuk-input--width-20"}),
    )
    email = forms.CharField(
        label=gettext_lazy("Электронная почта"),
        help_text=gettext_lazy("Пригодится, если телефон потеряется: по ней можно вернуть доступ."),
        max_length=300,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_last_name(self) -> str:
        """As it is kept."""
        return self._parsed("last_name", names.clean)

    def clean_first_name(self) -> str:
        """As it is kept."""
        return self._parsed("first_name", names.clean)

    def clean_patronymic(self) -> str:
        """As it is kept, or empty."""
        return self._parsed("patronymic", names.clean) if self.cleaned_data["patronymic"] else ""

    def clean_phone(self) -> str:
        """In its normal spelling."""
        return self._parsed("phone", phone.parse)

    def clean_email(self) -> str:
        """In its normal spelling, or empty."""
        return self._parsed("email", email.parse) if self.cleaned_data["email"] else ""

    def _parsed(self, name: str, parse: Callable[[str], str]) -> str:
        try:
            return parse(self.cleaned_data[name])
        except Invalid as error:
            raise forms.ValidationError(_words(error.code), code=error.code) from error

    def typed(self) -> Typed:
        """What was typed, for the draft."""
        return Typed(**self.cleaned_data)


def _words(code: str) -> str:
    return {
        "name_empty": _("Напишите буквами."),
        "name_length": _("Длиннее 100 знаков мы не храним. Сократите, как в паспорте."),
        "name_characters": _("Пишите по-русски, как в паспорте: буквы, дефис, пробел."),
        "phone_format": _("Номер не похож на российский мобильный: в нём десять цифр после +7."),
        "email_format": _(
            "Адрес не похож на почтовый. Проверьте, нет ли лишних знаков, например: name@example.org."
        ),
    }[code]


class CodeForm(forms.Form):
    """The code that came to the telephone."""

    code = CodeField()


class PasswordForm(NewPasswordForm):
    """The password of the new account."""
