"""Synthetic workers: the same by seed and day, plausible, and never real."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.kernel import inn, names, passport, phone, snils
from dopusk.registers.population import catalogue
from dopusk.registers.population.rules import (
    COLUMNS,
    FIRST_SNILS,
    MOST_WORKERS,
    NULL,
    SNILS_SPAN,
    STRIDE,
    Plan,
    Writer,
    snils_of,
)

TODAY = date(2026, 11, 22)


def _plan(seed=1, day=TODAY):
    return Plan(seed, day, catalogue.professions(day), catalogue.regions(), catalogue.name_lists())


def _rows(batch, table):
    return [
        dict(zip(COLUMNS[table], line.split("\t"), strict=True))
        for line in batch[table].decode().splitlines()
    ]


@pytest.fixture(scope="module")
def batch():
    return Writer(_plan()).batch(0, 2000)


@given(cut=st.integers(1, 59))
@settings(max_examples=20, deadline=None)
def test_a_worker_is_the_same_whatever_the_batch(cut):
    writer = Writer(_plan())
    whole, low, high = writer.batch(0, 60), writer.batch(0, cut), writer.batch(cut, 60)
    assert whole == {table: low[table] + high[table] for table in COLUMNS}


def test_another_seed_or_day_makes_other_people():
    first = Writer(_plan()).batch(0, 50)
    assert Writer(_plan()).batch(0, 50) == first
    assert Writer(_plan(seed=2)).batch(0, 50)["person"] != first["person"]
    assert Writer(_plan(day=date(2027, 1, 11))).batch(0, 50)["accreditation"] != first["accreditation"]


@given(st.sets(st.integers(0, MOST_WORKERS - 1), min_size=2, max_size=50))
def test_every_worker_has_a_valid_snils_of_her_own_that_nobody_real_has(indexes):
    numbers = {snils_of(index) for index in indexes}
    assert len(numbers) == len(indexes)
    for number in numbers:
        assert snils.parse(number) == number
        assert int(number[:9]) >= FIRST_SNILS > snils.LAST_UNCHECKED


def test_the_walk_through_the_numbers_visits_each_once():
    assert all(
        SNILS_SPAN % divisor for divisor in range(2, 22_361)
    )  # a prime: no stride below it has a short way round
    assert 0 < STRIDE < SNILS_SPAN
    assert FIRST_SNILS + SNILS_SPAN <= 1_000_000_000


def test_everybodys_numbers_are_valid_and_passports_in_order(batch):
    people = _rows(batch, "person")
    assert len(people) == 2000
    for person in people:
        assert inn.parse(person["inn"]) == person["inn"]
        assert person["inn"].startswith("00")
        assert phone.parse(person["phone"]) == person["phone"]
        issued, born = date.fromisoformat(person["passport_issued"]), date.fromisoformat(person["birth_date"])
        assert passport.issue_fault(born, issued, TODAY) is None
        last = passport.replace_by(born, issued)
        assert last is None or last >= TODAY
        assert passport.parse_issuer_code(person["passport_issuer_code"]) == person["passport_issuer_code"]
    for column in ("id", "snils", "inn", "phone", "email"):
        assert len({person[column] for person in people}) == 2000
    assert len({(person["passport_series"], person["passport_number"]) for person in people}) == 2000


def test_names_are_of_one_gender_throughout(batch):
    lists = catalogue.name_lists()
    surnames = [{pair[male] for pair in lists.surnames} for male in (1, 0)]
    patronymics = [{pair[male] for pair in lists.patronymics} for male in (1, 0)]
    for person in _rows(batch, "person"):
        male = person["gender"] == "male"
        assert person["first_name"] in (lists.male if male else lists.female)
        assert person["last_name"] in surnames[male]
        assert person["patronymic"] in patronymics[male]
        whole = names.full(person["last_name"], person["first_name"], person["patronymic"])
        assert person["name_key"] == names.sort_key(whole)
        assert names.clean(whole) == whole


def test_the_registers_agree_about_everybody(batch):
    people = _rows(batch, "person")
    same = ("last_name", "first_name", "patronymic", "birth_date")
    told = [tuple(person[column] for column in same) for person in people]
    assert [tuple(row[column] for column in same) for row in _rows(batch, "account")] == told
    assert [tuple(row[column] for column in same) for row in _rows(batch, "passport")] == told


def test_careers_follow_the_calendar(batch):
    people = {person["id"]: person for person in _rows(batch, "person")}
    diplomas = {row["person_id"]: row["doc_date"] for row in _rows(batch, "prof")}
    for row in _rows(batch, "postgraduate"):
        assert diplomas[row["person_id"]] < row["doc_date"]
        diplomas[row["person_id"]] = row["doc_date"]
    for row in _rows(batch, "card"):
        assert diplomas[row["person_id"]] <= row["begin_date"] <= TODAY.isoformat()
        assert row["end_date"] == NULL or row["begin_date"] < row["end_date"] < TODAY.isoformat()
    passed = {}
    for row in _rows(batch, "accreditation"):
        passed[row["person_id"]] = row["pass_date"]
        assert (
            diplomas[row["person_id"]] <= row["pass_date"] <= TODAY.isoformat() or row["kind"] != "periodic"
        )
        assert row["pass_date"] < row["end_date"]
    for row in _rows(batch, "ext"):
        assert passed[row["person_id"]] <= row["doc_date"] <= TODAY.isoformat()
    assert set(people) == set(diplomas) == set(passed)


def test_nurses_are_many_and_every_specialty_is_met():
    professions = catalogue.professions(TODAY)
    assert {"34.02.01", "31.08.49", "31.08.77", "neuropsychology"} - {p.specialty for p in professions} == {
        "neuropsychology"  # what diploma it asks for is not known yet
    }
    assert "31.08.33" not in {profession.specialty for profession in professions}
    whole = sum(profession.weight for profession in professions)
    assert 0.25 < next(p.weight for p in professions if p.specialty == "34.02.01") / whole < 0.45


def test_pharmacists_work_in_pharmacies(batch):
    pharmacists = {
        row["person_id"] for row in _rows(batch, "accreditation") if row["specialty_key"] == "33.02.01"
    }
    assert pharmacists
    for row in _rows(batch, "card"):
        assert (row["organization_name"].startswith("ГУП «Аптека")) is (
            row["person_id"] in pharmacists
            or row["position_key"].startswith(("pharmacist", "head-of-pharmacy"))
        )


def test_nothing_breaks_the_format_of_copy(batch):
    for table, lines in batch.items():
        assert b"\\" not in lines.replace(rb"\N", b"")
        assert all(line.count("\t") == len(COLUMNS[table]) - 1 for line in lines.decode().splitlines())


@given(st.dates(date(2024, 1, 1), date(2035, 12, 31)))
@settings(max_examples=25, deadline=None)
def test_people_can_be_made_on_any_day(day):
    batch = Writer(_plan(day=day)).batch(0, 40)
    today = day.isoformat()
    assert len(_rows(batch, "person")) == 40
    assert all(row["pass_date"] <= today for row in _rows(batch, "accreditation"))
    assert all(row["doc_date"] <= today for row in _rows(batch, "ext"))
