"""Whose letters to show."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dopusk.kernel.invalid import Invalid
from dopusk.web.delivery import rules


class Recipient(forms.Form):
    """A phone or an e-mail in any usual spelling; cleaned to the normal one, or empty."""

    to = forms.CharField(
        label=_("Кому"),
        help_text=_("Телефон или электронная почта, в любом написании"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_to(self) -> str:
        """The address in its normal spelling."""
        text: str = self.cleaned_data["to"]
        if not text:
            return ""
        try:
            return rules.address(text)[1]
        except Invalid as error:
            words = _("Это не похоже ни на телефон, ни на электронную почту. Проверьте, нет ли опечатки")
            raise ValidationError(words, code=error.code) from error

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
