"""Forms of the profile. Each change form carries `seen`, the stamp of what it began with."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dopusk.portal.accounts.fields import CurrentPasswordField
from dopusk.portal.profile import rules, words
from dopusk.web.design.forms import DateField3, DateInput3

SCAN_HINT = _("PDF, JPEG или PNG, до 10 МБ. Скан или разборчивая фотография.")


def _date(label: Any, hint: Any, *, required: bool = False, birthday: bool = False) -> forms.Field:
    return DateField3(label=label, help_text=hint, required=required, widget=DateInput3(birthday=birthday))


def _control(field: rules.Field) -> forms.Field:
    """The control of a field; rules judge, so every control lets everything through."""
    label, hint = words.FIELDS[field.name], words.HINTS.get(field.name, "")
    if field.shape in {rules.Shape.PAST, rules.Shape.DAY}:
        made = _date(label, hint, required=field.required)
        made.error_messages["required"] = words.FAULTS["required"]
        return made
    if field.shape is rules.Shape.CHOICE:
        choices = [(code, words.CHOICES[code]) for code in field.choices]
        unknown = {
            "required": words.FAULTS["choice_unknown"],
            "invalid_choice": words.FAULTS["choice_unknown"],
        }
        return forms.ChoiceField(
            label=label, choices=choices, widget=forms.RadioSelect, error_messages=unknown
        )
    numeric = {"inputmode": "numeric", "size": "6"}
    short = field.shape in {rules.Shape.YEAR, rules.Shape.POSTCODE}
    return forms.CharField(
        label=label,
        help_text=hint,
        required=field.required,
        error_messages={"required": words.FAULTS["required"]},
        widget=forms.TextInput(numeric if short else {}),
    )


class SeenForm(forms.Form):
    """A form that knows what it began with."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def note(self, faults: Iterable[rules.Fault]) -> None:
        """Show what the rules found, each at its field; at the first field if its own is not here."""
        first = next(name for name in self.fields if name != "seen")
        for fault in faults:
            name = fault.field if fault.field in self.fields else first
            if name not in self.errors:
                error = forms.ValidationError(words.FAULTS[fault.code], code=fault.code)
                self.add_error(name, error)

    def restamped(self, seen: str) -> None:
        """Let the next press save over what is kept now."""
        given = self.data
        assert isinstance(given, QueryDict)
        typed = given.copy()
        typed["seen"] = seen
        self.data = typed


class FactForm(SeenForm):
    """A row of a section, or some of its fields."""

    def __init__(
        self, section: str, data: Any = None, *, only: str = "", content: Mapping[str, str] | None = None
    ) -> None:
        self.section = section
        self.names = [field.name for field in rules.SECTIONS[section] if only in {"", field.name}]
        super().__init__(data, initial=self._initial(content or {}))
        for field in rules.SECTIONS[section]:
            if field.name in self.names:
                self.fields[field.name] = _control(field)

    def _initial(self, content: Mapping[str, str]) -> dict[str, Any]:
        initial: dict[str, Any] = {"seen": self.stamp_of(content)}
        for field in rules.SECTIONS[self.section]:
            value = content.get(field.name, "")
            day = field.shape in {rules.Shape.PAST, rules.Shape.DAY}
            initial[field.name] = (dt.date.fromisoformat(value) if value else None) if day else value
        return initial

    def stamp_of(self, content: Mapping[str, str]) -> str:
        """The stamp of this form's fields as they stand in a row."""
        return rules.stamp(*[content.get(name, "") for name in sorted(self.names)])

    def typed(self) -> dict[str, str]:
        """What was typed, as it is kept."""
        given = {name: self.cleaned_data.get(name) for name in self.names}
        return {
            name: value.isoformat() if isinstance(value, dt.date) else rules.tidy(value or "")
            for name, value in given.items()
        }


class IdentityForm(SeenForm):
    """One of: a name, the birth date, the gender."""

    def __init__(self, field: str, data: Any = None, *, value: Any = "") -> None:
        self.field = field
        super().__init__(data, initial={field: value, "seen": rules.stamp(value or "")})
        self.fields[field] = self._control(field)

    def _control(self, field: str) -> forms.Field:
        label = words.FIELDS[field]
        if field == "birth_date":
            return _date(label, "", required=True, birthday=True)
        if field == "gender":
            choices = [(code, words.CHOICES[code]) for code in ("female", "male")]
            return forms.ChoiceField(
                label=label,
                choices=choices,
                widget=forms.RadioSelect,
                error_messages={"required": words.FAULTS["choice_unknown"]},
            )
        auto = {"last_name": "family-name", "first_name": "given-name", "patronymic": "additional-name"}
        return forms.CharField(
            label=label,
            required=field != "patronymic",
            error_messages={"required": words.FAULTS["name_empty"]},
            widget=forms.TextInput({"autocomplete": auto[field]}),
        )

    def typed(self) -> str:
        """What was typed, as text."""
        value = self.cleaned_data[self.field]
        return value.isoformat() if isinstance(value, dt.date) else rules.tidy(value or "")


class ScanField(forms.FileField):
    """A file; an empty one is left to web/files, whose words are better."""

    def __init__(self, **named: Any) -> None:
        named.setdefault("label", _("Файл"))
        super().__init__(
            help_text=SCAN_HINT,
            allow_empty_file=True,
            error_messages={"required": _("Выберите файл."), "invalid": _("Выберите файл.")},
            widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
            **named,
        )


class DocumentForm(forms.Form):
    """«Загрузить документ»."""

    kind = forms.ChoiceField(
        label=_("Что это за документ"),
        choices=[(code, words.CHOICES[code]) for code in rules.KINDS if code != "name_change"],
        widget=forms.RadioSelect,
        error_messages={"required": words.FAULTS["choice_unknown"]},
    )
    title = forms.CharField(
        label=_("Название"),
        help_text=_("Чтобы не спутать с другими, например: диплом колледжа."),
        required=False,
        max_length=rules.TITLE_LONGEST,
        error_messages={"max_length": words.FAULTS["text_long"]},
    )
    fact = forms.ChoiceField(label=_("К какой записи профиля"), required=False)
    file = ScanField()

    def __init__(self, *given: Any, facts: Iterable[tuple[str, str]] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        field = self.fields["fact"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Ни к какой")), *facts]

    def clean_title(self) -> str:
        """The title on one line."""
        return rules.tidy(self.cleaned_data["title"])

    def chosen(self) -> uuid.UUID | None:
        """The fact it belongs to."""
        return uuid.UUID(self.cleaned_data["fact"]) if self.cleaned_data["fact"] else None


class NameForm(forms.Form):
    """A new name with its document."""

    last_name = forms.CharField(
        label=words.FIELDS["last_name"], error_messages={"required": words.FAULTS["name_empty"]}
    )
    first_name = forms.CharField(
        label=words.FIELDS["first_name"], error_messages={"required": words.FAULTS["name_empty"]}
    )
    patronymic = forms.CharField(label=words.FIELDS["patronymic"], required=False)
    file = ScanField(label=_("Документ о смене имени"))

    def clean(self) -> dict[str, Any]:
        """Each part as the kernel reads names."""
        given = super().clean() or {}
        for name in rules.NAMES:
            code = rules.identity_fault(name, rules.tidy(given.get(name) or ""), dt.date.max)
            if code and name not in self.errors:
                self.add_error(name, forms.ValidationError(words.FAULTS[code], code=code))
        return given

    def typed(self) -> tuple[str, str, str]:
        """Last, first, patronymic."""
        last, first, patronymic = (rules.tidy(self.cleaned_data[name] or "") for name in rules.NAMES)
        return last, first, patronymic


class RefusalForm(forms.Form):
    """Why a name change is refused."""

    reason = forms.ChoiceField(
        label=_("Причина отказа"),
        choices=list(words.NAME_REFUSALS.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": words.REFUSED["reason_unknown"],
            "invalid_choice": words.REFUSED["reason_unknown"],
        },
    )


class CloseForm(forms.Form):
    """The word that closes an account."""

    typed = forms.CharField(
        label=_("Напишите слово «закрыть»"),
        error_messages={"required": words.REFUSED["not_typed"]},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "size": "12"}),
    )
    password = CurrentPasswordField(error_messages={"required": words.REFUSED["password_missing"]})

    def __init__(self, *given: Any, by_passkey: bool, **more: Any) -> None:
        super().__init__(*given, **more)
        if by_passkey:
            del self.fields["password"]
