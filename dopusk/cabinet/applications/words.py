"""States, steps and refusals in words, by code, in the current language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from dopusk.cabinet.applications.rules import Refusal

STEPS = {
    "contacts": (gettext_lazy("Как с Вами связаться"), gettext_lazy("Почта и телефон")),
    "specialty": (gettext_lazy("Специальность"), gettext_lazy("По чему Вы проходите аккредитацию")),
    "report": (
        gettext_lazy("Отчёт о деятельности"),
        gettext_lazy("Скан отчёта за пять лет и ответ работодателя"),
    ),
    "documents": (
        gettext_lazy("Другие документы"),
        gettext_lazy("То, чего нет в регистре; чаще всего ничего"),
    ),
    "consent": (
        gettext_lazy("Согласие на обработку данных"),
        gettext_lazy("Отдельный документ, без него заявление не рассмотрят"),
    ),
}
STATES = {
    "DRAFT": (gettext_lazy("Черновик"), "grey"),
    "REPORT_ON_APPROVAL": (gettext_lazy("Отчёт на согласовании"), "yellow"),
    "REPORT_APPROVED": (gettext_lazy("Отчёт согласован"), "blue"),
    "REPORT_REFUSED": (gettext_lazy("Отказ в согласовании отчёта"), "yellow"),
    "SUBMITTED": (gettext_lazy("Отправлено"), "blue"),
    "REGISTERED": (gettext_lazy("Зарегистрировано"), "blue"),
    "CENTER_REVIEW": (gettext_lazy("Проверяет центр"), "blue"),
    "CLARIFICATION": (gettext_lazy("Запрошено уточнение"), "yellow"),
    "INTAKE_REFUSED": (gettext_lazy("Возвращено"), "red"),
    "AT_COMMISSION": (gettext_lazy("Передано в комиссию"), "blue"),
    "PASSED": (gettext_lazy("Аккредитация пройдена"), "green"),
    "NOT_PASSED": (gettext_lazy("Аккредитация не пройдена"), "red"),
    "PROTOCOL_PUBLISHED": (gettext_lazy("Протокол опубликован"), "blue"),
    "APPEAL": (gettext_lazy("Апелляция"), "yellow"),
    "REVIEW_REQUEST": (gettext_lazy("Пересмотр"), "yellow"),
    "UPHELD": (gettext_lazy("Решение оставлено в силе"), "red"),
    "OVERTURNED": (gettext_lazy("Решение отменено"), "green"),
    "RECORDED": (gettext_lazy("Внесено в ЕГИСЗ"), "green"),
    "WITHDRAWN": (gettext_lazy("Отозвано"), "grey"),
}
NOT_PASSED = (gettext_lazy("Не пройдена"), "red")
HOLDERS = {
    "SUBMITTED": gettext_lazy("система"),
    "REGISTERED": gettext_lazy("автоматическая проверка"),
    "CENTER_REVIEW": gettext_lazy("центр аккредитации"),
    "AT_COMMISSION": gettext_lazy("комиссия"),
    "PASSED": gettext_lazy("секретарь комиссии"),
    "NOT_PASSED": gettext_lazy("секретарь комиссии"),
    "PROTOCOL_PUBLISHED": gettext_lazy("регистр медработников"),
}
DOCUMENTS = {
    "activity_report": gettext_lazy("Отчёт о деятельности"),
    "employer_agreement": gettext_lazy("Согласование отчёта работодателем"),
    "reasoned_refusal": gettext_lazy("Мотивированный отказ работодателя"),
    "diploma": gettext_lazy("Диплом или другой документ об образовании"),
    "specialist_certificate": gettext_lazy("Сертификат специалиста"),
    "training_certificate": gettext_lazy("Документ об обучении"),
    "name_change": gettext_lazy("Свидетельство о перемене имени"),
    "employment_record": gettext_lazy("Трудовая книжка"),
}
PLACES = {
    **{step: title for step, (title, _hint) in STEPS.items()},
    **DOCUMENTS,
    "frmr": gettext_lazy("Сведения регистра"),
    "signature": gettext_lazy("Электронная подпись"),
}
MISSING = {
    "email_missing": gettext_noop("нет почты"),
    "phone_missing": gettext_noop("нет телефона"),
    "specialty_missing": gettext_noop("не выбрана"),
    "agreement_missing": gettext_noop("не указано, согласован ли отчёт"),
    "refusal_reason_missing": gettext_noop("не указана причина отказа"),
    "activity_report_missing": gettext_noop("нет скана отчёта"),
    "employer_agreement_missing": gettext_noop("нет скана согласования"),
    "reasoned_refusal_missing": gettext_noop("нет скана мотивированного отказа"),
    "documents_not_looked_through": gettext_noop("ещё не просмотрено"),
    "consent_missing": gettext_noop("не дано"),
}
REFUSALS = {
    "not_a_draft": gettext_noop("Заявление уже отправлено, поэтому изменить его нельзя."),
    "changed_elsewhere": gettext_noop(
        "Этот шаг изменили в другой вкладке или на другом устройстве. Ниже то, что Вы набрали; "
        "сохранённое показано рядом. Если набранное вернее, сохраните ещё раз."
    ),
    "already_applied": gettext_noop(
        "Заявление по этой специальности у Вас уже есть. Второе откроется, когда решат по первому."
    ),
    "incomplete": gettext_noop("Заявление ещё не заполнено. Закончите отмеченные шаги."),
    "content_changed": gettext_noop(
        "Заявление изменилось, пока Вы читали. Прочитайте его ещё раз и подпишите."
    ),
    "too_late_to_withdraw": gettext_noop("Заявление уже у комиссии, отозвать его нельзя."),
    "nothing_to_mend": gettext_noop("Это заявление не возвращали, исправлять в нём нечего."),
    "wrong_state": gettext_noop("Сейчас этого сделать нельзя: заявление стоит на другом шаге."),
    "already_there": gettext_noop("Это уже сделано."),
    "too_many_documents": gettext_noop(
        "Документов уже сорок. Соедините несколько сканов в один PDF или уберите лишние."
    ),
    "signature_required": gettext_noop(
        "Это подписывают усиленной электронной подписью. Одного нажатия кнопки здесь мало."
    ),
    "signature_refused": gettext_noop("Подпись не подошла. Заявление не отправлено и сохранено."),
    "someone_elses": gettext_noop(
        "Сертификат выдан другому человеку: СНИЛС в нём не Ваш. Выберите свой сертификат."
    ),
    "challenge_used": gettext_noop("Эта подпись уже принята. Второй раз ничего не произошло."),
    "already_submitted": gettext_noop("Документ уже отправлен с заявлением, убрать его нельзя."),
}


# a signature that was sent before anybody could say whether its certificate is revoked, and then fell
FALLEN = {
    "revoked_before": gettext_noop("Подпись под заявлением недействительна: её сертификат был отозван"),
    "suspended": gettext_noop(
        "Подпись под заявлением недействительна: действие её сертификата приостановлено"
    ),
}
FELL = gettext_noop("Подпись под заявлением не подтвердилась")
FIX_SIGNATURE = gettext_noop(
    "Сделайте копию и подпишите её действующим сертификатом. Ответы и сканы перенесутся."
)


def fallen(code: str) -> tuple[str, str]:
    """What became of a signature by its verdict, and what to do."""
    return _(FALLEN.get(code, FELL)), _(FIX_SIGNATURE)


def standing(state: str, outcome: str) -> tuple[str, str]:
    """A state in a word with the colour of its tag; a published refusal is called one."""
    if state == "PROTOCOL_PUBLISHED" and outcome == "not_passed":
        return str(NOT_PASSED[0]), NOT_PASSED[1]
    word, colour = STATES[state]
    return str(word), colour


def missing(code: str) -> str:
    """What a step lacks, briefly; any field typed but not right yet is «не закончено»."""
    return _(MISSING[code]) if code in MISSING else _("не закончено")


def marks(kept: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The centre's faults, each with `place`: the document or the step it is about, "" when it says none."""
    return [{**mark, "place": str(PLACES.get(mark["field"], ""))} for mark in kept]


def sent() -> str:
    """What she reads once her application is sent: that it is, and what comes next."""
    return _(
        "Заявление отправлено. Сейчас его проверим по регистрам, потом документы посмотрит центр "
        "аккредитации. Делать ничего не нужно: о каждом шаге сообщим."
    )


def refused(refusal: Refusal) -> str:
    """A refusal of the rules as a sentence."""
    return _(REFUSALS[refusal.code])


def refused_code(code: str) -> str:
    """The same by its bare code."""
    return _(REFUSALS[code])
