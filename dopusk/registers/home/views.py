"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from dopusk.registers.dictionaries.models import Dictionary
from dopusk.registers.population.models import Population

REGISTERS = (
    ("/api/snils/", _("СНИЛС"), _("Есть ли такой номер и сходятся ли с ним имя и дата рождения")),
    ("/api/passports/", _("Паспорта"), _("Действителен ли паспорт и что в нём не сходится")),
    (
        "/api/frmr/",
        _("ФРМР: медицинские работники"),
        _("Дипломы, обучение, работа, аккредитации; сюда кабинет вносит итог"),
    ),
    ("/api/frmo/", _("ФРМО: медицинские организации"), _("Поиск по названию, ИНН, ОГРН и региону")),
    (
        "/api/dictionaries/",
        _("НСИ: справочники"),
        _("Специальности, должности, регионы, документы, уровни образования на любой день"),
    ),
    (
        "/api/questions/",
        _("Контрольные вопросы"),
        _("Три вопроса об учёбе и работе человека; верных ответов не говорит никому"),
    ),
    ("/pki/", _("Удостоверяющий центр"), _("Сертификаты людей и учебных печатей, метки времени")),
)


def index(request: HttpRequest) -> HttpResponse:
    """What stands here, for whom, and where to look."""
    population = Population.objects.first()
    context = {
        "registers": REGISTERS,
        "population": population,
        "workers": f"{population.workers:,}".replace(",", "\u00a0") if population else "",
        "dictionaries": Dictionary.objects.order_by("name"),
    }
    return render(request, "home/index.html", context)
