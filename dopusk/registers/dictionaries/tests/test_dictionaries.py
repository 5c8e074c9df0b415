"""The dictionaries of НСИ: complete, dated, cheap to ask again."""

from datetime import date

import pytest

from dopusk.kernel.sandbox_stories import newcomer_stories, stories
from dopusk.registers.dictionaries import actions
from dopusk.registers.dictionaries.models import Dictionary, Entry
from dopusk.registers.dictionaries.rules import Name, read

SPECIALTIES = {row.key: row for row in actions.rows_of(Name.SPECIALTIES)}
POSITIONS = {row.key: row for row in actions.rows_of(Name.POSITIONS)}


def _keys(cabinet, name, on=None):
    query = f"?on={on}" if on else ""
    return {item["key"] for item in cabinet.get(f"/api/dictionaries/{name}{query}").json()["items"]}


def test_every_residency_of_the_order_is_there_with_its_code():
    assert {f"31.08.{n:02d}" for n in range(1, 78)} <= set(SPECIALTIES)
    assert SPECIALTIES["31.08.49"].item["name"] == "Терапия"
    assert SPECIALTIES["34.02.01"].item["level"] == "secondary"
    assert all(row.item["code"] in {row.key, None} for row in SPECIALTIES.values())
    assert len(SPECIALTIES) == 144


def test_no_code_of_nsi_is_invented():
    assert {row.item["nsi1066Code"] for row in SPECIALTIES.values()} == {None}


@pytest.mark.parametrize(
    ("key", "last_before", "first", "last", "first_after"),
    [
        ("31.08.33", None, "2026-08-31", "2026-08-31", "2026-09-01"),
        ("31.08.72", None, "2026-08-31", "2026-08-31", "2026-09-01"),
        ("31.08.23", None, "2026-09-01", "2027-02-28", "2027-03-01"),
        ("32.08.14", None, "2026-09-01", "2028-08-31", "2028-09-01"),
        ("neuropsychology", "2026-08-31", "2026-09-01", None, None),
        ("palliative-care", "2027-08-31", "2027-09-01", None, None),
        ("31.08.49", None, "2020-01-01", "2040-01-01", None),
    ],
)
def test_specialties_are_in_force_on_their_days_only(
    dictionary, cabinet, key, last_before, first, last, first_after
):
    for day, there in ((last_before, False), (first, True), (last, True), (first_after, False)):
        if day:
            assert (key in _keys(cabinet, "specialties", day)) is there


def test_without_a_day_past_and_coming_rows_are_told_too(dictionary, cabinet):
    assert {"31.08.33", "palliative-care", "34.02.01"} <= _keys(cabinet, "specialties")


def test_a_row_says_all_that_the_contract_promises(dictionary, cabinet):
    items = cabinet.get("/api/dictionaries/specialties").json()["items"]
    therapy = next(item for item in items if item["key"] == "31.08.49")
    assert therapy == {
        "key": "31.08.49", "code": "31.08.49", "name": "Терапия", "level": "higher", "kind": "residency",
        "nsi1066Code": None, "requiresDiploma": ["31.05.01", "31.05.02"], "validFrom": "2015-11-24", "validTo": None,
        "orderNo": "Приказ Минздрава России от 14.05.2026 № 435н", "source": "assumed",
    }  # fmt: skip


def test_every_position_leads_to_specialties_of_its_level():
    for row in POSITIONS.values():
        assert row.item["level"] in {"higher", "secondary"}
        for key in row.item["specialties"]:
            assert SPECIALTIES[key].item["level"] == row.item["level"]


def test_every_diploma_a_specialty_asks_for_is_itself_in_the_dictionary():
    for row in SPECIALTIES.values():
        assert set(row.item["requiresDiploma"]) <= set(SPECIALTIES)


def test_the_stories_of_the_sandbox_speak_of_what_is_there():
    for story in (*stories(date(2026, 11, 22)), *newcomer_stories(date(2026, 11, 22))):
        assert {training.specialty for training in story.trainings} <= set(SPECIALTIES)
        assert {post.position for post in story.posts} <= set(POSITIONS)
        held = story.accreditations[0].specialty
        assert any(held in POSITIONS[post.position].item["specialties"] for post in story.posts)


@pytest.mark.parametrize(
    ("name", "count", "sample"),
    [
        ("regions", 89, ("69", "Тверская область")),
        ("document-kinds", 17, ("snils", "Страховой номер индивидуального лицевого счёта")),
        ("education-levels", 6, ("residency", "Высшее образование — ординатура")),
        ("positions", 184, ("feldsher", "Фельдшер")),
    ],
)
def test_the_other_dictionaries(dictionary, cabinet, name, count, sample):
    items = cabinet.get(f"/api/dictionaries/{name}").json()["items"]
    assert len(items) == count
    assert sample in {(item["key"], item["name"]) for item in items}
    assert all(item["validFrom"] and item["orderNo"] for item in items)


def test_asking_again_costs_nothing_until_something_changes(dictionary, cabinet):
    first = cabinet.get("/api/dictionaries/regions")
    etag = first.headers["ETag"]
    again = cabinet.get("/api/dictionaries/regions", **{"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    other_day = cabinet.get("/api/dictionaries/regions?on=2020-01-01", **{"If-None-Match": etag})
    assert other_day.status_code == 200
    Dictionary.objects.filter(name="regions").update(version="0000000000000000")
    changed = cabinet.get("/api/dictionaries/regions", **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.json()["version"] == "0000000000000000"


def test_loading_again_changes_nothing_and_a_changed_row_is_mended(dictionary):
    assert actions.load_all() == []
    ids = set(Entry.objects.values_list("pk", flat=True))
    assert actions.load_all() == []
    assert set(Entry.objects.values_list("pk", flat=True)) == ids
    Dictionary.objects.filter(name="regions").update(version="stale")
    assert actions.load_all() == [Name.REGIONS]


def test_an_unknown_dictionary_is_refused(dictionary, cabinet):
    answer = cabinet.get("/api/dictionaries/horoscopes")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_dictionary_not_yet_loaded_says_so(cabinet):
    answer = cabinet.get("/api/dictionaries/regions")
    assert (answer.status_code, answer.json()["code"]) == (503, "dictionary_not_loaded")


def test_a_malformed_date_in_a_data_file_is_refused():
    row = {"key": "x", "name": "x", "valid_from": "yesterday", "valid_to": "", "order_no": "", "source": ""}
    with pytest.raises(ValueError, match="isoformat"):
        read(Name.REGIONS, [row])
