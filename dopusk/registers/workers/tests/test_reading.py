"""ФРМР tells programs what it holds, in its own names."""

from datetime import date

import pytest
from django.utils import timezone

from dopusk.kernel import dates, sandbox
from dopusk.registers.workers.models import Person

ANNA, BORIS = sandbox.person("anna"), sandbox.person("boris")


def _get(cabinet, path="", snils=ANNA.snils):
    return cabinet.get(f"/api/frmr/person/{snils}{path}")


def test_anna_herself(people, cabinet):
    found = _get(cabinet).json()
    assert found["snils"] == ANNA.snils
    assert (found["lastName"], found["firstName"], found["patronymic"]) == ("Орлова", "Анна", "Сергеевна")
    assert (found["gender"], found["birthDate"], found["inn"]) == ("female", "1996-04-12", ANNA.inn)
    assert found["isMedicalWorker"] is True
    assert found["documents"] == [
        {
            "documentId": 1,
            "serial": "9900",
            "number": "000603",
            "passDate": "2016-05-17",
            "passOrg": ANNA.passport_issuer,
            "codeOrg": "690-001",
        }
    ]


def test_her_number_may_be_written_any_usual_way(people, cabinet):
    assert _get(cabinet, snils="000-000-600 03").json()["snils"] == ANNA.snils


def test_her_diploma_post_and_accreditation(people, cabinet):
    (diploma,) = _get(cabinet, "/prof").json()
    assert (diploma["specialtyKey"], diploma["levelEducationId"]) == ("34.02.01", "secondary")
    (card,) = _get(cabinet, "/card").json()
    assert (card["positionKey"], card["endDate"], card["positionTypeId"]) == ("nurse-ward", None, 1)
    assert card["organizationOid"] == sandbox.organisation("hospital").oid
    assert card["postName"].startswith("Медицинская сестра палатная")
    (held,) = _get(cabinet, "/accreditation").json()
    assert held["endDate"] == dates.add_months(timezone.localdate(), 2).isoformat()
    assert (held["accreditationKindId"], held["passed"], held["excluded"]) == ("periodic", True, False)


def test_her_trainings_come_newest_first_with_their_hours(people, cabinet):
    trainings = _get(cabinet, "/ext").json()
    assert sum(training["hoursCount"] for training in trainings) == 150
    dpp = [training["hoursCount"] for training in trainings if training["profEducationKindId"] == "dpp"]
    assert sum(dpp) == 76
    days = [training["docDate"] for training in trainings]
    assert days == sorted(days, reverse=True)
    assert {training["specialtyKey"] for training in trainings} == {"34.02.01"}
    assert all(training["registered"] for training in trainings)


def test_boris_has_a_residency_and_nobody_has_old_certificates_yet(people, cabinet):
    (residency,) = _get(cabinet, "/postgraduate", BORIS.snils).json()
    assert (residency["specialtyKey"], residency["levelEducationId"]) == ("31.08.49", "residency")
    assert _get(cabinet, "/cert", BORIS.snils).json() == []


def test_the_full_record_is_all_the_groups_at_once(people, cabinet):
    full = _get(cabinet, "/full").json()
    assert full["person"] == _get(cabinet).json()
    for group in ("prof", "postgraduate", "ext", "cert", "card", "accreditation"):
        assert full[group] == _get(cabinet, f"/{group}").json()


@pytest.mark.parametrize(
    "path", ["", "/full", "/prof", "/postgraduate", "/ext", "/cert", "/card", "/accreditation"]
)
def test_the_registrar_is_not_a_health_worker(people, cabinet, path):
    answer = _get(cabinet, path, sandbox.person("galina").snils)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_in_frmr")


def test_a_wrong_number_is_refused_before_anything_is_looked_up(people, cabinet):
    answer = _get(cabinet, snils="11223344596")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "snils", "code": "snils_checksum"}]


def test_an_old_certificate_is_told(people, cabinet):
    Person.objects.get(snils=BORIS.snils).cert.create(
        cert_serial="01",
        cert_number="0001",
        pass_date=date(2015, 3, 1),
        end_date=date(2020, 3, 1),
        specialty_key="31.08.49",
    )
    (paper,) = _get(cabinet, "/cert", BORIS.snils).json()
    assert (paper["certNumber"], paper["endDate"], paper["endDateExtension"]) == ("0001", "2020-03-01", None)
