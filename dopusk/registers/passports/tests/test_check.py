"""Is this passport in force and hers."""

import pytest

from dopusk.kernel import sandbox
from dopusk.registers.passports.models import Passport

ANNA = sandbox.person("anna")
TOLD = {
    "series": "9900",
    "number": "000603",
    "issueDate": ANNA.passport_issued.isoformat(),
    "issuerCode": "690-001",
    "lastName": "Орлова",
    "firstName": "Анна",
    "patronymic": "Сергеевна",
    "birthDate": "1996-04-12",
}


def _check(portal, **changed):
    return portal.post("/api/passports/check", TOLD | changed)


def test_annas_passport_is_valid(people, portal):
    assert _check(portal).json() == {"status": "valid", "mismatches": []}
    assert _check(portal, issuerCode="690001", lastName="орлова").json() == {
        "status": "valid",
        "mismatches": [],
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issueDate", "2016-05-18"),
        ("issuerCode", "690-002"),
        ("lastName", "Белова"),
        ("birthDate", "1996-04-21"),
    ],
)
def test_what_does_not_agree_is_named(people, portal, field, value):
    assert _check(portal, **{field: value}).json() == {"status": "valid", "mismatches": [field]}


def test_a_withdrawn_passport_is_invalid(people, portal):
    Passport.objects.filter(number="000603").update(valid=False)
    assert _check(portal).json() == {"status": "invalid", "mismatches": []}


def test_egors_passport_is_withdrawn_and_darias_is_not(people, portal):
    for key, status in (("egor", "invalid"), ("daria", "valid")):
        person = sandbox.newcomer(key)
        told = {
            "series": person.passport.series, "number": person.passport.number,
            "issueDate": person.passport_issued.isoformat(), "issuerCode": person.passport_issuer_code,
            "lastName": person.last_name, "firstName": person.first_name, "patronymic": person.patronymic,
            "birthDate": person.birth_date.isoformat(),
        }  # fmt: skip
        assert portal.post("/api/passports/check", told).json() == {"status": status, "mismatches": []}


def test_an_unknown_passport_is_not_found_and_tells_nothing(people, portal):
    assert _check(portal, number="999999").json() == {"status": "not_found", "mismatches": []}


@pytest.mark.parametrize(
    ("field", "value"), [("series", "99OO"), ("number", "60"), ("issuerCode", "69"), ("series", "٩٩٠٠")]
)
def test_a_wrong_question_is_refused(people, portal, field, value):
    answer = _check(portal, **{field: value})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
