"""The forms of recovery."""

from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import phone, snils
from dopusk.kernel.invalid import Invalid
from dopusk.kernel.passport import Passport, parse_number
from dopusk.portal.accounts.fields import IdentifierField
from dopusk.web.design.forms import DateField3, DateInput3


class StartForm(forms.Form):
    """Who lost access, and where the code goes. Nothing tells whether such an account exists."""

    identifier = IdentifierField(
        help_text=gettext_lazy("То, с чем Вы входите. Пробелы, скобки и дефисы не мешают.")
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Куда отправить код"),
        choices=[("sms", gettext_lazy("СМС на мой телефон")), ("mail", gettext_lazy("Письмо на мою почту"))],
        initial="sms",
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Выберите, куда отправить код.")},
    )


class SnilsForm(forms.Form):
    """СНИЛС, in any usual spelling. Codes of `kernel.snils.parse`."""

    snils = forms.CharField(
        label=gettext_lazy("СНИЛС"),
        max_length=40,
        help_text=gettext_lazy("Одиннадцать цифр, как на карточке или в листе застрахованного."),
        error_messages={"required": gettext_lazy("Укажите СНИЛС.")},
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}
        ),
    )

    def clean_snils(self) -> str:
        """Eleven digits."""
        try:
            return snils.parse(self.cleaned_data["snils"])
        except Invalid as refused:
            words = {
                "snils_checksum": _(
                    "В номере есть опечатка: контрольные цифры не сходятся. Проверьте его по карточке."
                ),
                "snils_length": _("В СНИЛС одиннадцать цифр. Проверьте, все ли на месте."),
            }.get(refused.code, _("Это не похоже на СНИЛС. В нём одиннадцать цифр, например 112-233-445 95."))
            raise forms.ValidationError(words, code=refused.code) from None


class DataForm(SnilsForm):
    """СНИЛС, passport and birth date, as they were when identity was confirmed."""

    passport = forms.CharField(
        label=gettext_lazy("Серия и номер паспорта"),
        max_length=40,
        help_text=gettext_lazy("Того, с которым Вы подтверждали личность. Например, 9900 000603."),
        error_messages={"required": gettext_lazy("Укажите серию и номер паспорта.")},
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-20"}
        ),
    )
    birth_date = DateField3(label=gettext_lazy("Дата рождения"), widget=DateInput3(birthday=True))

    def clean_passport(self) -> Passport:
        """Series and number."""
        try:
            return parse_number(self.cleaned_data["passport"])
        except Invalid as refused:
            raise forms.ValidationError(
                _("В паспорте четыре цифры серии и шесть цифр номера."), code=refused.code
            ) from None

    def clean_birth_date(self) -> date:
        """A day in the past."""
        day: date = self.cleaned_data["birth_date"]
        if day >= timezone.localdate():
            raise forms.ValidationError(
                _("Дата рождения ещё не наступила. Проверьте год."), code="date_future"
            )
        return day


class FactorForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Код из приложения или код восстановления"),
        max_length=60,
        help_text=gettext_lazy("Шесть цифр из приложения или один из кодов, которые Вы сохранили."),
        error_messages={"required": gettext_lazy("Введите код.")},
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false",
             "class": "govuk-input--width-20"}
        ),
    )  # fmt: skip


class PhoneForm(forms.Form):
    """The telephone that replaces a lost one."""

    phone = forms.CharField(
        label=gettext_lazy("Новый номер телефона"),
        max_length=40,
        help_text=gettext_lazy("Отправим на него код. Прежний номер перестанет подходить для входа."),
        error_messages={"required": gettext_lazy("Укажите номер телефона.")},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "class": "govuk-input--width-20"}),
    )

    def clean_phone(self) -> str:
        """`+79001234567`."""
        try:
            return phone.parse(self.cleaned_data["phone"])
        except Invalid as refused:
            raise forms.ValidationError(
                _("Это не похоже на номер телефона. Нужны десять цифр после +7."), code=refused.code
            ) from None
