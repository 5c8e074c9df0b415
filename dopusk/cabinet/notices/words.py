"""What each kind of notice says: a title, and a sentence filled with the notice's detail."""

from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dopusk.cabinet.checks.words import REGISTERS, register_name
from dopusk.cabinet.notices.models import Notice
from dopusk.web.design.templatetags.design import day

TEXTS: dict[str, tuple[Promise, Promise]] = {
    "registered": (
        _("Заявление зарегистрировано"),
        _("Его номер %(number)s. Сначала пройдут автоматические проверки, потом заявление посмотрит центр."),
    ),
    "register_down": (
        _("Проверка ждёт регистр"),
        _("Не отвечает: %(register)s. Заявление сохранено, спросим снова сами. Делать ничего не нужно."),
    ),
    "intake_refused": (
        _("Заявление вернули"),
        _("Замечаний: %(faults)s. Откройте заявление, сделайте исправленную копию и отправьте её."),
    ),
    "at_commission": (
        _("Документы приняты"),
        _("Заявление передано в комиссию. Заседание назначено на %(day)s."),
    ),
    "postponed": (
        _("Рассмотрение отложено"),
        _("Комиссия рассмотрит заявление на заседании %(day)s."),
    ),
    "sitting_moved": (
        _("Заседание перенесено"),
        _("Комиссия рассмотрит заявление на заседании %(day)s."),
    ),
    "not_passed": (
        _("Аккредитация не пройдена"),
        _("Комиссия решила против. Причины на странице заявления. Подать новое можно сразу."),
    ),
    "certificate_ready": (
        _("Аккредитация пройдена"),
        _("Выписка подписана, её можно скачать. Осталось внести сведения в ЕГИСЗ: это происходит само."),
    ),
    "recorded": (
        _("Сведения внесены в ЕГИСЗ"),
        _("Регистр медработников подтвердил запись. Больше ничего делать не нужно."),
    ),
}


def title(notice: Notice) -> str:
    """What happened, in a few words."""
    return str(TEXTS[notice.kind][0])


def text(notice: Notice) -> str:
    """Why and what follows."""
    detail = dict(notice.detail)
    if "sitting_on" in detail:
        detail["day"] = day(date.fromisoformat(str(detail["sitting_on"])))
    if detail.get("register") in REGISTERS:
        detail["register"] = register_name(detail["register"])
    said = str(TEXTS[notice.kind][1]) % detail
    reason = gettext("Причина: %(reason)s") % detail if detail.get("reason") else ""
    return f"{said} {reason}".rstrip()
