"""What an operator fills in about a service."""

import json
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.portal.accounts.rules import Level
from dopusk.portal.clients.actions import RegistrationRefused
from dopusk.portal.clients.models import Client
from dopusk.portal.clients.rules import CLIENT_ID, address_fault, jwks_fault, read_jwks
from dopusk.portal.consents.rules import CLAIMS, FURTHER, WORDS
from dopusk.portal.parties.words import AUTH_METHODS, FAULTS, FIELDS, GRANT_TYPES, ID_TOKEN_ALGS, LEVELS

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
SCOPE = re.compile(r"[!#-\[\]-~]{1,40}")  # RFC 6749 appendix A.4; as long as the column
FOR_OPERATORS = {
    "offline_access": _("Те же сведения и после выхода человека с портала")
}  # not said to the person
MOST_ADDRESSES, LONGEST_ADDRESS = 50, 2000


class AddressesField(forms.CharField):
    """Addresses, one a line. Codes: those of `address_fault`, `addresses_many`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 3, **PLAIN}), max_length=100_000, **options)

    def clean(self, value: Any) -> list[str]:
        """The addresses in their order, each once; every line at fault is named. An empty list is the form's matter."""
        typed = super().to_python(value) or ""
        self.run_validators(typed)
        lines = {number: line.strip() for number, line in enumerate(typed.splitlines(), 1) if line.strip()}
        found = list(dict.fromkeys(lines.values()))
        if len(found) > MOST_ADDRESSES:
            raise ValidationError(_("Адресов больше пятидесяти. Оставьте нужные."), code="addresses_many")
        faults = {number: fault for number, line in lines.items() if (fault := _address_fault(line))}
        if faults:
            numbered = len(lines) > 1
            raise ValidationError(
                [_of_line(number if numbered else None, fault) for number, fault in faults.items()]
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        """A list as lines; what was typed as typed."""
        return "\n".join(value) if isinstance(value, list) else value


def _address_fault(line: str) -> str | None:
    return "address_form" if len(line) > LONGEST_ADDRESS else address_fault(line)


def _of_line(number: int | None, fault: str) -> ValidationError:
    if number is None:
        return ValidationError(FAULTS[fault], code=fault)
    words = _("Строка %(number)s. %(what)s")
    return ValidationError(words, code=fault, params={"number": number, "what": FAULTS[fault]})


class ServiceForm(forms.Form):
    """A service. existing: the one being changed, whose identifier stays."""

    name = forms.CharField(
        label=_("Название"),
        help_text=_("Его увидят люди: «Разрешить сервису … получать данные»."),
        max_length=200,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": _("Укажите название.")},
    )
    client_id = forms.CharField(
        label=_("Идентификатор"),
        help_text=_("Например, clinic-portal; в диалекте ЕСИА это мнемоника. Потом не меняется."),
        max_length=100,
        widget=forms.TextInput(PLAIN),
        error_messages={"required": _("Укажите идентификатор.")},
    )
    redirect_uris = AddressesField(
        label=_("Адреса возврата после входа"),
        help_text=_("Каждый с новой строки, целиком: портал сравнивает их знак в знак."),
    )
    signed_out_uris = AddressesField(
        label=_("Адреса возврата после выхода"),
        help_text=_("Куда вернуть человека, который вышел по просьбе сервиса."),
        required=False,
    )
    backchannel_logout_uri = forms.CharField(
        label=_("Куда сообщать о выходе"),
        help_text=_(
            "Сюда портал сам сообщит, что человек вышел (Back-Channel Logout). "
            "Без этого выходить придётся в каждом сервисе отдельно."
        ),
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    scopes = forms.MultipleChoiceField(
        label=_("Какие данные может запросить"),
        help_text=_("Человек увидит этот список и согласится или откажется."),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [
            (one, f"{capfirst(str(FOR_OPERATORS.get(one) or gettext(WORDS[one])))} ({one})") for one in CLAIMS
        ],
        error_messages={"required": _("Отметьте хотя бы openid: без него никто не войдёт.")},
    )
    required_level = forms.ChoiceField(
        label=_("Кого пускать"),
        widget=forms.RadioSelect,
        choices=lambda: list(LEVELS.items()),
        error_messages={"required": _("Выберите, кого пускать.")},
    )
    auth_method = forms.ChoiceField(
        label=_("Как сервис доказывает, что это он"),
        widget=forms.RadioSelect,
        choices=lambda: list(AUTH_METHODS.items()),
        error_messages={"required": _("Выберите, как сервис доказывает, что это он.")},
    )
    jwks = forms.CharField(
        label=_("Открытые ключи сервиса"),
        help_text=_("JWK Set для private_key_jwt, только открытые части."),
        required=False,
        max_length=50_000,
        widget=forms.Textarea({"rows": 5, **PLAIN}),
    )
    grant_types = forms.MultipleChoiceField(
        label=_("Что может получать"),
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: list(GRANT_TYPES.items()),
        error_messages={"required": _("Отметьте хотя бы одно.")},
    )
    own_scopes = forms.CharField(
        label=_("Области для токена самого сервиса"),
        help_text=_("Названия через пробел, например verify:read. Данных людей они не открывают."),
        required=False,
        widget=forms.TextInput(PLAIN),
    )
    id_token_alg = forms.ChoiceField(
        label=_("Чем подписывать удостоверение входа (ID-токен)"),
        widget=forms.RadioSelect,
        choices=lambda: list(ID_TOKEN_ALGS.items()),
        error_messages={"required": _("Выберите алгоритм.")},
    )
    par_required = forms.BooleanField(label=_("Принимать запросы на вход только через PAR"), required=False)
    dpop_required = forms.BooleanField(
        label=_("Выдавать только токены, привязанные к ключу сервиса (DPoP)"), required=False
    )

    def __init__(self, *args: Any, existing: Client | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.existing = existing
        if existing:
            del self.fields["client_id"]

    def clean_client_id(self) -> str:
        """Of a form that fits everywhere."""
        typed = str(self.cleaned_data["client_id"])
        if not CLIENT_ID.fullmatch(typed):
            raise ValidationError(FAULTS["client_id_form"], code="client_id_form")
        return typed

    def clean_backchannel_logout_uri(self) -> str:
        """As any address of a service."""
        typed = str(self.cleaned_data["backchannel_logout_uri"])
        if typed and (fault := _address_fault(typed)):
            raise ValidationError(FAULTS[fault], code=fault)
        return typed

    def clean_jwks(self) -> dict[str, Any]:
        """The set; an empty one when nothing was given."""
        typed = str(self.cleaned_data["jwks"])
        if not typed:
            return {}
        found = read_jwks(typed)
        if fault := jwks_fault(found):
            raise ValidationError(FAULTS[fault], code=fault)
        return dict(found)

    def clean_own_scopes(self) -> list[str]:
        """Names that mean nothing about people."""
        found = list(dict.fromkeys(str(self.cleaned_data["own_scopes"]).split()))
        if any(not SCOPE.fullmatch(one) for one in found):
            raise ValidationError(FAULTS["scope_form"], code="scope_form")
        if any(one in CLAIMS or one in FURTHER for one in found):
            words = _("Эта область открывает данные людей. Отметьте её в списке выше.")
            raise ValidationError(words, code="scope_of_people")
        return found

    def clean(self) -> dict[str, Any]:
        """What fields ask of each other."""
        cleaned = super().clean() or {}
        if cleaned.get("auth_method") == "private_key_jwt" and cleaned.get("jwks") == {}:
            self.add_error("jwks", ValidationError(FAULTS["jwks_missing"], code="jwks_missing"))
        granted = cleaned.get("grant_types", [])
        if "authorization_code" in granted and cleaned.get("redirect_uris") == []:
            self.add_error(
                "redirect_uris", ValidationError(FAULTS["redirect_missing"], code="redirect_missing")
            )
        return cleaned

    def values(self) -> dict[str, Any]:
        """For `clients.actions.register`. Scopes that another page of the service keeps stay."""
        cleaned = {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"client_id", "own_scopes"}
        }
        others = (
            [one for one in self.existing.scopes if one in FURTHER and one not in CLAIMS]
            if self.existing
            else []
        )
        return {
            **cleaned,
            "scopes": [*cleaned["scopes"], *others, *self.cleaned_data["own_scopes"]],
            "required_level": Level(cleaned["required_level"]),
        }

    def refused(self, error: RegistrationRefused) -> None:
        """Put what the registration refused beside its field."""
        if error.code == "changed_meanwhile":
            words = _("Пока Вы правили, сервис изменил другой оператор. Сверьте ниже и сохраните ещё раз.")
            self.add_error(None, ValidationError(words, code=error.code))
            return
        field = FIELDS.get(error.code) or next(
            (
                name
                for name in ("redirect_uris", "signed_out_uris", "backchannel_logout_uri")
                if error.value in self.cleaned_data.get(name, "")
            ),
            None,
        )
        said = str(FAULTS.get(error.code) or _("Так сервис зарегистрировать нельзя: %s") % error.code)
        self.add_error(field, ValidationError(said, code=error.code))


def shown(client: Client) -> dict[str, Any]:
    """A service as its form shows it."""
    return {
        "name": client.name,
        "redirect_uris": client.redirect_uris,
        "signed_out_uris": client.signed_out_uris,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "scopes": [one for one in client.scopes if one in CLAIMS],
        "required_level": client.required_level,
        "auth_method": client.auth_method,
        "jwks": json.dumps(client.jwks, indent=2, ensure_ascii=False) if client.jwks else "",
        "grant_types": client.grant_types,
        "own_scopes": " ".join(one for one in client.scopes if one not in CLAIMS and one not in FURTHER),
        "id_token_alg": client.id_token_alg,
        "par_required": client.par_required,
        "dpop_required": client.dpop_required,
    }


NEW: dict[str, Any] = {
    "scopes": ["openid"],
    "required_level": "simplified",
    "auth_method": "client_secret_basic",
    "grant_types": ["authorization_code"],
    "id_token_alg": "ES256",
}
