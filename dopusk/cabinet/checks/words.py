"""The answers of the rules in words, for her and for those who judge; by code, in the current language."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from dopusk.web.design.templatetags.design import day as say_day
from dopusk.web.design.templatetags.design import moment

TITLES = {
    "snils_agrees": gettext_noop("СНИЛС"),
    "identity_in_frmr": gettext_noop("Запись в регистре медработников"),
    "not_struck_off": gettext_noop("Отметки в регистре"),
    "specialty_in_force": gettext_noop("Специальность"),
    "education_fits": gettext_noop("Образование"),
    "total_hours": gettext_noop("Часы обучения"),
    "dpp_hours": gettext_noop("Часы программ повышения квалификации (ДПП)"),
    "no_career_break": gettext_noop("Перерыв в работе"),
    "window_open": gettext_noop("Срок подачи"),
    "position_in_nomenclature": gettext_noop("Должность"),
}
REGISTERS = {
    "snils": gettext_noop("Регистр СНИЛС"),
    "frmr": gettext_noop("Регистр медработников"),
    "dictionaries": gettext_noop("Справочник специальностей и должностей"),
    "norms": gettext_noop("Таблица норм"),
}
FIELDS = {
    "last_name": gettext_noop("фамилия"),
    "first_name": gettext_noop("имя"),
    "patronymic": gettext_noop("отчество"),
    "birth_date": gettext_noop("дата рождения"),
    "lastName": gettext_noop("фамилия"),
    "firstName": gettext_noop("имя"),
    "birthDate": gettext_noop("дата рождения"),
}
EVIDENCE = {
    "snils_agrees": gettext_noop("Номер существует и принадлежит Вам."),
    "snils_not_found": gettext_noop("Регистр не нашёл такого номера."),
    "snils_differs": gettext_noop("Номер есть, но не совпадает: %(fields)s."),
    "frmr_agrees": gettext_noop("В регистре Вы записаны под тем же именем."),
    "frmr_differs": gettext_noop("В регистре и на портале не совпадает: %(fields)s."),
    "frmr_missing": gettext_noop("В регистре медработников Вас нет, поэтому подтвердить это нечем."),
    "not_struck_off": gettext_noop("Отметок, которые мешают аккредитации, нет."),
    "marked_dead": gettext_noop("В регистре по ошибке стоит отметка о смерти."),
    "excluded": gettext_noop("Прежняя аккредитация № %(number)s исключена из регистра."),
    "specialty_in_force": gettext_noop("«%(name)s» действует на день подачи."),
    "specialty_unknown": gettext_noop("Такой специальности нет в номенклатуре."),
    "specialty_not_yet": gettext_noop("«%(name)s» начнёт действовать %(day)s."),
    "specialty_over": gettext_noop("«%(name)s» действовала до %(day)s."),
    "education_fits": gettext_noop("Диплом подходит к специальности."),
    "education_absent": gettext_noop("В регистре нет ни одного диплома."),
    "level_mismatch": gettext_noop("Уровень образования в регистре другой, чем нужен этой специальности."),
    "diploma_mismatch": gettext_noop("Среди дипломов в регистре нет подходящего. Подошли бы: %(codes)s."),
    "residency_missing": gettext_noop(
        "Для специальности «%(name)s» нужна ординатура по ней, в регистре её нет."
    ),
    "hours_enough": gettext_noop("Засчитано %(have)s ч, нужно %(need)s."),
    "hours_short": gettext_noop("Не хватает %(lacking)s ч: засчитано %(have)s из %(need)s."),
    "dpp_hours_enough": gettext_noop("Засчитано %(have)s ч, нужно %(need)s."),
    "dpp_hours_just_enough": gettext_noop(
        "Засчитано %(have)s ч, нужно %(need)s. Некоторые комиссии ждут 74: лучше иметь запас."
    ),
    "dpp_hours_short": gettext_noop("Не хватает %(lacking)s ч: засчитано %(have)s из %(need)s."),
    "works_now": gettext_noop("Вы работаете по специальности сейчас."),
    "worked_until": gettext_noop("По специальности Вы работали до %(day)s, это меньше %(years)s лет назад."),
    "career_break": gettext_noop("По специальности Вы работали до %(day)s: перерыв больше %(years)s лет."),
    "never_worked": gettext_noop("В регистре нет записей о работе."),
    "never_in_specialty": gettext_noop("В регистре нет работы по этой специальности."),
    "window_open": gettext_noop("Срок аккредитации кончается %(day)s: подавать уже можно."),
    "term_over": gettext_noop(
        "Срок аккредитации кончился %(day)s: подавать можно, но работать до решения нельзя."
    ),
    "term_prolonged": gettext_noop(
        "Срок аккредитации кончился %(day)s, но работать по ней разрешено до %(until)s: подавать можно."
    ),
    "window_not_open": gettext_noop("Срок аккредитации кончается %(day)s. Подать можно с %(opens)s."),
    "nothing_held": gettext_noop(
        "В регистре нет прежней аккредитации или сертификата по этой специальности."
    ),
    "position_fits": gettext_noop(
        "%(name)s, %(organisation)s: должность есть в перечне и подходит к специальности."
    ),
    "position_unknown": gettext_noop(
        "%(name)s, %(organisation)s: такой должности в действующем перечне нет."
    ),
    "position_other_specialty": gettext_noop("%(name)s, %(organisation)s: должность другой специальности."),
    "no_position": gettext_noop("В регистре нет ни одной должности."),
    "register_down": gettext_noop("%(register)s не отвечает с %(since)s."),
    "norm_missing": gettext_noop("На этот день норма не установлена, поэтому судить не по чему."),
}
REMEDIES = {
    "correct_at_portal": gettext_noop("Проверьте СНИЛС и имя на портале: исправить их можно только там."),
    "employer_adds_to_frmr": gettext_noop(
        "Попросите кадровую службу внести Вас в ФРМР: это обязанность работодателя."
    ),
    "employer_corrects_frmr": gettext_noop(
        "Запись в ФРМР исправит кадровая служба. Если имя менялось, приложите свидетельство."
    ),
    "ask_center": gettext_noop("Напишите в аккредитационный центр: без него эту отметку не снять."),
    "choose_specialty": gettext_noop("Выберите действующую специальность."),
    "confirm_education": gettext_noop(
        "Проверьте с кадровой службой, внесён ли диплом в ФРМР, и приложите его скан к заявлению."
    ),
    "more_hours": gettext_noop(
        "Пройдите ещё обучение по специальности. Если курс уже пройден, попросите образовательную "
        "организацию внести его в регистр."
    ),
    "more_dpp_hours": gettext_noop(
        "Пройдите программу повышения квалификации: часы активностей НМО сюда не идут."
    ),
    "other_kind": gettext_noop(
        "Периодическая аккредитация здесь не подходит: нужна первичная специализированная."
    ),
    "wait": gettext_noop("Вернитесь к заявлению, когда срок откроется: черновик сохранится."),
    "explain_position": gettext_noop(
        "Попросите кадровую службу привести должность в ФРМР к перечню или объясните её в отчёте."
    ),
}
COUNTED = {
    "counted": gettext_noop("засчитан"),
    "not_registered": gettext_noop("не засчитан: не внесён в регистр"),
    "other_specialty": gettext_noop("не засчитан: другая специальность"),
    "in_future": gettext_noop("не засчитан: документ выдан позже дня подачи"),
    "too_old": gettext_noop("не засчитан: старше пяти лет"),
    "before_accreditation": gettext_noop("не засчитан: пройден до прошлой аккредитации"),
}
STEPS = {"choose_specialty": "specialty", "confirm_education": "documents", "explain_position": "report"}


class Answered(Protocol):
    """What an outcome and a kept finding have in common."""

    @property
    def rule(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def evidence(self) -> dict[str, Any]: ...
    @property
    def norm(self) -> str: ...
    @property
    def remedy(self) -> str: ...
    @property
    def register(self) -> str: ...
    @property
    def since(self) -> datetime | None: ...


@dataclass(frozen=True)
class Described:
    """A finding as it is shown. step: key of the application's step where it can be mended, or ""."""

    rule: str
    outcome: str
    title: str
    evidence: str
    norm: str
    remedy: str
    step: str
    next_at: datetime | None = None
    documents: list[dict[str, Any]] = field(default_factory=list)


def describe(answered: Answered) -> Described:
    """One answer in words."""
    evidence = answered.evidence
    facts: dict[str, Any] = {
        name: _say(name, value) for name, value in evidence.items() if name != "documents"
    }
    facts["register"] = _(REGISTERS.get(answered.register, REGISTERS["frmr"]))
    facts["since"] = moment(answered.since)
    text = EVIDENCE.get(evidence.get("code", ""), "")
    return Described(
        rule=answered.rule,
        outcome=answered.outcome,
        title=_(TITLES[answered.rule]),
        evidence=_(text) % facts if text else "",
        norm=answered.norm,
        remedy=_(REMEDIES[answered.remedy]) if answered.remedy else "",
        step=STEPS.get(answered.remedy, ""),
        next_at=getattr(answered, "next_at", None),
        documents=[_document(row) for row in evidence.get("documents", ())],
    )


def register_name(register: str) -> str:
    """How people call a register."""
    return _(REGISTERS[register])


def _document(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": row["title"],
        "hours": row.get("hours"),
        "day": date.fromisoformat(row["day"]),
        "counted": row["counted"],
        "word": _(COUNTED[row["code"]]) if "hours" in row else "",
    }


def _say(name: str, value: Any) -> Any:
    if name == "fields":
        return ", ".join(_(FIELDS.get(one, one)) for one in value)
    if name in {"day", "opens", "until"}:
        return say_day(date.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return value
