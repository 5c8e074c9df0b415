"""Django forms in our markup: the renderer named by FORM_RENDERER, and the date of three fields."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Input
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

# The browser would cut a pasted number short or answer in its own words and language; we answer ourselves.
LEFT_TO_US = frozenset({"maxlength", "minlength", "min", "max", "step"})

CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.CheckboxSelectMultiple, "govuk-checkboxes__input"),
    (forms.RadioSelect, "govuk-radios__input"),
    (forms.Select, "govuk-select"),
    (forms.Textarea, "govuk-textarea"),
    (forms.FileInput, "govuk-file-upload"),
    (Input, "govuk-input"),
)


class Field(BoundField):
    """A bound field that knows its own classes and which control an error has to lead to."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Django's attributes, with our class and without the browser's own checks."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        built.pop("required", None)
        if widget.is_hidden:
            return built
        built.update(dict.fromkeys(LEFT_TO_US & widget.attrs.keys(), False))
        classes = [own for kind, own in CLASSES if isinstance(widget, kind)][:1]
        if classes and self.errors and not self.use_fieldset:
            classes.append(f"{classes[0]}--error")
        given = built.get("class") or widget.attrs.get("class")
        if given:
            classes.append(str(given))
        if classes:
            built["class"] = " ".join(classes)
        if self.use_fieldset:
            built.pop("aria-invalid", None)
        return built

    @property
    def optional(self) -> bool:
        """Whether the label says that the field may stay empty; a lone tick never says so."""
        return not self.field.required and not self.single_tick and not self.field.disabled

    @property
    def single_tick(self) -> bool:
        """One tick box: its label stands beside the control, not above it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_password(self) -> bool:
        """A field whose text may be shown on request."""
        return isinstance(self.field.widget, forms.PasswordInput)

    @property
    def anchor(self) -> str:
        """Id of the control the error summary leads to: the first one of a group."""
        return f"{self.auto_id}_0" if self.use_fieldset and not self.single_tick else str(self.auto_id)


class Renderer(DjangoTemplates):
    """Looks in our templates before Django's own."""

    bound_field_class = Field

    @cached_property
    def engine(self) -> Any:
        """Template engine of the form templates."""
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [
                    Path(__file__).parent / "templates",
                    Path(django.forms.__file__).parent / "templates",
                ],
                "NAME": "forms",
                "OPTIONS": {"builtins": ["django.templatetags.i18n"]},
            }
        )


class DateInput3(forms.MultiWidget):
    """Day, month and year in three fields, named `<name>_day`, `<name>_month`, `<name>_year`."""

    template_name = "django/forms/widgets/date3.html"
    use_fieldset = True
    labels = {"day": _("День"), "month": _("Месяц"), "year": _("Год")}

    def __init__(self, attrs: dict[str, Any] | None = None, *, birthday: bool = False) -> None:
        kind = "bday" if birthday else ""
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            part: forms.TextInput({"autocomplete": f"{kind}-{part}"} if birthday else {})
            for part in ("day", "month", "year")
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: dt.date | None) -> list[str]:
        """The three texts of a date."""
        return [str(value.day), str(value.month), str(value.year)] if value else ["", "", ""]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context, each part with its label and width."""
        if isinstance(value, dt.date):
            value = self.decompress(value)
        context = super().get_context(name, value, attrs)
        for part, subwidget in zip(self.labels, context["widget"]["subwidgets"], strict=True):
            subwidget["label"] = self.labels[part]
            subwidget["width"] = 4 if part == "year" else 2
        return context

    def value_from_datadict(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, Any],
        name: str,
    ) -> list[str]:
        """What was typed, as typed."""
        return [str(data.get(f"{name}_{part}") or "").strip() for part in self.labels]

    def value_omitted_from_data(
        self,
        data: Mapping[str, Any],
        files: MultiValueDict[str, Any],
        name: str,
    ) -> bool:
        """Whether none of the three fields came."""
        return all(f"{name}_{part}" not in data for part in self.labels)


class DateField3(forms.Field):
    """A date typed as day, month, year. Codes: `required`, `date_incomplete`, `date_invalid`, `date_year`."""

    widget = DateInput3
    default_error_messages = {
        "required": _("Укажите дату."),
        "date_incomplete": _("Дата указана не полностью: нужны день, месяц и год."),
        "date_invalid": _("Такой даты нет в календаре. Проверьте день и месяц."),
        "date_year": _("Год пишется четырьмя цифрами, например 1987."),
    }

    def to_python(self, value: Any) -> dt.date | None:
        """The date, or None if nothing was typed."""
        if value is None or isinstance(value, dt.date):
            return value
        parts = [str(part).strip() for part in value]
        if not any(parts):
            return None
        if not all(parts):
            raise forms.ValidationError(self.error_messages["date_incomplete"], code="date_incomplete")
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise forms.ValidationError(self.error_messages["date_invalid"], code="date_invalid")
        day, month, year = (int(part[:9]) for part in parts)
        if len(parts[2]) != 4:
            raise forms.ValidationError(self.error_messages["date_year"], code="date_year")
        try:
            return dt.date(year, month, day)
        except ValueError:
            raise forms.ValidationError(self.error_messages["date_invalid"], code="date_invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another date was typed than the form began with."""
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except forms.ValidationError:
            return True
