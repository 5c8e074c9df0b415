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
    "nobody_yet": _("Ещё не голосовали"),
    "tie_without_chair": _("Поровну, нужен голос председателя"),
}
REFUSALS: dict[str, Promise] = {
    "sitting_closed": _("Заседание уже закрыто."),
    "sitting_open": _("Заседание ещё не закрыто."),
    "sitting_not_yet": _("Голосовать и закрывать можно в день заседания."),
    "already_voted": _("Ваш голос по этому делу уже подан. Изменить его нельзя."),
    "case_postponed": _("Рассмотрение этого дела отложено."),
    "own_case": _("Это Ваше собственное дело: Вы в нём не голосуете."),
    "no_seat": _("Вы не входите в эту комиссию."),
    "reason_missing": _("Отметьте хотя бы одну причину."),
    "reason_unfit": _("Эта причина не подходит к такому голосу."),
    "words_missing": _("Опишите конфликт интересов словами."),
    "chair_only": _("Закрыть заседание может только председатель."),
    "chair_or_secretary_only": _("Это делает председатель или ответственный секретарь."),
    "agenda_empty": _("На заседании нет ни одного дела: закрывать нечего."),
    "signature_required": _("Решения заседания подписывают усиленной электронной подписью председателя."),
    "challenge_used": _("Эта подпись уже принята. Второй раз ничего не произошло."),
    "cases_undecided": _("Не по всем делам есть решение: № %(numbers)s. Проголосуйте или отложите их."),
}
