"""What a person types from the paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dopusk.cabinet.certificates import numbers


class QuestionForm(forms.Form):
    """Codes: `required`, `number_form`, `code_form`. They say how the value looks, never whether it exists."""

    number = forms.CharField(
        label=_("Реестровый номер"),
        help_text=_("13 цифр, например 7726 000000001."),
        error_messages={"required": _("Введите реестровый номер: он напечатан на выписке.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "inputmode": "numeric", "class": "govuk-input--width-20"}
        ),
    )
    code = forms.CharField(
        label=_("Код проверки"),
        help_text=_("12 букв и цифр рядом с номером, например 4F7K-9QXM-2T8B."),
        error_messages={"required": _("Введите код проверки: он напечатан рядом с номером.")},
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false",
             "class": "govuk-input--width-20"}
        ),
    )  # fmt: skip

    def clean_number(self) -> str:
        """13 digits."""
        number = numbers.parse_number(self.cleaned_data["number"])
        if number is None:
            raise forms.ValidationError(
                _("В реестровом номере 13 цифр. Сверьте его с выпиской."), "number_form"
            )
        return number

    def clean_code(self) -> str:
        """12 characters."""
        code = numbers.parse_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("В коде проверки 12 латинских букв и цифр. Сверьте его с выпиской."),
                "code_form",
            )
        return code
