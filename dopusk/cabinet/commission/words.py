"""Words for the commission's codes; the protocol prints them in Russian."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AGAINST: dict[str, Promise] = {
    "hours_short": _("Не хватает часов обучения"),
    "dpp_hours_short": _("Не хватает часов программ повышения квалификации"),
    "training_off_specialty": _("Обучение не по заявленной специальности"),
    "experience_short": _("Не хватает стажа"),
    "career_break": _("Перерыв в работе больше пяти лет"),
    "position_not_in_nomenclature": _("Должности нет в номенклатуре"),
    "residency_missing": _("Нет ординатуры или переподготовки"),
}
RECUSALS: dict[str, Promise] = {
    "own_case": _("Собственное заявление"),
    "own_employee": _("Мой сотрудник"),
    "own_student": _("Мой ученик"),
    "relative": _("Родственник"),
    "other_conflict": _("Другой конфликт интересов"),
}
CHOICES: dict[str, Promise] = {"for": _("За"), "against": _("Против"), "recuse": _("Отвод")}
PLACES: dict[str, Promise] = {
    "chair": _("Председатель"),
    "secretary": _("Ответственный секретарь"),
    "member": _("Член комиссии"),
}
OUTCOMES: dict[str, Promise] = {
    "passed": _("Пройдена"),
    "not_passed": _("Не пройдена"),
    "postponed": _("Отложено"),
    "no_quorum": _("Нет кворума"),
    "tie_without_chair": _("Поровну, нужен голос председателя"),
}
