"""The person's own facts: read here, mended where they come from."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from dopusk.cabinet.registries.base import Dictionaries, Record
from dopusk.cabinet.registries.http import registers
from dopusk.cabinet.signin.access import confirmed_required, current
from dopusk.cabinet.signin.models import Person
from dopusk.cabinet.specialists import rules
from dopusk.kernel import snils
from dopusk.web.design.templatetags.design import day
from dopusk.web.outgoing import RegisterDown

FIELDS = {
    "last_name": _("Фамилия"),
    "first_name": _("Имя"),
    "patronymic": _("Отчество"),
    "birth_date": _("Дата рождения"),
    "snils": _("СНИЛС"),
}


@require_safe
@confirmed_required
def profile(request: HttpRequest) -> HttpResponse:
    """What the portal and ФРМР know of her, each named; a silent register says since when."""
    person = current(request)
    record, dictionaries, down = None, Dictionaries(), None
    try:
        record = registers().record(person.snils)
        dictionaries = registers().dictionaries()
    except RegisterDown as error:
        down = error
    rows = rules.compare(_told(person), _held(record) if record else {})
    context = {
        "rows": [{"title": FIELDS[row.field], "row": row} for row in rows],
        "differs": any(row.agrees is False for row in rows),
        "record": record,
        "down": down,
        "missing": record is None and down is None,
        "education": _education(record, dictionaries),
        "trainings": _trainings(record, dictionaries),
        "cards": record.cards if record else (),
        "accreditations": _accreditations(record, dictionaries),
        "today": timezone.localdate(),
    }
    return render(request, "specialists/profile.html", context)


def _told(person: Person) -> dict[str, str]:
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "patronymic": person.patronymic,
        "birth_date": day(person.birth_date),
        "snils": snils.show(person.snils),
    }


def _held(record: Record) -> dict[str, str]:
    worker = record.worker
    return {
        "last_name": worker.last_name,
        "first_name": worker.first_name,
        "patronymic": worker.patronymic,
        "birth_date": day(worker.birth_date),
        "snils": snils.show(worker.snils),
    }


def _named(dictionaries: Dictionaries, key: str) -> str:
    row = dictionaries.specialties.get(key)
    return row.name if row else key


def _education(record: Record | None, dictionaries: Dictionaries) -> list[dict[str, Any]]:
    levels = dictionaries.levels
    return [
        {
            "what": _named(dictionaries, one.specialty),
            "level": levels[one.level].name if one.level in levels else one.level,
            "fact": one,
        }
        for one in (record.education if record else ())
    ]


def _trainings(record: Record | None, dictionaries: Dictionaries) -> list[dict[str, Any]]:
    return [
        {"what": _named(dictionaries, one.specialty), "fact": one}
        for one in (record.trainings if record else ())
    ]


def _accreditations(record: Record | None, dictionaries: Dictionaries) -> list[dict[str, Any]]:
    return [
        {"what": _named(dictionaries, one.specialty), "fact": one}
        for one in (record.accreditations if record else ())
    ]
