"""The answers of the rules in words, for her and for those who judge; by code, in the current language."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from dopusk.web.design.templatetags.design import day as say_day
from dopusk.web.design.templatetags.design import moment

TITLES = {
    "snils_agrees": noop("СНИЛС"),
    "identity_in_frmr": noop("Запись в регистре медработников"),
    "not_struck_off": noop("Отметки в регистре"),
    "specialty_in_force": noop("Специальность"),
    "education_fits": noop("Образование"),
    "total_hours": noop("Часы обучения"),
    "dpp_hours": noop("Часы программ повышения квалификации (ДПП)"),
    "no_career_break": noop("Перерыв в работе"),
    "window_open": noop("Срок подачи"),
    "position_in_nomenclature": noop("Должность"),
}
REGISTERS = {
    "snils": noop("Регистр СНИЛС"),
    "frmr": noop("Регистр медработников"),
    "dictionaries": noop("Справочник специальностей и должностей"),
    "norms": noop("Таблица норм"),
}
FIELDS = {
    "last_name": noop("фамилия"),
    "first_name": noop("имя"),
    "patronymic": noop("отчество"),
    "birth_date": noop("дата рождения"),
    "lastName": noop("фамилия"),
    "firstName": noop("имя"),
    "birthDate": noop("дата рождения"),
}
EVIDENCE = {
    "snils_agrees": noop("Номер существует и принадлежит Вам."),
    "snils_not_found": noop("Регистр не нашёл такого номера."),
    "snils_differs": noop("Номер есть, но не совпадает: %(fields)s."),
    "frmr_agrees": noop("В регистре Вы записаны под тем же именем."),
    "frmr_differs": noop("В регистре и на портале не совпадает: %(fields)s."),
    "frmr_missing": noop("В регистре медработников Вас нет, поэтому подтвердить это нечем."),
    "not_struck_off": noop("Отметок, которые мешают аккредитации, нет."),
    "marked_dead": noop("В регистре по ошибке стоит отметка о смерти."),
    "excluded": noop("Прежняя аккредитация № %(number)s исключена из регистра."),
    "specialty_in_force": noop("«%(name)s» действует на день подачи."),
    "specialty_unknown": noop("Такой специальности нет в номенклатуре."),
    "specialty_not_yet": noop("«%(name)s» начнёт действовать %(day)s."),
    "specialty_over": noop("«%(name)s» действовала до %(day)s."),
    "education_fits": noop("Диплом подходит к специальности."),
    "education_absent": noop("В регистре нет ни одного диплома."),
    "level_mismatch": noop("Уровень образования в регистре другой, чем нужен этой специальности."),
    "diploma_mismatch": noop("Среди дипломов в регистре нет подходящего. Подошли бы: %(codes)s."),
    "residency_missing": noop("Для специальности «%(name)s» нужна ординатура по ней, в регистре её нет."),
    "hours_enough": noop("Засчитано %(have)s ч, нужно %(need)s."),
    "hours_short": noop("Не хватает %(lacking)s ч: засчитано %(have)s из %(need)s."),
    "dpp_hours_enough": noop("Засчитано %(have)s ч, нужно %(need)s."),
    "dpp_hours_just_enough": noop(
        "Засчитано %(have)s ч, нужно %(need)s. Некоторые комиссии ждут 74: лучше иметь запас."
    ),
    "dpp_hours_short": noop("Не хватает %(lacking)s ч: засчитано %(have)s из %(need)s."),
    "works_now": noop("Вы работаете по специальности сейчас."),
    "worked_until": noop("По специальности Вы работали до %(day)s, это меньше %(years)s лет назад."),
    "career_break": noop("По специальности Вы работали до %(day)s: перерыв больше %(years)s лет."),
    "never_worked": noop("В регистре нет записей о работе."),
    "never_in_specialty": noop("В регистре нет работы по этой специальности."),
    "window_open": noop("Срок аккредитации кончается %(day)s: подавать уже можно."),
    "term_over": noop("Срок аккредитации кончился %(day)s: подавать можно, но работать до решения нельзя."),
    "window_not_open": noop("Срок аккредитации кончается %(day)s. Подать можно с %(opens)s."),
    "nothing_held": noop("В регистре нет прежней аккредитации или сертификата по этой специальности."),
    "position_fits": noop("%(name)s, %(organisation)s: должность есть в перечне и подходит к специальности."),
    "position_unknown": noop("%(name)s, %(organisation)s: такой должности в действующем перечне нет."),
    "position_other_specialty": noop("%(name)s, %(organisation)s: должность другой специальности."),
    "no_position": noop("В регистре нет ни одной должности."),
    "register_down": noop("%(register)s не отвечает с %(since)s."),
    "norm_missing": noop("На этот день норма не установлена, поэтому судить не по чему."),
}
REMEDIES = {
    "correct_at_portal": noop("Проверьте СНИЛС и имя на портале: исправить их можно только там."),
    "employer_adds_to_frmr": noop(
        "Попросите кадровую службу внести Вас в ФРМР: это обязанность работодателя."
    ),
    "employer_corrects_frmr": noop(
        "Запись в ФРМР исправит кадровая служба. Если имя менялось, приложите свидетельство."
    ),
    "ask_center": noop("Напишите в аккредитационный центр: без него эту отметку не снять."),
    "choose_specialty": noop("Выберите действующую специальность."),
    "confirm_education": noop(
        "Проверьте с кадровой службой, внесён ли диплом в ФРМР, и приложите его скан к заявлению."
    ),
    "more_hours": noop(
        "Пройдите ещё обучение по специальности. Если курс уже пройден, попросите образовательную "
        "организацию внести его в регистр."
    ),
    "more_dpp_hours": noop("Пройдите программу повышения квалификации: часы активностей НМО сюда не идут."),
    "other_kind": noop("Периодическая аккредитация здесь не подходит: нужна первичная специализированная."),
    "wait": noop("Вернитесь к заявлению, когда срок откроется: черновик сохранится."),
    "explain_position": noop(
        "Попросите кадровую службу привести должность в ФРМР к перечню или объясните её в отчёте."
    ),
}
COUNTED = {
    "counted": noop("засчитан"),
    "not_registered": noop("не засчитан: не внесён в регистр"),
    "other_specialty": noop("не засчитан: другая специальность"),
    "in_future": noop("не засчитан: документ выдан позже дня подачи"),
    "too_old": noop("не засчитан: старше пяти лет"),
    "before_accreditation": noop("не засчитан: пройден до прошлой аккредитации"),
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
    if name in {"day", "opens"}:
        return say_day(date.fromisoformat(value))
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return value
