"""What synthetic people may be: professions out of the dictionaries, regions with their organisations, names."""

import json
from datetime import date
from pathlib import Path

from dopusk.kernel import inn, ogrn
from dopusk.registers.dictionaries.actions import rows_of
from dopusk.registers.dictionaries.rules import Item, Name
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.population.rules import Employer, NameLists, Profession, Region

NAMES = Path(__file__).parent / "data" / "names.json"
OUR_FIRST_NUMBER = 910_001  # of an organisation within its region; the known ones stand at 900 001
# How many of a hundred thousand, roughly; every other specialty gets RARE.
WEIGHTS = {
    "34.02.01": 34_000, "31.02.01": 5_500, "31.02.02": 3_500, "31.02.03": 3_500, "33.02.01": 5_500,
    "emergency-care": 4_000, "paediatric-nursing": 3_500, "operating-nursing": 1_800, "radiography": 1_500,
    "anaesthesiology-nursing": 2_200, "general-practice-nursing": 1_200, "nursing-organisation": 1_500,
    "physiotherapy-nursing": 1_000, "34.02.02": 900, "31.02.05": 1_200, "secondary-dentistry": 500,
    "31.08.49": 5_000, "31.08.19": 3_000, "31.08.01": 1_800, "31.08.02": 1_800, "31.08.67": 1_600, "31.08.42": 1_400,
    "31.08.73": 1_800, "31.08.36": 900, "31.08.20": 800, "31.08.66": 900, "31.08.59": 800, "31.08.58": 700,
    "33.05.01": 1_500, "31.05.01": 1_500, "31.05.03": 1_500,
}  # fmt: skip
RARE = 120
KINDS = (
    ("hospital", "ГБУЗ «Городская больница № {n}» (учебная), {region}", "Горбольница № {n}"),
    ("hospital", "ГБУЗ «Областная клиническая больница» (учебная), {region}", "ОКБ"),
    ("clinic", "ГБУЗ «Городская поликлиника № {n}» (учебная), {region}", "Поликлиника № {n}"),
    ("clinic", "ГБУЗ «Детская поликлиника № {n}» (учебная), {region}", "Детская поликлиника № {n}"),
    ("emergency", "ГБУЗ «Станция скорой медицинской помощи» (учебная), {region}", "ССМП"),
    ("dental", "ГАУЗ «Стоматологическая поликлиника № {n}» (учебная), {region}", "Стоматология № {n}"),
    ("pharmacy", "ГУП «Аптека № {n}» (учебная), {region}", "Аптека № {n}"),
    ("clinic", "ООО «Медицинский центр № {n}» (учебный), {region}", "Медцентр № {n}"),
)


def professions(day: date) -> tuple[Profession, ...]:
    """Every specialty in force on the day that leads to some position."""
    positions: dict[str, list[tuple[str, str]]] = {}
    for row in rows_of(Name.POSITIONS):
        if row.valid_to is None or row.valid_to >= day:
            for key in _texts(row.item, "specialties"):
                positions.setdefault(key, []).append((row.key, str(row.item["name"])))
    found = []
    for row in rows_of(Name.SPECIALTIES):
        diplomas = _texts(row.item, "requiresDiploma")
        in_force = row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)
        if not (in_force and diplomas and row.key in positions):
            continue
        found.append(
            Profession(
                specialty=row.key,
                name=str(row.item["name"]),
                level=str(row.item["level"]),
                diploma=diplomas[0],
                residency=row.item["kind"] == "residency",
                pharmacy=row.key.startswith("33."),
                positions=tuple(positions[row.key]),
                weight=WEIGHTS.get(row.key, RARE),
            )
        )
    return tuple(found)


def _texts(item: Item, member: str) -> list[str]:
    value = item[member]
    assert isinstance(value, list)
    return value


def organisations() -> list[Organisation]:
    """Eight organisations in every region."""
    made = []
    for place, region in enumerate(rows_of(Name.REGIONS)):
        for number, (kind, name, short_name) in enumerate(KINDS, 1):
            code = region.key
            made.append(
                Organisation(
                    oid=f"1.2.643.5.1.13.13.12.2.{int(code)}.{OUR_FIRST_NUMBER + number - 1}",
                    name=name.format(n=number, region=region.item["name"]),
                    short_name=short_name.format(n=number),
                    kind=kind,
                    inn=inn.organisation_with_check(f"00{code}00{number:03d}"),
                    kpp=f"{code}0101001",
                    ogrn=ogrn.with_check(f"1{place:03d}00{code}00{number:02d}"),
                    region_code=code,
                    address=f"{region.item['name']}, Учебная ул., д. {number}",
                    licence_number=f"ЛО-{code}-01-{number:06d}",
                    licence_date=date(2014 + number, 3, 12),
                )
            )
    return made


def regions() -> tuple[Region, ...]:
    """Regions with the organisations one works for there."""
    here: dict[tuple[str, bool], list[Employer]] = {}
    for organisation in organisations():
        place = organisation.region_code, organisation.kind == "pharmacy"
        here.setdefault(place, []).append(Employer(organisation.oid, organisation.name))
    return tuple(
        Region(row.key, str(row.item["name"]), tuple(here[row.key, False]), tuple(here[row.key, True]))
        for row in rows_of(Name.REGIONS)
    )


def name_lists() -> NameLists:
    """Names out of the data file."""
    raw = json.loads(NAMES.read_text(encoding="utf-8"))
    return NameLists(
        surnames=tuple((male, female) for male, female in raw["surnames"]),
        male=tuple(raw["male"]),
        female=tuple(raw["female"]),
        patronymics=tuple((male, female) for male, female in raw["patronymics"]),
    )
