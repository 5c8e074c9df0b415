"""What an operator fills in about a service that speaks the ЕСИА dialect."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.models import Client
from dopusk.portal.esia.models import System
from dopusk.portal.esia.scopes import WORDS
from dopusk.portal.parties.words import FAULTS, FIELDS, TOKEN_ALGS

LARGEST = 64 * 1024  # bytes; a certificate has two or three thousand
VERSIONS = {
    "v1": _("Первая: /aas/oauth2/ac и /te, подпись PKCS#7"),
    "v2": _("Вторая и третья: /v2/ac и /v3/te, подпись ГОСТ"),
}


def _named(scope: str, words: str) -> str:
    return capfirst(words) if ":" in scope else f"{capfirst(words)} ({scope})"  # an address would not break


class DialectForm(forms.Form):
    """client: the service; system: how it speaks the dialect now, or None."""

    scopes = forms.MultipleChoiceField(
        label=_("Какие данные может запросить по протоколу ЕСИА"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(one, _named(one, gettext(words))) for one, words in WORDS.items()],
        error_messages={"required": _("Отметьте хотя бы openid.")},
    )
    versions = forms.MultipleChoiceField(
        label=_("Версии протокола"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(VERSIONS.items()),
        error_messages={"required": FAULTS["esia_versions"]},
    )
    token_alg = forms.ChoiceField(
        label=_("Чем портал подписывает маркеры"),
        widget=forms.RadioSelect,
        choices=lambda: list(TOKEN_ALGS.items()),
        error_messages={"required": _("Выберите алгоритм.")},
    )
    lenient = forms.BooleanField(
        label=_("Прощать известные отступления от протокола"),
        help_text=_("Настоящая ЕСИА прощает не всё: оставьте пустым, если сервис пойдёт туда."),
        required=False,
    )
    numeric_sub = forms.BooleanField(label=_("Номер человека в маркере числом, как раньше"), required=False)
    file = forms.FileField(
        label=_("Файл сертификата"),
        help_text=_(
            "PEM или DER. Сервис подписывает запросы ключом этого сертификата; закрытый ключ остаётся у него."
        ),
        required=False,
        allow_empty_file=True,
    )
    text = forms.CharField(
        label=_("Или текст сертификата"),
        help_text=_("От -----BEGIN CERTIFICATE----- до -----END CERTIFICATE-----."),
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, client: Client, system: System | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.client, self.has_any = client, bool(system and system.certificates.exists())

    def clean(self) -> dict[str, Any]:
        """One certificate, in one of the two ways; the first time there has to be one."""
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text")
        fault = "certificate_twice" if file and text else ""
        if not file and not text and not self.has_any and not self.errors.keys() & {"file", "text"}:
            fault = "certificate_missing"
        if file and file.size > LARGEST:
            fault = "certificate_unreadable"
        if fault:
            self.add_error("file", ValidationError(FAULTS[fault], code=fault))
        return cleaned

    def certificates(self) -> list[bytes]:
        """What was brought: none or one."""
        file, text = self.cleaned_data.get("file"), self.cleaned_data.get("text")
        if file:
            return [file.read()]
        return [text.encode()] if text else []

    def values(self) -> dict[str, Any]:
        """For `actions.speak_esia`."""
        cleaned = self.cleaned_data
        return {
            "token_alg": cleaned["token_alg"],
            "lenient": cleaned["lenient"],
            "numeric_sub": cleaned["numeric_sub"],
            "v1": "v1" in cleaned["versions"],
            "v2": "v2" in cleaned["versions"],
        }

    def all_scopes(self) -> list[str]:
        """Those chosen, and those of the service that are none of the dialect's."""
        others = [one for one in self.client.scopes if one not in WORDS]
        return [*others, *self.cleaned_data["scopes"]]

    def refused(self, error: RegistrationRefused) -> None:
        """Put what the registration refused beside its field; a certificate's fault where it was given."""
        field = FIELDS.get(error.code)
        if field == "text" and self.cleaned_data.get("file"):
            field = "file"
        said = str(FAULTS.get(error.code) or _("Так сервис зарегистрировать нельзя: %s") % error.code)
        self.add_error(field if field in self.fields else None, ValidationError(said, code=error.code))


def shown(client: Client, system: System | None) -> dict[str, Any]:
    """What the form begins with."""
    scopes = [one for one in client.scopes if one in WORDS]
    if system is None:
        return {"scopes": scopes or ["openid"], "versions": ["v1", "v2"], "token_alg": "RS256"}
    return {
        "scopes": scopes,
        "versions": [name for name in VERSIONS if getattr(system, name)],
        "token_alg": system.token_alg,
        "lenient": system.lenient,
        "numeric_sub": system.numeric_sub,
    }
