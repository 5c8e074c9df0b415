"""Synthetic health workers: a pure function of seed, day and index, written out as lines of PostgreSQL's COPY.

Worker number `i` is the same whatever the batch, so work may be cut anywhere and spread over processes. All of
a worker's chances come from one 256-bit hash of (seed, i), taken off digit by digit in a mixed radix.

No number can be a real person's: СНИЛС above 500-000-000 are not given out yet, ИНН of the region 00 and telephones
of the code 975 do not exist, and the first two digits of a passport's series are those of no region.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dopusk.kernel import dates, inn, names, snils

FIRST_SNILS, SNILS_SPAN, STRIDE = (
    500_000_000,
    499_999_993,
    267_914_297,
)  # a prime span: the stride visits all of it
NO_REGIONS = (
    "02",
    "06",
    "09",
    "13",
    "16",
    "21",
    "23",
    "31",
    "39",
    "43",
    "48",
    "51",
    "55",
    "59",
    "62",
    "72",
    "74",
)
PASSPORTS_A_SERIES = 1_000_000
MOST_WORKERS = min(SNILS_SPAN, len(NO_REGIONS) * PASSPORTS_A_SERIES, 10_000_000)
FIRST_ID = 1_000_000_000  # database ids of synthetic workers, apart from those the sequence gives
NULL = r"\N"

# Tables in the order in which they are filled, with their columns.
COLUMNS: dict[str, tuple[str, ...]] = {
    "account": ("snils", "last_name", "first_name", "patronymic", "birth_date"),
    "passport": (
        "series", "number", "issued", "issuer", "issuer_code", "last_name", "first_name", "patronymic", "birth_date",
        "birth_place", "valid",
    ),
    "person": (
        "id", "snils", "last_name", "first_name", "patronymic", "name_key", "gender", "birth_date", "birth_place",
        "inn", "phone", "email", "region_code", "is_medical_worker", "is_pharm_worker", "passport_series",
        "passport_number", "passport_issued", "passport_issuer", "passport_issuer_code",
    ),
    "prof": (
        "person_id", "doc_serial", "doc_number", "doc_date", "institution", "level_key", "specialty_key", "begin_year",
    ),
    "postgraduate": (
        "person_id", "doc_serial", "doc_number", "doc_date", "institution", "level_key", "specialty_key", "begin_year",
    ),
    "ext": (
        "person_id", "kind", "institution", "hours", "theme", "doc_serial", "doc_number", "doc_date", "specialty_key",
    ),
    "cert": ("person_id", "cert_serial", "cert_number", "pass_date", "end_date", "specialty_key"),
    "card": (
        "person_id", "organization_oid", "organization_name", "department", "position_key", "post_name",
        "position_type", "rate", "contract_number", "contract_date", "begin_date", "end_date",
    ),
    "accreditation": (
        "registry_number", "person_id", "kind", "specialty_key", "pass_date", "end_date", "end_date_extension",
        "protocol_date", "protocol_number", "organization_oid", "excluded", "recorded_at",
    ),
}  # fmt: skip

THEMES = (
    "Актуальные вопросы специальности «{}»",
    "Современная практика: {}",
    "Безопасность пациентов и персонала",
    "Профилактика инфекций, связанных с оказанием медицинской помощи",
    "Неотложная помощь в практике специалиста",
    "Общение с пациентом и его близкими",
)
DEPARTMENTS = (
    "Терапевтическое отделение", "Хирургическое отделение", "Приёмное отделение", "Поликлиническое отделение",
    "Отделение реанимации", "Диагностическое отделение", "Педиатрическое отделение", "Дневной стационар",
)  # fmt: skip
DPP_HOURS, CME_HOURS = (72, 72, 144, 36), (36, 36, 18, 54)


@dataclass(frozen=True)
class Profession:
    """A specialty with what leads to it and what one works as. level: `secondary` or `higher`."""

    specialty: str
    name: str
    level: str
    diploma: str
    residency: bool
    pharmacy: bool
    positions: tuple[tuple[str, str], ...]  # (key, name)
    weight: int


@dataclass(frozen=True)
class Employer:
    """An organisation one works for."""

    oid: str
    name: str


@dataclass(frozen=True)
class Region:
    """Where one lives, learns and works."""

    code: str
    name: str
    employers: tuple[Employer, ...]
    pharmacies: tuple[Employer, ...]


@dataclass(frozen=True)
class NameLists:
    """Surnames and patronymics as (male, female) pairs."""

    surnames: tuple[tuple[str, str], ...]
    male: tuple[str, ...]
    female: tuple[str, ...]
    patronymics: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """All that a worker is made of beside her number."""

    seed: int
    day: date
    professions: tuple[Profession, ...]
    regions: tuple[Region, ...]
    names: NameLists


def snils_of(index: int) -> str:
    """A valid СНИЛС of its own for every index: a walk through the numbers that are given to nobody."""
    return snils.with_check(f"{FIRST_SNILS + (index + 1) * STRIDE % SNILS_SPAN:09d}")


class Chances:
    """A worker's chances: `of(n)` takes the next number below n off her hash."""

    def __init__(self, seed: int, index: int) -> None:
        self._left = int.from_bytes(hashlib.blake2b(b"%d:%d" % (seed, index), digest_size=32).digest(), "big")

    def of(self, n: int) -> int:
        """A number from 0 to n - 1."""
        self._left, taken = divmod(self._left, n)
        return taken


@lru_cache(maxsize=65_536)
def _iso(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return names.sort_key(name)


@dataclass(frozen=True)
class _Worker:
    """What the groups of one worker's records need to know of her."""

    index: int
    person_id: int
    profession: Profession
    region: Region
    born: date
    graduated: date


class Writer:
    """Turns indexes into lines of COPY, one buffer a table."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._by_chance = [
            place for place, profession in enumerate(plan.professions) for _ in range(profession.weight)
        ]
        self._lines: dict[str, list[str]] = {}

    def batch(self, start: int, stop: int) -> dict[str, bytes]:
        """Lines for the workers start … stop - 1, by table."""
        self._lines = {table: [] for table in COLUMNS}
        for index in range(start, stop):
            self._worker(index)
        return {table: "".join(lines).encode() for table, lines in self._lines.items()}

    def _put(self, table: str, *values: object) -> None:
        self._lines[table].append("\t".join(map(str, values)) + "\n")

    def _worker(self, index: int) -> None:
        chances = Chances(self.plan.seed, index)
        profession = self.plan.professions[self._by_chance[chances.of(len(self._by_chance))]]
        region = self.plan.regions[chances.of(len(self.plan.regions))]
        youngest = 27 if profession.residency else 24 if profession.level == "higher" else 22
        born = date(self.plan.day.year - youngest - 1 - chances.of(66 - youngest), 1, 1) + timedelta(
            chances.of(365)
        )
        graduated = date(born.year + (23 if profession.level == "higher" else 20), 6, 20 + chances.of(10))
        worker = _Worker(index, FIRST_ID + index, profession, region, born, graduated)
        self._identity(worker, chances)
        qualified = self._education(worker, chances)
        self._card(worker, qualified, chances)
        passed = self._accreditation(worker, qualified, chances)
        self._trainings(worker, passed, chances)

    def _identity(self, worker: _Worker, chances: Chances) -> None:
        lists, index, code = self.plan.names, worker.index, worker.region.code
        male = chances.of(100) < (35 if worker.profession.level == "higher" else 6)
        last = lists.surnames[chances.of(len(lists.surnames))][0 if male else 1]
        given = lists.male if male else lists.female
        first = given[chances.of(len(given))]
        patronymic = lists.patronymics[chances.of(len(lists.patronymics))][0 if male else 1]
        age = dates.full_years(worker.born, self.plan.day)
        issued = min(
            dates.add_years(worker.born, 45 if age >= 45 else 20) + timedelta(chances.of(80)), self.plan.day
        )
        series = NO_REGIONS[index // PASSPORTS_A_SERIES] + f"{issued.year % 100:02d}"
        number, issuer_code = f"{index * 7919 % PASSPORTS_A_SERIES:06d}", f"{code}0-{1 + chances.of(90):03d}"
        issuer, place = f"МВД России ({worker.region.name})", worker.region.name
        identity = snils_of(index)
        name, born, given_out = (last, first, patronymic), _iso(worker.born), _iso(issued)
        valid = "f" if chances.of(400) == 0 else "t"
        self._put("account", identity, *name, born)
        self._put("passport", series, number, given_out, issuer, issuer_code, *name, born, place, valid)
        pharmacy = worker.profession.pharmacy
        self._put(
            "person", worker.person_id, identity, *name, " ".join(map(_folded, name)), "male" if male else "female",
            born, place, inn.with_check(f"{1_000_000 + index:010d}"), f"+7975{index:07d}", f"w{index}@example.org",
            code, "f" if pharmacy else "t", "t" if pharmacy else "f", series, number, given_out, issuer, issuer_code,
        )  # fmt: skip

    def _education(self, worker: _Worker, chances: Chances) -> date:
        """Diplomas; the day from which she may practise."""
        job, person, place = worker.profession, worker.person_id, worker.region.name
        school = "Медицинский университет" if job.level == "higher" else "Медицинский колледж"
        year, level = worker.graduated.year, "specialist" if job.level == "higher" else "secondary"
        number, length = f"{worker.index:08d}", 6 if job.level == "higher" else 4
        self._put(
            "prof", person, f"{worker.region.code}{year % 100:02d}", number, _iso(worker.graduated),
            f"{school} ({place})", level, job.diploma, year - length,
        )  # fmt: skip
        if not job.residency:
            return worker.graduated
        finished = date(year + 2, 7, 1 + chances.of(20))
        self._put(
            "postgraduate", person, f"{worker.region.code}{finished.year % 100:02d}", number, _iso(finished),
            f"{school} ({place})", "residency", job.specialty, year,
        )  # fmt: skip
        return finished

    def _card(self, worker: _Worker, qualified: date, chances: Chances) -> None:
        key, post = worker.profession.positions[chances.of(len(worker.profession.positions))]
        pharmacy = worker.profession.pharmacy
        places = worker.region.pharmacies if pharmacy else worker.region.employers
        employer = places[chances.of(len(places))]
        department = "Торговый зал" if pharmacy else DEPARTMENTS[chances.of(len(DEPARTMENTS))]
        days = max((self.plan.day - qualified).days, 1)
        began = qualified + timedelta(min(30 + chances.of(days), days))
        left = _iso(self.plan.day - timedelta(1 + chances.of(365))) if chances.of(25) == 0 else NULL
        left = left if left == NULL or left > _iso(began) else NULL
        self._put(
            "card", worker.person_id, employer.oid, employer.name, department, key,
            post, 1, "1.00" if chances.of(5) else "0.50", f"{worker.index % 9973}-к", _iso(began), _iso(began), left,
        )  # fmt: skip

    def _accreditation(self, worker: _Worker, qualified: date, chances: Chances) -> date:
        """The accreditation held (and an old certificate of some); the day since which trainings count."""
        day, index, job = self.plan.day, worker.index, worker.profession
        if dates.add_years(qualified, 5) > day:
            passed = min(qualified + timedelta(20 + chances.of(60)), day)
            kind, ends = "primary_specialized" if job.residency else "primary", dates.add_years(passed, 5)
        else:  # one in ten has let the term run out within the last half year
            ends = day + timedelta(chances.of(1790) if chances.of(10) else -1 - chances.of(180))
            passed, kind = max(dates.add_years(ends, -5), qualified), "periodic"
        self._put(
            "accreditation", f"00{passed.year % 100:02d}{index:09d}", worker.person_id, kind, job.specialty,
            _iso(passed), _iso(ends), NULL, _iso(passed), f"{worker.region.code}-{passed.year}-{index % 997}", "", "f",
            f"{_iso(passed)} 15:00:00+03",
        )  # fmt: skip
        if qualified.year < 2012 and chances.of(8) == 0:
            examined = date(2015, 3, 1) + timedelta(chances.of(365))
            self._put(
                "cert", worker.person_id, worker.region.code, f"{index:08d}", _iso(examined),
                _iso(dates.add_years(examined, 5)), job.specialty,
            )  # fmt: skip
        return passed

    def _trainings(self, worker: _Worker, passed: date, chances: Chances) -> None:
        days, job = (self.plan.day - passed).days, worker.profession
        school = f"{'Медицинский университет' if job.level == 'higher' else 'Медицинский колледж'}"
        for number in range(min(1 + days // 400, 2 + chances.of(3))):
            dpp = number == 0
            hours = (DPP_HOURS if dpp else CME_HOURS)[chances.of(4)]
            theme = THEMES[0] if dpp else THEMES[chances.of(len(THEMES))]
            on = passed + timedelta(1 + chances.of(days) if days > 1 else 0)
            self._put(
                "ext", worker.person_id, "dpp" if dpp else "cme", f"{school} ({worker.region.name})", hours,
                theme.format(job.name), worker.region.code, f"{worker.index:08d}{number}", _iso(on), job.specialty,
            )  # fmt: skip


def batches(start: int, stop: int, size: int) -> Sequence[tuple[int, int]]:
    """Cut start … stop - 1 into pieces of at most `size`."""
    return [(low, min(low + size, stop)) for low in range(start, stop, size)]
