"""What a person types at the authority's pages."""

import re
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dopusk.kernel import names, sandbox, snils
from dopusk.kernel.invalid import Invalid
from dopusk.registers.pki import rules
from dopusk.registers.pki.authorities import branches
from dopusk.registers.pki.models import IssuedQuerySet
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.trust.certificate_requests import LARGEST
from dopusk.trust.certificate_requests import pem as pem_of
from dopusk.trust.issuers import HOLD, LONGEST_DAYS
from dopusk.trust.subjects import Subject

_PIN: Final = re.compile(r"[!-~]{6,64}")
_SERIAL: Final = re.compile(r"[0-9a-f]{12,40}")
_DEFAULT_DAYS: Final = 365

ALGORITHMS: Final = {
    Branch.EC: _("ECDSA, P-256: быстрее всего, годится для токенов"),
    Branch.RSA: _("RSA, 2048 бит: понимают все программы"),
    Branch.GOST: _("ГОСТ Р 34.10-2012, 256 бит: учебный, средство не сертифицировано"),
}
REASONS: Final = {
    Reason.UNSPECIFIED: _("Причина не названа"),
    Reason.KEY_COMPROMISE: _("Ключ мог попасть к чужим"),
    Reason.AFFILIATION_CHANGED: _("Сменилось место работы или должность"),
    Reason.SUPERSEDED: _("Выпущен новый сертификат"),
    Reason.CESSATION_OF_OPERATION: _("Больше не нужен"),
    Reason.CERTIFICATE_HOLD: _("Приостановить: действие можно вернуть"),
    Reason.PRIVILEGE_WITHDRAWN: _("Полномочия отозваны"),
}
_FAULTS: Final = {
    "required": _("Заполните это поле: без него сертификат не выпустить."),
    "name_empty": _("Заполните это поле: без него сертификат не выпустить."),
    "name_length": _("Слишком длинно: в сертификат помещается 64 знака имени."),
    "name_characters": _("Пишите русскими буквами, можно дефис и апостроф."),
    "snils_length": _("В СНИЛС одиннадцать цифр."),
    "snils_characters": _("В СНИЛС только цифры, например 000-000-600 03."),
    "snils_number": _("Такого СНИЛС не бывает."),
    "snils_checksum": _("СНИЛС не сходится с контрольным числом. Проверьте цифры."),
    "inn_length": _("В ИНН человека двенадцать цифр, в ИНН организации десять."),
    "inn_characters": _("В ИНН только цифры."),
    "inn_checksum": _("ИНН не сходится с контрольными цифрами. Проверьте его."),
    "ogrn_length": _("В ОГРН тринадцать цифр."),
    "ogrn_characters": _("В ОГРН только цифры."),
    "ogrn_checksum": _("ОГРН не сходится с контрольной цифрой. Проверьте его."),
    "email_format": _("Так адрес почты не пишется. Пример: anna@example.org."),
    "too_long": _("Слишком длинно: в сертификат помещается 64 знака."),
    "nul_character": _("Здесь есть знаки, которых не видно. Наберите текст заново."),
    "organisation_absent": _("Это сведения об организации, а сама она не названа."),
    "csr_unreadable": _("Запрос не читается. Нужен PKCS#10: текст PEM или файл DER."),
    "csr_signature": _("Запрос не подписан своим ключом. Сделайте его заново."),
    "csr_key": _(
        "Такой ключ этот центр не удостоверяет. Для EC и RSA нужен P-256 или RSA от 2048 до 4096 бит, "
        "для ГОСТ ключ ГОСТ."
    ),
    "csr_missing": _("Вставьте запрос или выберите его файл."),
    "csr_twice": _("Запрос и вставлен, и выбран файлом. Оставьте что-то одно."),
    "pin": _("Придумайте ПИН-код: от 6 до 64 латинских букв, цифр и знаков, без пробелов."),
    "gost_missing": _("Здесь нет средства ГОСТ. Выберите другой алгоритм."),
}


def words(code: str) -> Any:
    """The sentence for a code; one we have none for is said by its code."""
    return _FAULTS.get(code, code)


class SearchForm(forms.Form):
    """The beginning of a surname, a whole СНИЛС or a serial number."""

    query = forms.CharField(label=_("Фамилия, СНИЛС или номер сертификата"), required=False, max_length=100)

    def narrow(self, issued: IssuedQuerySet) -> IssuedQuerySet:
        """Those who are asked for; nobody when the question is wrong."""
        if not self.is_valid():
            return issued.none()
        query = str(self.cleaned_data["query"])
        serial = re.sub(r"[\s:]", "", query).lower()
        if _SERIAL.fullmatch(serial):
            return issued.filter(serial_number=serial.zfill(40))
        if any(character.isdigit() for character in query):
            try:
                return issued.by_snils(snils.parse(query))
            except Invalid:
                self.add_error(
                    "query", _("Это не похоже ни на СНИЛС, ни на номер сертификата: проверьте цифры.")
                )
                return issued.none()
        return issued.named(names.sort_key(query))


class PersonForm(forms.Form):
    """Whose data to start from."""

    person = forms.ChoiceField(
        label=_("Учебный человек"), required=False, choices=[("", _("Никто: введу сам")), *(
            (person.key, person.full_name) for person in (*sandbox.PEOPLE, *sandbox.NEWCOMERS)
        )]
    )  # fmt: skip

    def facts(self) -> dict[str, str]:
        """What stands in the certificate of the chosen person, before anybody changes it."""
        key = self.cleaned_data.get("person", "") if self.is_valid() else ""
        chosen = next((one for one in (*sandbox.PEOPLE, *sandbox.NEWCOMERS) if one.key == key), None)
        if chosen is None:
            return {}
        works_at = sandbox.organisation("hospital" if chosen.role is sandbox.Role.APPLICANT else "center")
        return {
            "last_name": chosen.last_name,
            "first_name": chosen.first_name,
            "patronymic": chosen.patronymic,
            "snils": snils.show(chosen.snils),
            "inn": chosen.inn,
            "email": chosen.email,
            "organisation": works_at.name,
            "ogrn": works_at.ogrn,
            "inn_of_organisation": works_at.inn,
        }


def _fact(label: Any, hint: Any = "", *, required: bool = False, **attributes: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=300,
        error_messages={"required": _FAULTS["required"], "max_length": _FAULTS["too_long"]},
        widget=forms.TextInput({"autocomplete": "off", **attributes}),
    )


class NewForm(forms.Form):
    """A certificate for a person: whose, by which authority, for which key."""

    FACTS: Final = (
        *("last_name", "first_name", "patronymic", "snils", "inn", "email"),
        *("organisation", "inn_of_organisation", "ogrn", "title"),
    )

    last_name = _fact(_("Фамилия"), required=True)
    first_name = _fact(_("Имя"), required=True)
    patronymic = _fact(_("Отчество"))
    snils = _fact(_("СНИЛС"), _("Например, 000-000-600 03."), required=True, inputmode="numeric")
    inn = _fact(_("ИНН человека"), _("Двенадцать цифр."), inputmode="numeric")
    email = _fact(_("Электронная почта"), inputmode="email", spellcheck="false")
    organisation = _fact(_("Организация"), _("Для сертификата сотрудника. До 64 знаков."))
    inn_of_organisation = _fact(_("ИНН организации"), _("Десять цифр."), inputmode="numeric")
    ogrn = _fact(_("ОГРН"), _("Тринадцать цифр."), inputmode="numeric")
    title = _fact(_("Должность"))
    authority = forms.ChoiceField(
        label=_("Алгоритм"), widget=forms.RadioSelect, error_messages={"required": _("Выберите алгоритм.")}
    )
    days = forms.IntegerField(
        label=_("Сколько дней действует"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=_DEFAULT_DAYS,
        widget=forms.TextInput(
            {"class": "govuk-input--width-5", "inputmode": "numeric", "autocomplete": "off"}
        ),
        error_messages={
            code: _("Напишите число дней от 1 до 450.")
            for code in ("required", "invalid", "min_value", "max_value")
        },
    )
    key = forms.ChoiceField(
        label=_("Откуда ключ"),
        choices=[
            ("here", _("Сделать ключ здесь и скачать его под ПИН-кодом")),
            ("csr", _("У меня свой ключ и запрос на сертификат")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Выберите, откуда ключ.")},
    )  # fmt: skip
    pin = forms.CharField(
        label=_("ПИН-код для файла с ключом"),
        help_text=_(
            "Если ключ делается здесь. От 6 до 64 латинских букв, цифр и знаков. "
            "ПИН-код виден на экране и нигде не хранится."
        ),
        required=False,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "class": "govuk-input--width-20"}
        ),
    )
    csr = forms.CharField(
        label=_("Запрос на сертификат"),
        help_text=_("Если ключ у Вас. Текст PKCS#10, от BEGIN до END CERTIFICATE REQUEST."),
        required=False,
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )
    csr_file = forms.FileField(
        label=_("Или файл запроса"),
        help_text=_("PEM или DER, до 10 кБ."),
        required=False,
        allow_empty_file=True,
    )

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        choice = self.fields["authority"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(branch.value, ALGORITHMS[branch]) for branch in branches()]
        self.subject: Subject | None = None

    @property
    def about_person(self) -> list[Any]:
        """Fields of the first part."""
        return [self[name] for name in self.FACTS[:6]]

    @property
    def about_organisation(self) -> list[Any]:
        """Fields of the second part."""
        return [self[name] for name in self.FACTS[6:]]

    def clean(self) -> dict[str, Any]:
        """Facts by the rules of the API, and the key by what was chosen."""
        known = super().clean() or {}
        try:
            self.subject = rules.subject({name: str(known.get(name, "")) for name in self.FACTS})
        except rules.Unfit as unfit:
            for name, code in unfit.errors.items():
                if name not in self.errors:
                    self.refuse(name, code)
        if known.get("key") == "here" and not _PIN.fullmatch(str(known.get("pin", ""))):
            self.refuse("pin", "pin")
        if known.get("key") == "csr":
            self._clean_request(known)
        return known

    def _clean_request(self, known: dict[str, Any]) -> None:
        pasted, file = str(known.get("csr", "")).strip(), known.get("csr_file")
        if pasted and file:
            self.refuse("csr", "csr_twice")
        elif pasted:
            known["request"] = pasted.encode()
        elif file:
            known["request"] = file.read(LARGEST + 1)
        else:
            self.refuse("csr", "csr_missing")

    def again(self) -> None:
        """Made ready to be shown. Which of PIN and request may stay empty depends on the choice: no label says it.

        A browser chooses no file twice: what was in it stands in the text field from now on.
        """
        for name in ("pin", "csr", "csr_file"):
            self.fields[name].required = True
        file = self.cleaned_data.get("csr_file") if hasattr(self, "cleaned_data") else None
        if not file or not isinstance(self.data, QueryDict) or self.data.get("csr"):
            return
        file.seek(0)
        content = file.read(LARGEST)
        text = content if not content.startswith(b"\x30") else pem_of(content)
        typed = self.data.copy()
        typed["csr"] = text.decode(errors="replace").replace("\0", "")
        self.data = typed

    def refuse(self, name: str, code: str) -> None:
        """An error beside its field, said in words, known by its code."""
        self.add_error(name, forms.ValidationError(words(code), code=code))


class StandingForm(forms.Form):
    """Why a certificate is revoked."""

    reason = forms.ChoiceField(
        label=_("Почему"),
        choices=[(reason.value, text) for reason, text in REASONS.items()],
        error_messages={code: _("Выберите причину из списка.") for code in ("required", "invalid_choice")},
    )

    def __init__(self, *given: Any, held: bool = False, **named: Any) -> None:
        """held: it is suspended already, which cannot be done twice."""
        super().__init__(*given, **named)
        choice = self.fields["reason"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(r.value, text) for r, text in REASONS.items() if not (held and r == HOLD)]
