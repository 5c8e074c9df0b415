"""How support's reasons, refusals and letters are called. Reasons are kept in Russian, pages translate them."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from dopusk.portal.notices import words as notices
from dopusk.portal.support.rules import Act, Reason, Why

REASONS: Final = {
    Reason.REQUEST: noop("человек обратился за помощью"),
    Reason.INCIDENT: noop("разбор случая безопасности"),
    Reason.AUTHORITY: noop("законный запрос ведомства"),
}
WHYS: Final = {
    Why.ASKED: noop("человек попросил об этом"),
    Why.LEAKED: noop("пароль мог узнать чужой"),
    Why.INCIDENT: noop("разбор случая безопасности"),
    Why.MISTAKE: noop("ошибка портала"),
}
TOLD: Final = WHYS | {Why.ASKED: noop("Ваша просьба")}  # the same, said to her in her journal and in letters
ACTS: Final[dict[Act, tuple[Promise, Promise, Promise]]] = {  # title and button; what follows; done
    Act.UNLOCK: (
        _("Снять ограничения входа"),
        _("Вход снова открыт, счёт неудачных попыток начнётся заново. Пароль останется прежним."),
        _("Ограничения входа сняты."),
    ),
    Act.LOCK: (
        _("Закрыть вход"),
        _(
            "Для случая, когда пароль мог узнать чужой. Все сеансы закончатся, никто не войдёт, даже зная пароль. "
            "Владелец сменит пароль через восстановление доступа, после этого откройте вход."
        ),
        _("Вход закрыт, сеансы завершены."),
    ),
    Act.ORDER_PASSWORD: (
        _("Потребовать новый пароль"),
        _(
            "Все сеансы закончатся. При следующем входе прежний пароль подойдёт один раз: портал попросит новый. "
            "Если прежний знает чужой, этого мало: закройте вход."
        ),
        _("При следующем входе портал попросит новый пароль."),
    ),
    Act.END_SESSIONS: (
        _("Завершить все сеансы"),
        _(
            "Человек выйдет на всех устройствах, доступ сервисов по этим входам прекратится. Войти можно сразу."
        ),
        _("Все сеансы завершены."),
    ),
    Act.TAKE_FACTORS: (
        _("Снять второй шаг у оператора"),
        _(
            "Только когда коллега потерял и приложение, и ключи, и Вы видите его лично. Все сеансы закончатся; "
            "права оператора не действуют, пока он не добавит новый второй шаг."
        ),
        _("Второй шаг снят, сеансы завершены."),
    ),
    Act.SEND_PASSWORD: (
        _("Прислать новый временный пароль"),
        _("Новый временный пароль уйдёт в СМС на номер учётной записи, прежний перестанет действовать."),
        _("Временный пароль отправлен."),
    ),
}
REFUSED: Final[dict[str, Promise]] = {
    "own_account": _(
        "Это Ваша учётная запись: со своей оператор ничего не делает. Обратитесь к другому оператору."
    ),
    "operators_account": _(
        "Это учётная запись оператора. Её меняет только тот, кто ещё и назначает операторов."
    ),
    "account_closed": _("Учётная запись закрыта, сделать с ней ничего нельзя."),
    "owner_locked": _(
        "Вход закрыл сам владелец сообщением «это не я». Открыть его может только восстановление доступа: "
        "там владелец покажет, что это он."
    ),
    "already_locked": _("Вход уже закрыт."),
    "nothing_locked": _("Ограничений входа сейчас нет."),
    "already_ordered": _("Новый пароль уже нужно задать при входе."),
    "recovery_does": _(
        "Второй шаг человек снимает сам через восстановление доступа: там он покажет, что это он."
    ),
    "no_factor": _("Второго шага у этой записи нет."),
    "no_sessions": _("Открытых сеансов нет."),
    "not_operator_made": _(
        "Человек уже придумал свой пароль: временный не нужен. Если забыт, поможет восстановление."
    ),
}
LEVELS: Final = {
    "simplified": _("упрощённая"),
    "standard": _("стандартная"),
    "confirmed": _("подтверждённая"),
}
LOCKS: Final = {
    "owner": _("по сообщению владельца «это не я»"),
    "operator": _("оператором"),
    "recovery": _("по ссылке «это не я» из письма"),
}
MUST_CHANGE: Final = {
    "operator_made": _("ещё не входил: пароль временный"),
    "ordered": _("потребован оператором"),
    "listed": _("пароль нашёлся в списке известных"),
    "aged": _("истёк срок пароля"),
}

STATES: Final = {
    "waiting": _("Ждёт отправки"),
    "delivered": _("Отправлено"),
    "refused": _("Отклонено"),
    "expired": _("Опоздало"),
}
CHANNELS: Final = {"sms": _("СМС"), "mail": _("Почта")}
PURPOSES: Final = {
    "registration.phone": _("Код для регистрации"),
    "registration.email": _("Ссылка: подтвердить почту при регистрации"),
    "contacts.phone": _("Код для смены телефона"),
    "contacts.email": _("Ссылка: подтвердить новую почту"),
    "recovery.phone": _("Код для восстановления доступа"),
    "recovery.email": _("Код или ссылка для восстановления доступа"),
    "signin.second": _("Код второго шага входа"),
    "signin.again": _("Код для подтверждения действия"),
    "support.password": _("Временный пароль"),
}
CAUSES: Final = {
    "resting": _("канал не отвечал, попытки приостановлены на несколько секунд"),
    "expired": _("срок сообщения прошёл раньше, чем его удалось отправить"),
    "address_domain": _("такого почтового домена нет"),
    "number_unknown": _("оператор связи не знает такого номера"),
}
FAMILIES: Final = (
    ("smtp_5", _("почтовый сервер отказал")),
    ("smtp_4", _("почтовый сервер попросил повторить позже")),
    ("smtp_", _("почтовый сервер не отвечает")),
    ("http_5", _("шлюз СМС неисправен")),
    ("http_4", _("шлюз СМС отказал")),
    ("http_", _("шлюз СМС не отвечает")),
)
NOT_SENDABLE: Final = {
    "letter_unknown": _("Такого сообщения нет: старше 30 дней мы не храним."),
    "letter_over": _(
        "Сообщение уже не ждёт отправки, его текст стёрт. Пусть человек запросит новое на странице."
    ),
    "letter_late": _("Срок сообщения прошёл: код из него уже не подойдёт. Пусть человек запросит новый."),
    "letter_busy": _("Сообщение отправляется прямо сейчас. Обновите страницу через минуту."),
}


def purpose(code: str) -> str:
    """What a letter is for; its code when nobody has words for it."""
    if code.startswith("notices."):
        kind = code.removeprefix("notices.")
        return (
            gettext("Уведомление: %(what)s") % {"what": notices.title(kind)}
            if kind in notices.TEXTS
            else code
        )
    return str(PURPOSES.get(code, code))


def cause(code: str) -> str:
    """Why the last attempt failed; empty when nobody has words for the code."""
    if code in CAUSES:
        return str(CAUSES[code])
    return next((str(said) for head, said in FAMILIES if code.startswith(head)), "")


def temporary(portal: str, url: str, password: str, until: str) -> str:
    """The message with a temporary password. In Russian: nobody knows yet what she speaks."""
    return (
        f"{portal}: для Вас открыта учётная запись. Логин — этот номер, временный пароль {password}, "
        f"действует до {until}. Войдите и придумайте свой: {url}/signin/ Никому не сообщайте пароль."
    )
