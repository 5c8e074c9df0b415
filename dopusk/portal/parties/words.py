"""What stands in the way of a registration, and what its choices mean, in the operator's words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

LEVELS: Final = {
    "simplified": _("Всех, у кого есть учётная запись"),
    "standard": _("Тех, чьи данные совпали с регистрами: стандартная запись и выше"),
    "confirmed": _("Только тех, кто подтвердил личность"),
}
AUTH_METHODS: Final = {
    "client_secret_basic": _("Секретом, который выдаст портал (client_secret_basic)"),
    "private_key_jwt": _("Подписью своим ключом (private_key_jwt)"),
    "esia": _("Только подписью запросов в диалекте ЕСИА"),
}
GRANT_TYPES: Final = {
    "authorization_code": _("Вход человека (authorization_code)"),
    "refresh_token": _("Доступ и после выхода человека, если он согласен (refresh_token)"),
    "client_credentials": _("Токен для самого себя, без человека (client_credentials)"),
}
ID_TOKEN_ALGS: Final = {
    "ES256": _("ES256: обычный"),
    "RS256": _("RS256: если сервис не умеет ES256"),
}
TOKEN_ALGS: Final = {
    "RS256": _("RS256: читают все"),
    "GOST3410_2012_256": _("ГОСТ Р 34.10-2012, 256 бит"),
}
FAULTS: Final = {
    "address_form": _("Это не полный адрес: он начинается с https:// и пишется латиницей без пробелов."),
    "address_fragment": _("В адресе есть «#»: эта часть до сервиса не дойдёт. Уберите её."),
    "address_insecure": _("Адрес без шифрования. Нужен https://; http:// годится только для localhost."),
    "client_id_form": _("Годятся латинские буквы, цифры, точка, дефис и подчёркивание, до 100 знаков."),
    "client_id_taken": _("Такой идентификатор уже есть у другого сервиса."),
    "name_missing": _("Укажите название."),
    "redirect_missing": _("Для входа людей нужен хотя бы один адрес возврата."),
    "refresh_without_code": _("Доступ после выхода даётся вместе с входом человека: отметьте и его."),
    "jwks_missing": _("Чтобы проверять подпись, нужны открытые ключи сервиса."),
    "jwks_form": _("Это не набор ключей JWK: нужен JSON с открытым ключом RSA или EC."),
    "jwks_private": _(
        "В наборе есть закрытый ключ. Считайте его раскрытым: сделайте новый, пришлите открытую часть."
    ),
    "jwks_weak": _("Ключ RSA короче 2048 бит: его можно подобрать."),
    "certificate_empty": _("Здесь нет сертификата."),
    "certificate_several": _(
        "Здесь несколько сертификатов. Добавляйте по одному: у каждого своя запись в журнале."
    ),
    "certificate_unreadable": _("Это не сертификат: нужен файл X.509 в виде PEM или DER."),
    "certificate_algorithm": _("Таким ключом запросы ЕСИА не подписывают: нужен ГОСТ Р 34.10-2012 или RSA."),
    "certificate_weak": _("Ключ RSA короче 2048 бит: его можно подобрать."),
    "certificate_missing": _(
        "Без сертификата портал не проверит ни одного запроса. Выберите файл или вставьте текст."
    ),
    "certificate_twice": _("Выберите файл или вставьте текст, но не то и другое сразу."),
    "esia_versions": _("Отметьте хотя бы одну версию."),
    "scope_form": _("Название области пишется латиницей без пробелов и кавычек."),
}
FIELDS: Final = {
    "client_id_form": "client_id",
    "client_id_taken": "client_id",
    "name_missing": "name",
    "redirect_missing": "redirect_uris",
    "refresh_without_code": "grant_types",
    "jwks_missing": "jwks",
    "jwks_form": "jwks",
    "jwks_private": "jwks",
    "jwks_weak": "jwks",
    "certificate_empty": "text",
    "certificate_several": "text",
    "certificate_unreadable": "text",
    "certificate_algorithm": "text",
    "certificate_weak": "text",
    "esia_versions": "versions",
}
