"""What she types, what operators decide."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.kernel import inn as inn_number
from dopusk.kernel import names
from dopusk.kernel import passport as papers
from dopusk.kernel import snils as snils_number
from dopusk.kernel.invalid import Invalid
from dopusk.portal.proofing import rules, words
from dopusk.portal.proofing.registers import Questions
from dopusk.portal.proofing.rules import ReviewCode, StandingCode, Typed
from dopusk.web.design.forms import DateField3, DateInput3

SCAN_HINT = _(
    "Разворот с фотографией, целиком и без бликов. PDF, JPEG или PNG до 10 МБ. "
    "Скан увидит только оператор, если понадобится, а после решения мы его удалим."
)


def fault(code: str, **facts: object) -> forms.ValidationError:
    """A field's fault with its code and words."""
    return forms.ValidationError(gettext(words.FAULTS[code]) % facts, code=code)


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except Invalid as refused:
        raise fault(refused.code, **refused.detail) from refused


class DataForm(forms.Form):
    """Passport and СНИЛС. scan_kept: a scan was accepted before and need not be brought again."""

    last_name = forms.CharField(label=_("Фамилия"), max_length=200)
    first_name = forms.CharField(label=_("Имя"), max_length=200)
    patronymic = forms.CharField(
        label=_("Отчество"), max_length=200, required=False, help_text=_("Если есть в паспорте.")
    )
    gender = forms.ChoiceField(
        label=_("Пол"),
        choices=[("female", _("Женский")), ("male", _("Мужской"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Отметьте пол, как в паспорте.")},
    )
    birth_date = DateField3(
        label=_("Дата рождения"), widget=DateInput3(birthday=True), help_text=_("Например, 18 2 1997.")
    )
    snils = forms.CharField(
        label=_("СНИЛС"),
        max_length=60,
        help_text=_("11 цифр, с чёрточками или без. Например, 112-233-445 95."),
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}
        ),
    )
    passport = forms.CharField(
        label=_("Серия и номер паспорта"),
        max_length=60,
        help_text=_("10 цифр. Например, 9900 000603."),
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}
        ),
    )
    issued = DateField3(label=_("Дата выдачи"))
    issuer = forms.CharField(label=_("Кем выдан"), max_length=200, help_text=_("Как написано в паспорте."))
    issuer_code = forms.CharField(
        label=_("Код подразделения"),
        max_length=20,
        help_text=_("6 цифр. Например, 690-001."),
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-5"}
        ),
    )
    inn = forms.CharField(
        label=_("ИНН"),
        max_length=60,
        required=False,
        help_text=_("12 цифр, если помните. По нему тоже можно будет входить."),
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "off", "class": "govuk-input--width-10"}
        ),
    )
    scan = forms.FileField(
        label=_("Скан или фотография паспорта"),
        required=False,
        help_text=SCAN_HINT,
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
    )

    def __init__(self, *given: Any, scan_kept: bool, fixed_snils: str = "", **more: Any) -> None:
        super().__init__(*given, **more)
        self.scan_kept = scan_kept
        for field in self.fields.values():
            field.error_messages.setdefault("required", gettext("Заполните это поле."))
        self.fields["last_name"].error_messages["required"] = gettext(words.FAULTS["name_empty"])
        self.fields["first_name"].error_messages["required"] = gettext(words.FAULTS["name_empty"])
        self.fields["scan"].required = not scan_kept
        self.fields["scan"].error_messages["required"] = gettext(words.FAULTS["scan_missing"])
        if fixed_snils:
            self.fields["snils"].disabled = True
            self.initial["snils"] = snils_number.show(fixed_snils)
            self.fields["snils"].help_text = gettext("Уже есть в учётной записи и не меняется.")

    def clean_last_name(self) -> str:
        """As in the passport."""
        return str(_parsed(names.proper, self.cleaned_data["last_name"]))

    def clean_first_name(self) -> str:
        """As in the passport."""
        return str(_parsed(names.proper, self.cleaned_data["first_name"]))

    def clean_patronymic(self) -> str:
        """As in the passport, or empty."""
        text = self.cleaned_data["patronymic"].strip()
        return str(_parsed(names.proper, text)) if text else ""

    def clean_snils(self) -> str:
        """Eleven digits."""
        return str(_parsed(snils_number.parse, self.cleaned_data["snils"]))

    def clean_passport(self) -> papers.Passport:
        """Series and number."""
        found: papers.Passport = _parsed(papers.parse_number, self.cleaned_data["passport"])
        return found

    def clean_issuer(self) -> str:
        """Single spaces, nothing that cannot be kept."""
        return " ".join(self.cleaned_data["issuer"].split())

    def clean_issuer_code(self) -> str:
        """`690-001`."""
        return str(_parsed(papers.parse_issuer_code, self.cleaned_data["issuer_code"]))

    def clean_inn(self) -> str:
        """Twelve digits, or empty."""
        text = self.cleaned_data["inn"].strip()
        return str(_parsed(inn_number.parse, text)) if text else ""

    def clean(self) -> dict[str, Any]:
        """Dates that go together."""
        cleaned = super().clean() or self.cleaned_data
        today = timezone.localdate()
        birth: date | None = cleaned.get("birth_date")
        issued: date | None = cleaned.get("issued")
        if birth and (code := rules.birth_fault(birth, today)):
            self.add_error("birth_date", fault(code))
        elif birth and issued and (code := rules.passport_fault(birth, issued, today)):
            self.add_error("issued", fault(code))
        return cleaned

    def typed(self) -> Typed:
        """Everything in normal spelling; of a valid form."""
        told = self.cleaned_data
        paper: papers.Passport = told["passport"]
        return Typed(
            told["last_name"], told["first_name"], told["patronymic"], told["gender"], told["birth_date"],
            told["snils"], paper.series, paper.number, told["issued"], told["issuer"], told["issuer_code"],
            told["inn"],
        )  # fmt: skip


DATES = ("birth_date", "issued")
TEXTS = (
    "last_name",
    "first_name",
    "patronymic",
    "gender",
    "snils",
    "passport",
    "issuer",
    "issuer_code",
    "inn",
)
LONGEST = 300  # characters of one field kept in a draft


def as_typed(data: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a sent form as a draft keeps them."""
    parts = [f"{name}_{part}" for name in DATES for part in ("day", "month", "year")]
    return {name: str(data.get(name, ""))[:LONGEST].replace("\0", "") for name in (*TEXTS, *parts)}


def as_initial(draft: Mapping[str, str]) -> dict[str, Any]:
    """What a form begins with, from a draft."""
    initial: dict[str, Any] = {name: draft.get(name, "") for name in TEXTS}
    for name in DATES:
        initial[name] = [draft.get(f"{name}_{part}", "") for part in ("day", "month", "year")]
    return initial


class QuestionsForm(forms.Form):
    """Three questions as they lie open."""

    def __init__(self, lying: Questions, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for one in lying.questions:
            label = gettext(words.QUESTIONS.get(one.kind, words.QUESTIONS["institution"]))
            self.fields[one.key] = forms.ChoiceField(
                label=label,
                choices=[(option.key, gettext(option.words)) for option in one.options],
                widget=forms.RadioSelect,
                error_messages={"required": gettext("Выберите один ответ.")},
            )


class RefuseForm(forms.Form):
    """Why an operator refuses an attempt."""

    code = forms.ChoiceField(
        label=_("Причина отказа"),
        choices=[(code.value, _(words.REVIEW_CODES[code])) for code in ReviewCode],
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите причину.")},
    )
    words = forms.CharField(
        label=_("Пояснение"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Его прочитает человек. Без личных данных."),
    )


class FindForm(forms.Form):
    """Whose confirmation."""

    identifier = forms.CharField(
        label=_("Телефон, почта, СНИЛС или ИНН"),
        max_length=200,
        error_messages={"required": _("Укажите, чьё подтверждение найти.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class DecideForm(forms.Form):
    """Why a confirmation is suspended or withdrawn."""

    code = forms.ChoiceField(
        label=_("Причина"),
        choices=[(code.value, _(words.STANDING_CODES[code])) for code in StandingCode],
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите причину.")},
    )
    words = forms.CharField(
        label=_("Пояснение"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Его прочитает человек, чьё это подтверждение."),
        error_messages={"required": _("Объясните решение в двух-трёх предложениях.")},
    )


class WordsForm(forms.Form):
    """Words that go with an act."""

    words = forms.CharField(
        label=_("Пояснение"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("Объясните решение в двух-трёх предложениях.")},
    )


class AppealForm(forms.Form):
    """Her objection."""

    text = forms.CharField(
        label=_("Почему решение неверно"),
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("Что произошло на самом деле и чем это видно. Пароли и коды писать не нужно."),
        error_messages={"required": _("Напишите, почему решение неверно.")},
    )
