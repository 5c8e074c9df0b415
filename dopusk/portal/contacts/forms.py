"""Forms of contacts."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import email, phone
from dopusk.kernel.invalid import Invalid
from dopusk.portal.codes.fields import CodeField


class PhoneForm(forms.Form):
    """A new telephone."""

    phone = forms.CharField(
        label=gettext_lazy("Новый номер мобильного телефона"),
        help_text=gettext_lazy("Российский номер, например 8 900 123-45-67. На него придёт СМС с кодом."),
        max_length=40,
        error_messages={"required": gettext_lazy("Укажите номер телефона.")},
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel", "class": "govuk-input--width-20"}),
    )

    def clean_phone(self) -> str:
        """The number in its normal spelling."""
        try:
            return phone.parse(self.cleaned_data["phone"])
        except Invalid as error:
            raise forms.ValidationError(
                _("Номер не похож на российский мобильный: в нём десять цифр после +7."), code=error.code
            ) from error


class EmailForm(forms.Form):
    """A new address of mail."""

    email = forms.CharField(
        label=gettext_lazy("Новый адрес электронной почты"),
        help_text=gettext_lazy("На него придёт письмо со ссылкой."),
        max_length=300,
        error_messages={"required": gettext_lazy("Укажите адрес почты.")},
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
    )

    def clean_email(self) -> str:
        """The address in its normal spelling."""
        try:
            return email.parse(self.cleaned_data["email"])
        except Invalid as error:
            raise forms.ValidationError(
                _(
                    "Адрес не похож на почтовый. Проверьте, нет ли в нём лишних знаков, например: name@example.org."
                ),
                code=error.code,
            ) from error


class CodeForm(forms.Form):
    """The code that came to the new telephone."""

    code = CodeField()
