"""What posts are called. Kept in the journal in Russian, said on pages in the language chosen."""

from typing import Final

from django.utils.translation import gettext_noop as noop

from dopusk.portal.operators.rules import Role

ROLES: Final = {
    Role.REVIEWER: noop("проверка личности"),
    Role.SUPPORT: noop("поддержка людей"),
    Role.SECURITY: noop("безопасность"),
    Role.ADMINISTRATOR: noop("назначение операторов"),
    Role.INTEGRATOR: noop("подключение сервисов"),
}
DUTIES: Final = {
    Role.REVIEWER: noop("Смотрит документы и решает, подтвердить ли личность; разбирает смену имени."),
    Role.SUPPORT: noop(
        "Находит учётную запись по обращению, снимает ограничения входа, видит, какие письма ушли."
    ),
    Role.SECURITY: noop("Приостанавливает, отзывает и возвращает подтверждение; отвечает на обжалования."),
    Role.ADMINISTRATOR: noop("Назначает и освобождает операторов; видит, какие письма ушли."),
    Role.INTEGRATOR: noop("Регистрирует сервисы, меняет и отключает их; видит, почему им отказано."),
}
