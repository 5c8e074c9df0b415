"""What the pages of certificates say, by code."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dopusk.portal.certificates.rules import Reason, Standing
from dopusk.web.signing import words as signing
from dopusk.web.signing.words import Sentences

Text = str | Promise

# code → what happened, why we think so, what to do; further codes: web.signing.words
SENTENCES: Final[dict[str, Sentences]] = {
    "certificate_required": Sentences(
        _("Подпись верна, но этого сертификата нет в Вашем кабинете сертификатов."),
        _("Портал впускает только по сертификатам, которые Вы добавили сами."),
        _("Войдите по паролю или ключу доступа и добавьте сертификат; это нужно один раз."),
    ),
    "certificate_blocked": Sentences(
        _("По этому сертификату войти нельзя: он заблокирован."),
        _("Его заблокировали в кабинете сертификатов этой учётной записи."),
        _(
            "Войдите другим способом. Если ключ снова только у Вас, добавьте сертификат заново; если он попал к "
            "чужим, получите новый."
        ),
    ),
    "certificate_unknown_person": Sentences(
        _("Подпись верна, но учётной записи с СНИЛС из сертификата на портале нет."),
        _(
            "Мы ищем человека по СНИЛС: это может быть сертификат другого человека, или Вы ещё не указали СНИЛС."
        ),
        _("Войдите по паролю и подтвердите личность либо зарегистрируйтесь. Потом добавьте сертификат."),
    ),
    "certificate_not_confirmed": Sentences(
        _("По электронной подписи входят только в подтверждённую учётную запись."),
        _("СНИЛС в Вашей записи ещё не подтверждён, поэтому сертификат не с чем сверить."),
        _("Подтвердите личность по паспорту и СНИЛС, потом добавьте сертификат."),
    ),
    "certificate_added_already": Sentences(
        _("Этот сертификат у Вас уже есть."),
        _("Мы узнаём его по отпечатку."),
        _("Ничего делать не нужно: по нему уже можно войти."),
    ),
    "certificate_blocked_for_ever": Sentences(
        _("Этот сертификат заблокирован навсегда."),
        _("Вы сообщили, что ключ мог попасть к чужим или что сертификат добавили не Вы."),
        _("Отзовите его там, где он выдан, и получите новый."),
    ),
    "certificate_too_many": Sentences(
        _("В кабинете уже пятьдесят сертификатов, больше не помещается."),
        _("Столько действующих подписей у одного человека не бывает."),
        _("Обратитесь в поддержку и назовите номер обращения."),
    ),
    "signin_held": Sentences(
        _("Подпись не проверялась: из Вашей сети их было слишком много за короткое время."),
        _("Каждая проверка обращается к издателю сертификата, поэтому их число ограничено."),
        _("Подождите минуту и попробуйте ещё раз. Другими способами можно войти сразу."),
    ),
    "signin_shut": Sentences(
        _("Вход не состоялся: за эти минуты в учётной записи что-то изменилось."),
        _("Её закрыли, сменили пароль или заблокировали сертификат."),
        _("Начните вход заново."),
    ),
}


def say(code: str, why: str = "") -> Sentences:
    """A refusal in three sentences. KeyError for no code of ours."""
    return SENTENCES.get(code) or signing.say(code, why)


STANDINGS: Final[dict[Standing, tuple[Text, str]]] = {
    Standing.GOOD: (_("Действует"), "green"),
    Standing.BLOCKED: (_("Заблокирован Вами"), "red"),
    Standing.NOT_YET: (_("Ещё не действует"), "yellow"),
    Standing.EXPIRED: (_("Срок истёк"), "grey"),
    Standing.REVOKED: (_("Отозван"), "red"),
    Standing.SUSPENDED: (_("Приостановлен"), "yellow"),
    Standing.UNKNOWN: (_("Не проверен"), "yellow"),
    Standing.UNTRUSTED: (_("Не принимается"), "red"),
}
# what follows from it for her
FOLLOWS: Final[dict[Standing, Text]] = {
    Standing.GOOD: _("По нему можно войти на портал и подписывать."),
    Standing.BLOCKED: _("По нему нельзя войти."),
    Standing.NOT_YET: _("Войти по нему можно будет с начала срока."),
    Standing.EXPIRED: _("По нему нельзя войти. Подписанное раньше остаётся в силе."),
    Standing.REVOKED: _(
        "Издатель прекратил его действие; по нему нельзя войти. Если это сделали не Вы, спросите издателя."
    ),
    Standing.SUSPENDED: _("Издатель приостановил его действие; пока по нему нельзя войти."),
    Standing.UNKNOWN: _("Издатель не сказал, не отозван ли сертификат. Войти можно будет, когда он ответит."),
    Standing.UNTRUSTED: _("Портал не доверяет его издателю или назначению; по нему нельзя войти."),
}
ALGORITHMS: Final[dict[str, Text]] = {
    "rsa": "RSA",
    "ec": "ECDSA",
    "gost2012_256": _("ГОСТ Р 34.10-2012, 256 бит"),
    "gost2012_512": _("ГОСТ Р 34.10-2012, 512 бит"),
}
OTHER_ALGORITHM: Final = _("другой")
SOURCES: Final[dict[str, Text]] = {
    "ocsp": _("служба издателя (OCSP)"),
    "crl": _("список отозванных издателя (CRL)"),
}
REASONS: Final[dict[Reason, tuple[Text, Text]]] = {
    Reason.STOLEN: (
        _("Ключом мог воспользоваться кто-то другой"),
        _(
            "Блокируем навсегда. Отзовите сертификат и там, где он выдан: иначе им можно подписывать в других местах."
        ),
    ),
    Reason.LOST: (_("Токен потерян"), _("Если найдётся, сертификат можно будет добавить заново.")),
    Reason.NOT_NEEDED: (_("Больше не нужен"), _("Если передумаете, сертификат можно будет добавить заново.")),
    Reason.NOT_MINE: (_("Добавлен не мной"), _("Блокируем навсегда. Смените пароль: кто-то вошёл за Вас.")),
}
NAMES: Final[dict[str, Text]] = {
    "last_name": _("Фамилия"),
    "first_name": _("Имя"),
    "patronymic": _("Отчество"),
}
