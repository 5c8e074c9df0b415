"""Fields that take a telephone or an address: of contacts, registration and whoever else asks for one."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import email, phone
from dopusk.kernel.invalid import Invalid


class PhoneField(forms.CharField):
    """A mobile telephone in any spelling; gives its normal one. Codes: `required`, `phone_format`,
    `phone_not_mobile`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "help_text": gettext_lazy(
                    "Российский номер, например 8 900 123-45-67. На него придёт СМС с кодом."
                ),
                "max_length": 40,
                "error_messages": {"required": gettext_lazy("Укажите номер телефона.")},
                "widget": forms.TextInput(
                    {"autocomplete": "tel", "inputmode": "tel", "class": "govuk-input--width-20"}
                ),
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        """The number in its normal spelling."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phone.parse(text)
        except Invalid as error:
            words = _("Номер не похож на российский мобильный: в нём десять цифр после +7.")
            raise forms.ValidationError(words, code=error.code) from error
        if number[2] != "9":  # Russian numbering: mobile codes are 9xx
            words = _("Номер не мобильный: мобильные начинаются с +7 9. На городской СМС не придёт.")
            raise forms.ValidationError(words, code="phone_not_mobile")
        return number


class MailField(forms.CharField):
    """An address of mail; gives its normal spelling. Codes: `required`, `email_format`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "max_length": 300,
                "error_messages": {"required": gettext_lazy("Укажите адрес почты.")},
                "widget": forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
                **options,
            }
        )

    def clean(self, value: Any) -> str:
        """The address in its normal spelling."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return email.parse(text)
        except Invalid as error:
            words = _(
                "Адрес не похож на почтовый. Проверьте, нет ли лишних знаков, например: name@example.org."
            )
            raise forms.ValidationError(words, code=error.code) from error
