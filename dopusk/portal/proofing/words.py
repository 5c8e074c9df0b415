"""Codes of proofing in words: fields, refusals, reasons, questions. Russian for letters; pages translate them."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

LEVELS: Final = {
    "simplified": noop("упрощённая"),
    "standard": noop("стандартная"),
    "confirmed": noop("подтверждённая"),
}
FIELDS: Final = {
    "last_name": noop("фамилия"),
    "first_name": noop("имя"),
    "patronymic": noop("отчество"),
    "birth_date": noop("дата рождения"),
    "snils": noop("СНИЛС"),
    "passport": noop("серия и номер паспорта"),
    "issued": noop("дата выдачи паспорта"),
    "issuer_code": noop("код подразделения"),
    "scan": noop("скан паспорта"),
}
REGISTERS: Final = {
    "snils": noop("регистр СНИЛС"),
    "passports": noop("регистр паспортов"),
    "questions": noop("регистр, который составляет контрольные вопросы"),
}
# What a field says when it was typed in a way that cannot be.
FAULTS: Final = {
    "name_empty": noop("Заполните это поле, как в паспорте."),
    "name_length": noop("Не больше 100 букв."),
    "name_characters": noop("Пишите русскими буквами, как в паспорте. Можно дефис, пробел и апостроф."),
    "snils_characters": noop("В СНИЛС только цифры: 11 цифр, как 112-233-445 95."),
    "snils_length": noop("В СНИЛС 11 цифр, как 112-233-445 95. Здесь их %(have)s."),
    "snils_number": noop("Номер не похож на СНИЛС: контрольные цифры не сходятся. Сверьте его с карточкой."),
    "snils_checksum": noop("Контрольные цифры не сходятся: похоже, одна цифра другая. Сверьте с карточкой."),
    "snils_fixed": noop("В Вашей учётной записи уже есть другой СНИЛС, он не меняется. Укажите его."),
    "passport_format": noop("Серия и номер — 10 цифр: четыре цифры серии и шесть номера, как 9900 000603."),
    "passport_issuer_code": noop("Код подразделения — 6 цифр, как 690-001."),
    "passport_issued_in_future": noop("Эта дата ещё не наступила. Проверьте дату выдачи."),
    "passport_issued_too_early": noop(
        "На эту дату Вам не было 14 лет, паспорт выдать не могли. Проверьте дату выдачи и дату рождения."
    ),
    "passport_overdue": noop(
        "Паспорт с такой датой выдачи пора было заменить: его меняют в 20 и в 45 лет. "
        "Если новый паспорт уже есть, укажите его данные."
    ),
    "birth_date_impossible": noop("Такой даты рождения быть не может. Проверьте год."),
    "age_under_14": noop("Подтвердить личность можно с 14 лет, когда есть паспорт."),
    "inn_characters": noop("В ИНН только цифры: 12 цифр."),
    "inn_length": noop("В ИНН человека 12 цифр. Здесь их %(have)s."),
    "inn_checksum": noop("Контрольные цифры ИНН не сходятся: похоже, одна цифра другая."),
    "scan_missing": noop("Приложите скан или фотографию разворота паспорта с лицом."),
}
# What a register's refusal says beside its field; a mismatch names the fields themselves.
REFUSALS: Final = {
    "snils_not_found": (
        noop("Такого СНИЛС в регистре нет."),
        noop("Перепишите номер с карточки или из уведомления о регистрации."),
    ),
    "snils_mismatch": (
        noop("Регистр СНИЛС знает под этим номером другие сведения."),
        noop(
            "Проверьте отмеченные поля. Если Вы сменили фамилию, сначала измените её в Социальном фонде, "
            "потом вернитесь сюда."
        ),
    ),
    "passport_not_found": (
        noop("Паспорта с такой серией и номером в регистре нет."),
        noop("Проверьте все десять цифр."),
    ),
    "passport_invalid": (
        noop("Паспорт с этой серией и номером недействителен: его заменили, он утрачен или изъят."),
        noop("Укажите действующий паспорт. Если Ваш паспорт в порядке, обратитесь туда, где его выдали."),
    ),
    "passport_mismatch": (
        noop("В регистре паспортов эти сведения записаны иначе."),
        noop("Сверьте отмеченные поля с разворотом паспорта."),
    ),
}
DOUBTS: Final = {
    "attempts_spent": noop("исчерпаны попытки сверки с регистрами"),
    "questions_failed": noop("на контрольные вопросы ответили неверно"),
    "questions_unanswered": noop("на контрольные вопросы не ответили"),
    "not_enough_data": noop("для контрольных вопросов мало сведений"),
    "scan_small": noop("скан мельче обычного"),
    "withdrawn_before": noop("подтверждение раньше отзывали"),
    "own_wish": noop("человек сам попросил оператора"),
    "held_elsewhere": noop("СНИЛС или ИНН указаны и в другой записи, не подтверждённой"),
}
REVIEW_CODES: Final = {
    "scan_unreadable": noop("Скан не читается: приложите чёткий и целый."),
    "scan_not_passport": noop("На скане не паспорт гражданина России."),
    "scan_mismatch": noop("На скане другие сведения, чем Вы указали."),
    "face_page_missing": noop("Нет разворота паспорта с фотографией."),
    "data_mismatch": noop("Сведения не совпадают с регистрами."),
    "suspected_fraud": noop("Есть признаки, что документы чужие или поддельные."),
}
STANDING_CODES: Final = {
    "suspected_fraud": noop("признаки того, что записью пользуется другой человек"),
    "document_invalid": noop("документ, по которому подтверждена личность, недействителен"),
    "data_error": noop("личность подтверждена по ошибочным сведениям"),
    "owner_request": noop("просьба владельца"),
    "court_decision": noop("решение суда"),
}
# Why an act of a person or an operator is refused.
ACTS: Final = {
    "already_confirmed": noop("Ваша личность уже подтверждена."),
    "suspended": noop("Подтверждение приостановлено оператором. Решение можно обжаловать."),
    "under_way": noop("Ваши данные уже проверяются."),
    "not_now": noop("Этот шаг уже пройден."),
    "own_attempt": noop("Это Ваши собственные данные: их проверит другой оператор."),
    "taken_by_other": noop("Эти данные уже проверяет другой оператор."),
    "not_taken": noop("Сначала возьмите данные в работу."),
    "already_decided": noop("Решение уже принято."),
    "registers_disagree": noop("Регистры не согласны с указанным: подтвердить нельзя, можно отказать."),
    "registers_silent": noop("Регистр ещё не ответил: подтвердить можно будет после ответа."),
    "too_many_looks": noop("За час Вы искали слишком много раз. Продолжить можно через час."),
    "own_account": noop("Это Ваша собственная запись: решение примет другой оператор."),
    "not_confirmed": noop("Учётная запись не подтверждена."),
    "not_suspended": noop("Подтверждение не приостановлено."),
    "already_judged": noop("Жалоба уже рассмотрена."),
    "own_decision": noop("Это Ваше решение: жалобу рассмотрит другой оператор."),
    "already_appealed": noop("Вы уже обжаловали это решение."),
    "nothing_to_appeal": noop("Нет решения, которое можно обжаловать."),
}
QUESTIONS: Final = {
    "institution": noop("Где Вы учились на медицинского работника?"),
    "diploma_year": noop("В каком году Вы получили диплом?"),
    "specialty": noop("На кого Вы учились?"),
    "employer": noop("Где Вы работаете или работали?"),
    "post": noop("Кем Вы работаете или работали?"),
    "birth_place": noop("Где Вы родились?"),
}


def fields_in_russian(fields: Iterable[str]) -> str:
    """«фамилия, дата рождения», for letters and the journal."""
    return ", ".join(FIELDS[field] for field in fields)


def registers_in_russian(keys: Iterable[str]) -> str:
    """«регистр СНИЛС, регистр паспортов», likewise."""
    return ", ".join(REGISTERS[key] for key in keys)


def fields_here(fields: Iterable[str]) -> str:
    """The fields in the language of the page."""
    return ", ".join(gettext(FIELDS[field]) for field in fields)


def registers_here(keys: Iterable[str]) -> str:
    """The registers in the language of the page."""
    return ", ".join(gettext(REGISTERS[key]) for key in keys)
