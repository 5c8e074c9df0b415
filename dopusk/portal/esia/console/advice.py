"""What happened and what to do, in one sentence each: for whatever the dialect refuses."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from dopusk.portal.esia.console.advice_of_signatures import OF_SIGNATURES, Advice

_NEW_CODE: Final = _("Начните вход заново и обменяйте новый код сразу, один раз.")

OF_REQUESTS: Final[dict[str, Advice]] = {
    "client_unknown": (
        _("Системы с такой мнемоникой нет."),
        _("Проверьте client_id буква в букву или зарегистрируйте систему."),
    ),
    "redirect_unregistered": (
        _("Такой адрес возврата у системы не зарегистрирован."),
        _("Зарегистрируйте этот адрес или передайте зарегистрированный: адреса сравниваются знак в знак."),
    ),
    "recipient_repeated": (
        _("client_id или redirect_uri переданы дважды."),
        _("Передавайте каждый параметр один раз."),
    ),
    "parameter_repeated": (
        _("Один из параметров передан дважды."),
        _("Передавайте каждый параметр один раз."),
    ),
    "parameter_missing": (_("Нет обязательного параметра."), _("Добавьте его в запрос.")),
    "parameters_unreadable": (
        _("Параметры не читаются: в них не UTF-8 или управляющие знаки."),
        _("Передавайте значения в UTF-8, закодированные для адреса."),
    ),
    "body_form": (
        _("Тело запроса — не форма."),
        _("Отправьте POST с Content-Type: application/x-www-form-urlencoded."),
    ),
    "method": (
        _("Запрос отправлен не тем методом."),
        _("Код запрашивают методом GET или POST, маркер — только POST."),
    ),
    "te_method": (
        _("Маркер запрашивают методом POST, а пришёл другой."),
        _("Отправьте POST с параметрами в теле, Content-Type: application/x-www-form-urlencoded."),
    ),
    "path_unknown": (
        _("Такого адреса нет."),
        _("Есть: /aas/oauth2/ac и /aas/oauth2/te (v1), /aas/oauth2/v2/ac и /aas/oauth2/v3/te."),
    ),
    "generation_off": OF_SIGNATURES["version_off"],
    "state_form": (_("state слишком длинный."), _("Передайте UUID.")),
    "state_repeated": (
        _("В запросе маркера тот же state, что в запросе кода."),
        _("В v3 у каждого запроса свой state: создайте новый UUID."),
    ),
    "request_repeated": (
        _("Этот же запрос уже принят: его state использован."),
        _("Не повторяйте запрос: создайте новый state и подпишите заново."),
    ),
    "request_stale": (_("Запрос ждал ответа человека слишком долго."), _("Начните вход заново.")),
    "response_type": (_("response_type — не code."), _("Передайте response_type=code.")),
    "access_type": (
        _("access_type не online и не offline."),
        _("Передайте одно из двух; offline даёт refresh_token."),
    ),
    "token_type": (_("token_type — не Bearer."), _("Передайте token_type=Bearer.")),
    "grant_type": (
        _("Такой grant_type здесь не поддерживается."),
        _("Передайте authorization_code или refresh_token; client_credentials — только в v3."),
    ),
    "refresh_token_beside_code": (
        _("Рядом с кодом передан refresh_token."),
        _("Уберите refresh_token из запроса с grant_type=authorization_code."),
    ),
    "scope_missing": (_("В запросе нет scope."), _("Перечислите области через пробел.")),
    "scope_form": (_("Области (scope) записаны не так."), _("Перечислите их через один пробел.")),
    "scope_unknown": (
        _("Такой области (scope) нет."),
        _("Проверьте её имя по перечню; области разделяются пробелом, не запятой."),
    ),
    "scope_not_granted": (
        _("Эта область (scope) системе не выдана."),
        _("Уберите её из запроса или попросите оператора выдать её системе."),
    ),
    "scope_not_consent_refresh": (
        _("По grant_type=client_credentials маркер выдаётся только для prm_chg."),
        _("Передайте scope=prm_chg?oid=<номер человека>, и ничего больше."),
    ),
    "scope_of_another": (
        _("Область (scope) названа для другого человека."),
        _("Уберите ?oid= или укажите номер того, кто входит."),
    ),
    "no_consent": (
        _("Этот человек не давал системе согласия, или оно отозвано."),
        _("Попросите согласие входом с параметром permissions."),
    ),
    "code_unknown": (_("Такого кода нет."), _NEW_CODE),
    "code_expired": (_("Код просрочен: он действует минуту."), _NEW_CODE),
    "code_reused": (
        _("Код предъявлен второй раз; маркеры по нему отозваны."),
        _("Обменивайте код один раз и не повторяйте запрос при обрыве связи."),
    ),
    "code_foreign": (_("Этот код выдан другой системе."), _NEW_CODE),
    "code_generation": (
        _("Код получен по одной версии протокола, а предъявлен по другой."),
        _("Код из /ac обменивают в /te, код из /v2/ac — в /v3/te."),
    ),
    "code_redirect": (
        _("redirect_uri не тот, с которым получен код."),
        _("Передайте в запросе маркера тот же адрес знак в знак, закодированный один раз."),
    ),
    "session_over": (_("Человек вышел с портала раньше, чем код обменян."), _("Начните вход заново.")),
    "consent_withdrawn": (_("Человек отозвал разрешение."), _("Начните вход заново: его спросят ещё раз.")),
    "not_admitted": (
        _("Этому человеку вход в систему закрыт: уровень учётной записи ниже нужного или она заблокирована."),
        _("Войдите другим человеком или снизьте требуемый уровень в регистрации системы."),
    ),
    "refresh_unknown": (
        _("Такого refresh_token нет."),
        _("Каждый refresh_token действует один раз: храните последний выданный."),
    ),
    "refresh_foreign": (_("Этот refresh_token выдан другой системе."), _("Начните вход заново.")),
    "refresh_reused": (
        _("refresh_token предъявлен второй раз; всё выданное по нему отозвано."),
        _("Храните последний выданный refresh_token и не обновляйте его из двух процессов сразу."),
    ),
    "refresh_expired": (_("refresh_token просрочен."), _("Начните вход заново.")),
    "refresh_revoked": (
        _("Разрешение, по которому выдан refresh_token, отозвано."),
        _("Начните вход заново."),
    ),
    "refresh_redirect": (
        _("redirect_uri не тот, с которым начинался вход."),
        _("Передайте тот же адрес знак в знак или не передавайте redirect_uri совсем."),
    ),
    "challenge_missing": (
        _("Передан code_verifier, а в запросе кода не было code_challenge."),
        _("Передайте code_challenge и code_challenge_method=S256 в v2/ac."),
    ),
    "challenge_method": (_("code_challenge_method — не S256."), _("Передайте code_challenge_method=S256.")),
    "challenge_form": (
        _("code_challenge — не хэш SHA-256 в base64url."),
        _("Передайте base64url(SHA-256(code_verifier)) без «=»: 43 знака."),
    ),
    "verifier": (
        _("code_verifier не передан или не подходит к code_challenge."),
        _("Храните code_verifier вместе с state и передайте тот, от которого взят хэш."),
    ),
    "verifier_form": (
        _("code_verifier записан не так."),
        _("Нужны от 43 до 128 знаков: буквы, цифры, - . _ ~."),
    ),
    "permissions_unreadable": (
        _("permissions не читается."),
        _("Передайте массив JSON в base64url без «=»."),
    ),
    "roles": (_("Такой роли в roles нет."), _("Допустимы LEGAL, AGENCY, BUSINESS.")),
    "obj_type": (_("Такого obj_type нет."), _("Допустимы P, L, B, A.")),
    "user_type": (
        _("Человек не того типа, который просит система."),
        _("Войдите человеком с нужной организацией или уберите obj_type и roles."),
    ),
    "not_an_employee": (
        _("Человек не работает в организации, названной в scope_org."),
        _("Уберите ?org_oid= или укажите его организацию."),
    ),
    "account_not_confirmed": (
        _("Система требует более высокий уровень учётной записи, чем у человека."),
        _("Войдите человеком с подтверждённой учётной записью или снизьте уровень в регистрации системы."),
    ),
    "consent_denied": (
        _("Человек не разрешил передать данные."),
        _("Покажите ему, что произошло, и предложите ещё раз."),
    ),
    "person_blocked": (_("Учётная запись человека заблокирована."), _("Войдите другим человеком.")),
    "test_person_unknown": (
        _("В X-Sandbox-Snils нет тестового человека."),
        _("Назовите одного из шестнадцати, от 000-000-600-01 до 000-000-600-16, или уберите заголовок."),
    ),
    "fault_on_demand": (
        _("Ошибка по заказу."),
        _("У Вас всё верно: так портал ответил по ключу --fault, с которым он запущен."),
    ),
    "engine_missing": (
        _("Для маркера ГОСТ нужен OpenSSL с движком ГОСТ, а его здесь нет."),
        _("Установите libengine-gost-openssl или выберите для системы token_alg RS256."),
    ),
    "rs_marker_missing": (
        _("Нет маркера доступа."),
        _("Передайте заголовок Authorization: Bearer <маркер>."),
    ),
    "rs_marker_expired": (
        _("Маркер доступа просрочен."),
        _("Получите новый: повторите вход или обновите по refresh_token."),
    ),
    "rs_marker_ended": (
        _("Маркер доступа больше не действует: человек вышел, отозвал разрешение или доступ отозван."),
        _("Получите новый: повторите вход."),
    ),
    "rs_marker_id": (
        _("Передан маркер идентификации (id_token) вместо маркера доступа."),
        _("Передайте access_token из ответа te."),
    ),
    "rs_marker_service": (
        _("Этот маркер выдан системе, а не человеку."),
        _("Для данных человека нужен маркер, полученный его входом."),
    ),
    "rs_marker_foreign": (_("Это не маркер портала."), _("Передайте access_token из ответа te, целиком.")),
    "rs_scope": (
        _("Маркер не открывает этих данных: в нём нет нужной области (scope)."),
        _("Запросите область при входе и попросите выдать её системе."),
    ),
    "rs_path": (
        _("Такого адреса у данных нет."),
        _(
            "Есть /rs/prns/{oid} и за ним ctts, addrs, docs, kids, vhls, orgs, roles, "
            "/rs/orgs/{oid} и за ним ctts, addrs, emps, grps."
        ),
    ),
    "rs_element": (
        _("Элемента с таким номером в этом наборе нет."),
        _("Возьмите номер из самого набора: он показывает адреса своих элементов."),
    ),
    "rs_person": (
        _("Запрошены данные другого человека, не того, на кого выдан маркер."),
        _("Возьмите номер из urn:esia:sbj_id маркера."),
    ),
}

_CONSENT: Final = _("Исправьте permissions по перечню видов согласий.")
OF_CONSENTS: Final[dict[str, Advice]] = {
    "consent_type_missing": (_("У согласия не назван вид (sysname)."), _CONSENT),
    "consent_type_unknown": (_("Такого вида согласия нет."), _CONSENT),
    "consent_scope_missing": (_("В согласии нет областей (scopes)."), _CONSENT),
    "consent_scope_exceeds": (_("В согласии область, которой у системы нет."), _CONSENT),
    "consent_scope_forbidden": (_("Такой области в согласии быть не может."), _CONSENT),
    "consent_action_missing": (_("В согласии нет действий (actions)."), _CONSENT),
    "consent_action_unknown": (_("Такого действия в согласиях нет."), _CONSENT),
    "consent_purpose_missing": (_("В согласии нет цели (purposes)."), _CONSENT),
    "consent_purpose_unknown": (_("Такой цели в согласиях нет."), _CONSENT),
    "consent_purposes_many": (_("В согласии больше одной цели."), _("Оставьте ровно одну цель.")),
    "consent_term": (
        _("Срок согласия неверен."),
        _("Передайте expire целым числом минут, не больше пяти лет."),
    ),
}

OF_NOTES: Final[dict[str, Advice]] = {
    "note_scope": (
        _("scope у te не тот, что у ac."),
        _("Области маркера взяты из кода; передавайте в te тот же scope, что в ac."),
    ),
    "note_state": (_("state — не UUID."), _("Портал принял его; по правилам ЕСИА state — новый UUID.")),
}
ALL: Final[dict[str, Advice]] = {**OF_SIGNATURES, **OF_REQUESTS, **OF_CONSENTS, **OF_NOTES}
_ACCEPTED: Final[Advice] = (_("Запрос принят."), "")
_UNEXPECTED: Final[Advice] = (
    _("Портал не смог ответить."),
    _("Повторите запрос; если повторится, пришлите поддержке номер обращения."),
)
_MISSING: Final[Advice] = (
    _("Человеку не хватает того, без чего входить нельзя."),
    _("Человеку показано, чего не хватает; войдите другим тестовым человеком."),
)


def on(code: str) -> Advice:
    """(what happened, what to do); an empty code is an accepted request."""
    if not code:
        return _ACCEPTED
    return ALL.get(code) or (_MISSING if code.startswith("missing_") else _UNEXPECTED)
