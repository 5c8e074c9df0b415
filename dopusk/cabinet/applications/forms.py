"""The steps as forms. Every form carries `seen`, the stamp of the answers it began with."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.cabinet.applications import words
from dopusk.cabinet.applications.choices import Choice
from dopusk.cabinet.applications.rules import AGREEMENTS, OTHER_DOCUMENTS, UNFINISHED
from dopusk.kernel import email, phone
from dopusk.kernel.invalid import Invalid
from dopusk.web.design.templatetags.design import day

CONTACT_ERRORS = {
    "phone": gettext_lazy("Телефон не похож на российский номер. Напишите десять цифр после +7 или 8."),
    "email": gettext_lazy("Адрес почты не похож на настоящий. В нём должны быть @ и точка после неё."),
}
SCAN_HINT = gettext_lazy("PDF, JPEG или PNG, до 10 МБ. Имя файла не важно: назовём сами.")


class StepForm(forms.Form):
    """What all steps share. `kept`: fields that are saved as answers."""

    kept: tuple[str, ...] = ()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def note_taken(self, values: Mapping[str, str]) -> None:
        """Begin with these values of her certificate, and say at each field where it is from."""
        for name, value in values.items():
            self.initial[name] = value
            self.fields[name].help_text = _("Взято из Вашего сертификата. Можно изменить.")

    def answers(self) -> dict[str, Any]:
        """Fields that hold, and beside them, as typed, those that do not hold yet."""
        held = {name: self.cleaned_data[name] for name in self.kept if self.cleaned_data.get(name)}
        unfinished = {
            name: typed
            for name in self.kept
            if name in self.errors and (typed := str(self.data.get(self.add_prefix(name), "")).strip())
        }
        return {**held, **({UNFINISHED: unfinished} if unfinished else {})}


def checked(field: str, parse: Callable[[str], str], text: str) -> str:
    """A field read by the kernel; its stable code goes into the error."""
    try:
        return parse(text)
    except Invalid as invalid:
        raise forms.ValidationError(CONTACT_ERRORS[field], code=invalid.code) from invalid


class ContactsForm(StepForm):
    """Where notices go."""

    kept = ("email", "phone")
    email = forms.CharField(
        label=gettext_lazy("Электронная почта"),
        help_text=gettext_lazy(
            "Сюда сообщим о каждом шаге. Взято с портала; для этого заявления можно изменить."
        ),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Напишите адрес электронной почты.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Мобильный телефон"),
        help_text=gettext_lazy("Например, +7 900 123-45-67."),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": gettext_lazy("Напишите номер телефона.")},
    )

    def clean_email(self) -> str:
        """Lower-cased domain. Code `email_…`."""
        return checked("email", email.parse, self.cleaned_data["email"])

    def clean_phone(self) -> str:
        """`+79001234567`. Code `phone_format`."""
        return checked("phone", phone.parse, self.cleaned_data["phone"])


class SpecialtyForm(StepForm):
    """One of the specialties that fit the person's records on the day."""

    kept = ("specialty_key",)
    specialty_key = forms.ChoiceField(
        label=gettext_lazy("Специальность"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Выберите специальность."),
            "invalid_choice": gettext_lazy("Этой специальности нет среди подходящих. Выберите из списка."),
        },
    )

    def __init__(self, *args: Any, choices: Sequence[Choice] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["specialty_key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.specialty.key, describe(one)) for one in choices]


def describe(choice: Choice) -> str:
    """«Сестринское дело, 34.02.01 — аккредитация до 22 января 2027»."""
    specialty = choice.specialty
    name = f"{specialty.name}, {specialty.code}" if specialty.code else specialty.name
    if choice.held_until is None:
        return name
    return _("%(name)s — аккредитация до %(day)s") % {"name": name, "day": day(choice.held_until)}


class Scan(forms.FileField):
    """A scan that may have been brought before: needed, so its label never says «optional», but not every time."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Nothing chosen is no error here; whether a scan is there at all is judged by the rules of steps."""
        return super().clean(data, initial) if data else None


class When(forms.CharField):
    """A text needed only in a case its hint names; the form's `clean` asks for it then."""

    def validate(self, value: Any) -> None:
        """Empty is no error here."""


class ReportForm(StepForm):
    """The report and what the employer said of it."""

    kept = ("organisation", "position", "agreement", "refusal_reason")
    organisation = forms.CharField(
        label=gettext_lazy("Место работы"),
        help_text=gettext_lazy("Как в отчёте. Можно не заполнять: место работы есть и в регистре."),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    position = forms.CharField(
        label=gettext_lazy("Должность"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    activity_report = Scan(label=gettext_lazy("Скан отчёта о деятельности"), help_text=SCAN_HINT)
    agreement = forms.ChoiceField(
        label=gettext_lazy("Согласовал ли работодатель отчёт?"),
        widget=forms.RadioSelect,
        choices=list(
            zip(
                AGREEMENTS,
                (
                    gettext_lazy("Да, согласовал"),
                    gettext_lazy("Нет, дал мотивированный отказ"),
                    gettext_lazy("Сейчас я не работаю, согласовать некому"),
                ),
                strict=True,
            )
        ),
        error_messages={"required": gettext_lazy("Отметьте, согласован ли отчёт.")},
    )
    refusal_reason = When(
        label=gettext_lazy("Что работодатель указал в отказе"),
        help_text=gettext_lazy("Заполните, только если работодатель отказал. Своими словами."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
    agreement_file = Scan(
        label=gettext_lazy("Скан согласования или мотивированного отказа"),
        help_text=gettext_lazy(
            "С подписью руководителя и печатью. PDF, JPEG или PNG, до 10 МБ. Если не работаете, не нужен."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """A refusal needs its reason. Code `required`."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("agreement") == "refused" and not cleaned.get("refusal_reason"):
            text = _("Напишите, что указано в отказе: центр должен знать причину.")
            self.add_error("refusal_reason", forms.ValidationError(text, code="required"))
        return cleaned

    def note_brought(self, kinds: Collection[str]) -> None:
        """Say at the field of a scan that is there already that another one is not needed."""
        text = _("Уже приложен. Выберите файл, только если нужно добавить ещё один.")
        if "activity_report" in kinds:
            self.fields["activity_report"].help_text = text
        if {"employer_agreement", "reasoned_refusal"} & set(kinds):
            self.fields["agreement_file"].help_text = text

    def uploads(self) -> list[tuple[str, str]]:
        """Chosen files: name of the field and the kind of document it brings."""
        agreement = str(self.data.get("agreement", ""))
        kinds = {
            "activity_report": "activity_report",
            "agreement_file": "reasoned_refusal" if agreement == "refused" else "employer_agreement",
        }
        return [(field, kind) for field, kind in kinds.items() if field in self.files]


class DocumentsForm(StepForm):
    """One more scan."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Что это за документ"),
        choices=[("", gettext_lazy("Выберите"))]
        + [(kind, words.DOCUMENTS[kind]) for kind in OTHER_DOCUMENTS],
        error_messages={"required": gettext_lazy("Выберите, что это за документ.")},
    )
    file = forms.FileField(
        label=gettext_lazy("Скан"),
        help_text=SCAN_HINT,
        error_messages={
            "required": gettext_lazy("Выберите файл."),
            "empty": gettext_lazy("Файл пуст. Сделайте скан или сохраните файл ещё раз."),
        },
    )

    def uploads(self) -> list[tuple[str, str]]:
        """The chosen file with its kind, if both are there."""
        kind = str(self.data.get("kind", ""))
        return [("file", kind)] if "file" in self.files and kind in OTHER_DOCUMENTS else []


class ConsentForm(StepForm):
    """The consent; the text stands above the tick."""

    given = forms.BooleanField(
        label=gettext_lazy("Я прочитал(а) и даю согласие"),
        error_messages={
            "required": gettext_lazy(
                "Без согласия заявление не рассмотрят. Если согласны, поставьте отметку."
            )
        },
    )
