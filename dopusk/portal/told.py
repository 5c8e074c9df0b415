"""The sentences that the portal keeps in its journal, for translation."""

from django.utils.translation import gettext_noop as noop

from dopusk.web.journal.words import Sentences

NAMES = (noop("зарегистрирован"), noop("изменён"), noop("неизвестная программа"), noop("Яндекс Браузер"))
SENTENCES = Sentences(
    (
        noop("Открыта учётная запись на портале"),
        noop("Вы вошли на портал по паролю. Устройство: %(device)s; сеть %(network)s"),
        noop("Неудачная попытка входа: пароль не подошёл. Устройство: %(device)s; сеть %(network)s"),
        noop("Вы вышли с портала"),
        noop("Вы разрешили сервису «%(name)s» получать: %(what)s"),
        noop("Вы отозвали разрешение у сервиса «%(name)s»; новых данных он не получит"),
        noop("Вы отозвали разрешение у сервиса «%(name)s»; доступ прекращён"),  # as written earlier
        noop("Вы вошли на сервис «%(name)s»; ему переданы: %(what)s"),
        noop("Код входа на «%(name)s» предъявлен второй раз; доступ по нему прекращён"),
        noop("Сервис «%(name)s» %(how)s"),
        noop("Создан ключ подписи портала"),
    )
)
