"""Forms of registration."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import names
from dopusk.kernel.invalid import Invalid
from dopusk.portal.accounts.fields import NewPasswordForm
from dopusk.portal.codes.fields import CodeField
from dopusk.portal.contacts.fields import MailField, PhoneField
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
    phone = PhoneField(label=gettext_lazy("Мобильный телефон"))
    email = MailField(
        label=gettext_lazy("Электронная почта"),
        help_text=gettext_lazy("Пригодится, если телефон потеряется: по ней можно вернуть доступ."),
        required=False,
    )

    def clean_last_name(self) -> str:
        """As it is kept."""
        return self._name("last_name")

    def clean_first_name(self) -> str:
        """As it is kept."""
        return self._name("first_name")

    def clean_patronymic(self) -> str:
        """As it is kept, or empty."""
        return self._name("patronymic") if self.cleaned_data["patronymic"] else ""

    def _name(self, field: str) -> str:
        try:
            return names.proper(self.cleaned_data[field])
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
    }[code]


class CodeForm(forms.Form):
    """The code that came to the telephone."""

    code = CodeField()


class PasswordForm(NewPasswordForm):
    """The password of the new account."""
