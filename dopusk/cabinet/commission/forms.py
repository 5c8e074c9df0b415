"""A member's vote and a postponement."""

from typing import Any

from django import forms
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from dopusk.cabinet.commission import rules, words
from dopusk.cabinet.review.asked import AskedChoice, AskedChoices

ERRORS = {
    "reason_missing": _("Отметьте хотя бы одну причину."),
    "recusal_missing": _("Выберите причину отвода."),
    "reason_unfit": _("Эта причина не подходит к такому голосу."),
    "words_missing": _("Опишите конфликт интересов словами."),
}


class VoteForm(forms.Form):
    """`vote` for, against or recuse; `reasons` codes of a vote against, `recusal` of a recusal; `words` free.

    Codes of errors: required, reason_missing, reason_unfit, words_missing.
    """

    vote = forms.ChoiceField(
        label=_("Ваш голос"),
        choices=list(words.CHOICES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите: за, против или отвод.")},
    )
    reasons = AskedChoices(
        label=_("Почему против"),
        choices=list(words.AGAINST.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    recusal = AskedChoice(
        label=_("Почему отвод"),
        choices=[(code, word) for code, word in words.RECUSALS.items() if code != "own_case"],
        widget=forms.RadioSelect,
        required=False,
    )
    words = forms.CharField(
        label=_("Особое мнение"),
        help_text=_("Войдёт в протокол дословно."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def codes(self) -> list[str]:
        """The reasons that belong to the chosen vote; those of the others are left aside."""
        chosen = self.cleaned_data.get("vote")
        if chosen == rules.Choice.AGAINST:
            return list(self.cleaned_data.get("reasons") or [])
        recusal = self.cleaned_data.get("recusal")
        return [recusal] if chosen == rules.Choice.RECUSE and recusal else []

    def clean(self) -> dict[str, Any]:
        """Reasons as the commission's rules want them."""
        chosen = self.cleaned_data.get("vote")
        if chosen:
            refusal = rules.wrong_reasons(
                rules.Choice(chosen), self.codes(), self.cleaned_data.get("words", "")
            )
            if refusal:
                place = "words" if refusal.code == "words_missing" else self._place(chosen)
                one = place == "recusal" and refusal.code == "reason_missing"
                text = ERRORS["recusal_missing" if one else refusal.code]
                self.add_error(place, forms.ValidationError(say(str(text)), code=refusal.code))
        return self.cleaned_data

    @staticmethod
    def _place(chosen: str) -> str:
        return "recusal" if chosen == rules.Choice.RECUSE else "reasons"


class PostponeForm(forms.Form):
    """Why a case is put off."""

    words = forms.CharField(
        label=_("Почему откладываем"),
        help_text=_("Войдёт в протокол, прочитает и заявитель."),
        required=False,
        max_length=500,
    )
