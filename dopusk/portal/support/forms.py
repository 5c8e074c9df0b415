"""What operators of support fill in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.kernel import email, names, phone
from dopusk.kernel.invalid import Invalid
from dopusk.portal.accounts.rules import meanings
from dopusk.portal.support.rules import Reason, Why
from dopusk.portal.support.words import REASONS, STATES, WHYS
from dopusk.web.delivery.rules import address

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def ticket_field() -> forms.CharField:
    """The number of the request by which she acts."""
    return forms.CharField(
        label=_("Номер обращения"),
        help_text=_("Его увидит человек в своём журнале."),
        max_length=40,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": _("Укажите номер обращения: без него чужие данные не открывают.")},
    )


class LookForm(forms.Form):
    """Whose account, and by what right."""

    identifier = forms.CharField(
        label=_("Телефон, почта, СНИЛС или ИНН"),
        help_text=_("Целиком, в любом написании. По фамилии и по части номера поиска нет."),
        max_length=254,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": _("Укажите телефон, почту, СНИЛС или ИНН человека.")},
    )
    reason = forms.ChoiceField(
        label=_("Причина"),
        widget=forms.RadioSelect,
        choices=lambda: [(one.value, gettext(REASONS[one]).capitalize()) for one in Reason],
        error_messages={"required": _("Выберите причину.")},
    )
    ticket = ticket_field()

    def clean_identifier(self) -> str:
        """What may be an identifier at all."""
        text: str = self.cleaned_data["identifier"]
        if not meanings(text):
            words = _(
                "Это не похоже ни на телефон, ни на почту, ни на СНИЛС, ни на ИНН. Проверьте, нет ли опечатки."
            )
            raise ValidationError(words, code="identifier_format")
        return text


class ActForm(forms.Form):
    """Why it is done: a coded reason, and words the person will read."""

    why = forms.ChoiceField(
        label=_("Причина"),
        widget=forms.RadioSelect,
        choices=lambda: [(one.value, gettext(WHYS[one]).capitalize()) for one in Why],
        error_messages={"required": _("Выберите причину.")},
    )
    explained = forms.CharField(
        label=_("Пояснение"),
        help_text=_("Номер обращения и суть. Это прочтёт человек: в журнале и в уведомлении."),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Напишите номер обращения и суть.")},
    )

    def clean_explained(self) -> str:
        """One line: it stands in a sentence of the journal."""
        return " ".join(str(self.cleaned_data["explained"]).split())


def _name(label: Any, asked: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=100,
        required=required,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": asked},
    )


class NewcomerForm(forms.Form):
    """Whom an account is opened for."""

    last_name = _name(_("Фамилия"), _("Укажите фамилию."))
    first_name = _name(_("Имя"), _("Укажите имя."))
    patronymic = _name(_("Отчество"), required=False)
    phone = forms.CharField(
        label=_("Мобильный телефон"),
        help_text=_("На него придёт временный пароль. Попросите человека прочесть номер вслух."),
        max_length=60,
        widget=forms.TextInput({**PLAIN, "inputmode": "tel"}),
        error_messages={"required": _("Укажите телефон.")},
    )
    email = forms.CharField(
        label=_("Электронная почта"),
        help_text=_("Человек подтвердит её сам по ссылке из письма."),
        max_length=254,
        required=False,
        widget=forms.TextInput({**PLAIN, "inputmode": "email"}),
    )
    ticket = ticket_field()
    consent = forms.BooleanField(
        label=_("Человек передо мной, согласие на обработку данных подписано на бумаге"),
        error_messages={"required": _("Без подписанного согласия учётную запись открыть нельзя.")},
    )

    def clean(self) -> dict[str, Any]:
        """Names and contacts in their normal spelling."""
        cleaned: dict[str, Any] = super().clean() or {}
        for field, parse, words in (
            ("last_name", names.proper, _("Напишите фамилию буквами, как в паспорте.")),
            ("first_name", names.proper, _("Напишите имя буквами, как в паспорте.")),
            ("patronymic", names.proper, _("Напишите отчество буквами, как в паспорте.")),
            (
                "phone",
                phone.parse,
                _("Это не похоже на мобильный номер. Нужны 11 цифр, например +7 900 123-45-67."),
            ),
            ("email", email.parse, _("Это не похоже на адрес почты. Проверьте, нет ли опечатки.")),
        ):
            if not cleaned.get(field):
                continue
            try:
                cleaned[field] = parse(cleaned[field])
            except Invalid as error:
                self.add_error(field, ValidationError(words, code=error.code))
        return cleaned


class LettersForm(forms.Form):
    """Which letters to show."""

    state = forms.ChoiceField(
        label=_("Состояние"),
        required=False,
        choices=lambda: [("", _("Все")), *((code, words) for code, words in STATES.items())],
    )
    to = forms.CharField(
        label=_("Кому"),
        help_text=_("Телефон или почта целиком. Поиск по адресу человек увидит в своём журнале."),
        required=False,
        max_length=254,
        widget=forms.TextInput(PLAIN),
    )

    def clean_to(self) -> str:
        """An address in its normal spelling."""
        text: str = self.cleaned_data["to"]
        try:
            return address(text)[1] if text else ""
        except Invalid as error:
            words = _("Это не похоже ни на телефон, ни на почту. Проверьте, нет ли опечатки.")
            raise ValidationError(words, code=error.code) from error


class AgainForm(forms.Form):
    """Why a letter is sent again."""

    why = forms.CharField(
        label=_("Причина"),
        help_text=_("Например: шлюз починен. Останется в журнале."),
        max_length=200,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": _("Напишите причину.")},
    )
