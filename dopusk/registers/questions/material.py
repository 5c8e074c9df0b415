"""What the registers know of a person, and of others, that questions can be made of."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from dopusk.registers.dictionaries.models import Entry
from dopusk.registers.dictionaries.rules import Name
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.passports.models import Passport
from dopusk.registers.questions.rules import Kind, Material, Rank, of_years
from dopusk.registers.snils.models import Account
from dopusk.registers.snils.rules import Identity, compare
from dopusk.registers.workers import models as workers

FURTHER = Path(__file__).parent / "data" / "further.json"
OTHERS = 400  # records of other people looked through: always the same first ones


@dataclass(frozen=True)
class Whose:
    """A person as she tells who she is."""

    snils: str
    last_name: str
    first_name: str
    patronymic: str
    birth_date: date


@dataclass(frozen=True)
class _Known:
    """One worker with all her records."""

    person: workers.Person
    diplomas: list[workers.Education]
    trainings: list[workers.EducationExt]
    cards: list[workers.Card]


def gather(whose: Whose, today: date, rank: Rank) -> tuple[Material, ...]:
    """Material of every kind; none when the person is unknown or not who she says."""
    account = Account.objects.filter(snils=whose.snils).first()
    person = workers.Person.objects.by_snils(whose.snils).first()
    if account is None or person is None or not _is_hers(whose, account):
        return ()
    known = _Known(
        person,
        [*person.prof.all(), *person.postgraduate.all()],
        list(person.ext.all()),
        list(person.card.all()),
    )
    return (
        _institution(known),
        of_years(
            (diploma.doc_date.year for diploma in known.diplomas), whose.birth_date.year, today.year, rank
        ),
        _specialty(known, today),
        _employer(known),
        _post(known, today),
        _birth_place(known),
    )


def _is_hers(whose: Whose, account: Account) -> bool:
    told = Identity(whose.last_name, whose.first_name, whose.patronymic, whose.birth_date)
    held = Identity(account.last_name, account.first_name, account.patronymic, account.birth_date)
    same = compare(told, held)
    return same.last_name and same.first_name and same.patronymic and same.birth_date


@cache
def _further() -> dict[str, tuple[str, ...]]:
    raw = json.loads(FURTHER.read_text(encoding="utf-8"))
    return {name: tuple(texts) for name, texts in raw.items()}


def _institution(known: _Known) -> Material:
    asked = tuple(diploma.institution for diploma in known.diplomas)
    trained = (training.institution for training in known.trainings)
    worked = (card.organization_name for card in known.cards)
    others = workers.EducationProf.objects.order_by("pk").values_list("institution", flat=True)[:OTHERS]
    schools = (
        Organisation.objects.filter(kind="school").order_by("pk").values_list("name", flat=True)[:OTHERS]
    )
    pool = (*others, *schools, *_further()["institutions"])
    return Material(Kind.INSTITUTION, asked, (*asked, *trained, *worked), pool)


def _employer(known: _Known) -> Material:
    asked = tuple(card.organization_name for card in known.cards)
    schooled = (
        *(diploma.institution for diploma in known.diplomas),
        *(training.institution for training in known.trainings),
    )
    near_by = Organisation.objects.filter(region_code=known.person.region_code).exclude(kind="school")
    pool = (*near_by.order_by("oid").values_list("name", flat=True)[:OTHERS], *_further()["employers"])
    return Material(Kind.EMPLOYER, asked, (*asked, *schooled), pool)


def _named(dictionary: Name, keys: set[str], today: date) -> tuple[dict[str, str], tuple[str, ...]]:
    """Names by these keys, and names in force today of the entries of their levels."""
    rows = list(Entry.objects.filter(dictionary=dictionary))
    mine = {row.key: str(row.item["name"]) for row in rows if row.key in keys}
    levels = {row.item["level"] for row in rows if row.key in keys}
    others = tuple(
        str(row.item["name"])
        for row in rows
        if row.item["level"] in levels
        and row.valid_from <= today
        and (row.valid_to is None or row.valid_to >= today)
    )
    return mine, others


def _specialty(known: _Known, today: date) -> Material:
    learned = {diploma.specialty_key for diploma in known.diplomas}
    more = {training.specialty_key for training in known.trainings}
    certified = set(known.person.cert.values_list("specialty_key", flat=True))
    accredited = set(known.person.accreditations.values_list("specialty_key", flat=True))
    mine, _others = _named(Name.SPECIALTIES, learned | more | certified | accredited, today)
    _learned, pool = _named(Name.SPECIALTIES, learned, today)
    asked = tuple(mine[key] for key in sorted(learned) if key in mine)
    return Material(Kind.SPECIALTY, asked, tuple(mine.values()), pool)


def _post(known: _Known, today: date) -> Material:
    asked = tuple(card.post_name for card in known.cards)
    _mine, pool = _named(Name.POSITIONS, {card.position_key for card in known.cards}, today)
    return Material(Kind.POST, asked, asked, pool)


def _birth_place(known: _Known) -> Material:
    person = known.person
    passport = Passport.objects.filter(series=person.passport_series, number=person.passport_number).first()
    asked = (passport.birth_place,) if passport and passport.birth_place else ()
    regions = Entry.objects.filter(dictionary=Name.REGIONS).values_list("item__name", flat=True)
    town = any(place.startswith("г.") for place in asked)
    pool = _further()["towns"] if town else tuple(str(name) for name in regions)
    return Material(Kind.BIRTH_PLACE, asked, (*asked, person.birth_place), pool)
