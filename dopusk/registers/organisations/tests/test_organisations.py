"""ФРМО: finding organisations."""

import pytest

from dopusk.kernel import inn, ogrn, sandbox
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.population import actions

HOSPITAL = sandbox.organisation("hospital")


@pytest.fixture(autouse=True)
def _organisations(people):
    actions.settle_organisations()


def test_the_hospital_is_found_by_its_oid(cabinet):
    found = cabinet.get(f"/api/frmo/organizations/{HOSPITAL.oid}").json()
    assert (found["name"], found["inn"], found["regionCode"]) == (HOSPITAL.name, HOSPITAL.inn, "69")
    assert found["licenceNumber"]
    assert found["oid"].startswith("1.2.643.5.1.13.13.12.2.69.")


def test_an_unknown_organisation_is_not_in_frmo(cabinet):
    answer = cabinet.get("/api/frmo/organizations/1.2.3")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_in_frmo")


@pytest.mark.parametrize("asked", ["?query=%00", "?query=a%00b", "?region=6%00", "/1.2%003"])
def test_a_question_that_no_text_can_hold_is_refused(cabinet, asked):
    answer = cabinet.get(f"/api/frmo/organizations{asked}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert [error["code"] for error in answer.json()["errors"]] == ["nul_character"]


@pytest.mark.parametrize(
    "query",
    [
        "клиническая больница № 1",
        "УГКБ",
        HOSPITAL.inn,
        HOSPITAL.ogrn,
        HOSPITAL.oid,
        "КЛИНИЧЕСКАЯ БОЛЬНИЦА № 1",
    ],
)
def test_the_hospital_is_found_by_part_of_its_name_and_by_numbers(cabinet, query):
    found = cabinet.get(f"/api/frmo/organizations?region=69&query={query}").json()
    assert HOSPITAL.oid in [item["oid"] for item in found["items"]]


def test_organisations_are_paged_in_the_order_of_oids(cabinet):
    first = cabinet.get("/api/frmo/organizations").json()
    second = cabinet.get("/api/frmo/organizations?page=2").json()
    assert len(first["items"]) == 50
    assert first["total"] == Organisation.objects.count() == 89 * 8 + 5
    assert first["pages"] == 15
    oids = [item["oid"] for item in first["items"] + second["items"]]
    assert oids == sorted(set(oids))


def test_a_region_narrows_and_a_stray_percent_finds_nothing(cabinet):
    found = cabinet.get("/api/frmo/organizations?region=69").json()
    assert {item["regionCode"] for item in found["items"]} == {"69"}
    assert cabinet.get("/api/frmo/organizations?query=%25").json()["total"] == 0


def test_every_organisation_has_valid_numbers_of_its_own():
    rows = list(Organisation.objects.all())
    for organisation in rows:
        assert inn.parse_organisation(organisation.inn)
        assert ogrn.parse(organisation.ogrn)
    assert len({row.inn for row in rows}) == len({row.ogrn for row in rows}) == len(rows)


def test_settling_again_changes_nothing():
    before = Organisation.objects.count()
    actions.settle_organisations()
    assert Organisation.objects.count() == before
