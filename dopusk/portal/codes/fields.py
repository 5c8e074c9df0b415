"""The part of a page that takes a code: registration, contacts, recovery and sign-in share it."""

from datetime import datetime
from typing import Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dopusk.kernel import phone
from dopusk.portal.codes import rules
from dopusk.portal.codes.rules import Gone, Held, Wrong
from dopusk.web.design.templatetags.design import day

FORMAT: Final = gettext_lazy("В коде шесть цифр. Перепишите их из сообщения.")


class CodeField(forms.CharField):
    """Six digits in any spelling. Codes: `code_required`, `code_format`."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{
                "label": gettext_lazy("Код из сообщения"),
                "max_length": 40,
                "widget": forms.TextInput(
                    {
                        "autocomplete": "one-time-code",
                        "inputmode": "numeric",
                        "spellcheck": "false",
                        "class": "govuk-input--width-10",
                    }
                ),
                **options,
            }  # type: ignore[arg-type]  # options of CharField by name
        )

    def clean(self, value: object) -> str:
        """The six digits."""
        text = str(value or "").strip()
        if not text:
            raise forms.ValidationError(_("Введите код из сообщения."), code="code_required")
        digits = rules.tidy(text)
        if not digits:
            raise forms.ValidationError(str(FORMAT), code="code_format")
        return digits


def fault(answer: Wrong | Gone) -> forms.ValidationError:
    """Why a code did not do, for its field. Codes: `code_wrong`, `code_expired`, `code_used`, `code_locked`,
    `code_unknown`."""
    if isinstance(answer, Wrong):
        words = _("Код не подошёл. Осталось попыток: %(n)s.") % {"n": answer.tries_left}
        return forms.ValidationError(words, code="code_wrong")
    if answer.code == "locked" and answer.until:
        words = _("Попытки ввести код кончились. Новый код можно запросить %(when)s.")
        return forms.ValidationError(words % {"when": moment(answer.until)}, code="code_locked")
    words = {
        "expired": _("Этот код больше не действует. Запросите новый."),
        "used": _("Этот код уже использован. Запросите новый."),
    }.get(answer.code, _("Такого кода мы не отправляли. Запросите новый."))
    return forms.ValidationError(words, code=f"code_{answer.code}")


def held(answer: Held) -> forms.ValidationError:
    """Why no message went, and when one may. Codes of `rules.Held`."""
    words = {
        "too_soon": _("Сообщение уже отправлено. Следующее можно запросить %(when)s."),
        "number_cap": _(
            "На этот адрес или номер отправлено много сообщений. Следующее можно запросить %(when)s."
        ),
        "account_cap": _("Сообщений запрошено много. Следующее можно запросить %(when)s."),
        "network_cap": _("Из Вашей сети запрошено много кодов. Следующий можно запросить %(when)s."),
        "wrong_codes": _("Попытки ввести код кончились. Новый код можно запросить %(when)s."),
    }[answer.code]
    return forms.ValidationError(words % {"when": moment(answer.until)}, code=answer.code)


def moment(until: datetime) -> str:
    """«в 14:05», «через 40 с»; by its day when that is not today."""
    now = timezone.now()
    seconds = max(1, int((until - now).total_seconds()) + 1)
    if seconds <= 90:
        return _("через %(n)s с") % {"n": seconds}
    local = timezone.localtime(until)
    if local.date() == timezone.localdate(now):
        return _("в %(time)s") % {"time": f"{local:%H:%M}"}
    return _("%(day)s в %(time)s") % {"day": day(local), "time": f"{local:%H:%M}"}


def again(at: datetime) -> dict[str, object]:
    """The context of `codes/parts/again.html`, besides `action`."""
    return {"again_at": at, "again_in": max(0, int((at - timezone.now()).total_seconds()) + 1)}


def unbroken(number: str) -> str:
    """A telephone grouped for reading, never parted at the end of a line."""
    return phone.show(number).replace(" ", "\N{NO-BREAK SPACE}")
