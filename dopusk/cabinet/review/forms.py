"""Sending an application back: every reason with its place and the registrar's own words."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from dopusk.cabinet.review import rules, words
from dopusk.cabinet.review.asked import AskedChoice


class RefuseForm(forms.Form):
    """Fields `<code>`, `<code>_place`, `<code>_words` for each reason, and `comment`. Code: `reasons_missing`."""

    comment = forms.CharField(
        label=_("Общий комментарий"),
        help_text=_("Его прочитает заявитель."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for reason in rules.REASONS:
            title, fix = words.REASONS[reason.code]
            self.fields[reason.code] = forms.BooleanField(
                label=str(title), help_text=str(fix), required=False
            )
            self.fields[f"{reason.code}_place"] = AskedChoice(
                label=_("Где"),
                choices=[(place, words.PLACES[place]) for place in reason.fields],
                required=False,
            )
            self.fields[f"{reason.code}_words"] = forms.CharField(
                label=_("Что не так"),
                help_text=_("Коротко, чтобы заявитель понял. Пусто — останется название причины."),
                required=False,
                max_length=300,
            )

    def reasons(self) -> Iterator[dict[str, BoundField]]:
        """The three fields of each reason, in order of how often they are met."""
        for reason in rules.REASONS:
            code = reason.code
            yield {"tick": self[code], "place": self[f"{code}_place"], "words": self[f"{code}_words"]}

    def clean(self) -> dict[str, Any]:
        """At least one reason is ticked."""
        cleaned = self.cleaned_data
        if not any(cleaned.get(reason.code) for reason in rules.REASONS):
            message = say("Отметьте хотя бы одну причину.")
            raise forms.ValidationError(message, code="reasons_missing")
        return cleaned

    def faults(self) -> list[rules.Fault]:
        """What was ticked; a place left out means the first one of its reason."""
        cleaned = self.cleaned_data
        return [
            rules.Fault(
                reason.code,
                cleaned.get(f"{reason.code}_place") or reason.fields[0],
                cleaned.get(f"{reason.code}_words") or "",
            )
            for reason in rules.REASONS
            if cleaned[reason.code]
        ]


class SearchForm(forms.Form):
    """Looking for a case by the number of its application or the applicant's surname."""

    q = forms.CharField(label=_("Номер заявления или фамилия"), required=False, max_length=100)
