"""Is this СНИЛС hers."""

import pytest

from dopusk.kernel import sandbox
from dopusk.registers.snils.models import Account

ANNA = sandbox.person("anna")
TOLD = {
    "snils": ANNA.snils,
    "lastName": "Орлова",
    "firstName": "Анна",
    "patronymic": "Сергеевна",
    "birthDate": "1996-04-12",
}
ALL = {"lastName": True, "firstName": True, "patronymic": True, "birthDate": True}


def _check(portal, **changed):
    return portal.post("/api/snils/check", TOLD | changed)


def test_annas_number_is_hers(people, portal):
    assert _check(portal).json() == {"found": True, "matches": ALL}


def test_spelling_does_not_matter(people, portal):
    assert _check(portal, snils="000-000-600 03", lastName="ОРЛОВА").json() == {"found": True, "matches": ALL}


@pytest.mark.parametrize(
    ("field", "value"),
    [("lastName", "Орлов"), ("firstName", "Инна"), ("patronymic", ""), ("birthDate", "1996-04-13")],
)
def test_what_does_not_agree_is_named(people, portal, field, value):
    assert _check(portal, **{field: value}).json() == {"found": True, "matches": ALL | {field: False}}


def test_a_number_nobody_has_is_not_found(people, portal):
    assert _check(portal, snils="112-233-445 95").json() == {"found": False, "matches": None}


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"snils": "123"}, "snils", "snils_length"),
        ({"birthDate": "12.04.1996"}, "birthDate", "date_from_datetime_parsing"),
        ({"inn": "500100732259"}, "inn", "extra_forbidden"),
    ],
)
def test_a_wrong_question_is_refused(people, portal, changed, field, code):
    answer = _check(portal, **changed)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": field, "code": code}]


def test_every_known_person_has_an_account(people):
    everybody = {person.snils for person in (*sandbox.PEOPLE, *sandbox.NEWCOMERS)}
    assert {account.snils for account in Account.objects.all()} == everybody


def test_zhannas_account_still_has_her_former_surname(people, portal):
    zhanna = sandbox.newcomer("zhanna")
    told = {
        "snils": zhanna.snils, "lastName": zhanna.last_name, "firstName": zhanna.first_name,
        "patronymic": zhanna.patronymic, "birthDate": zhanna.birth_date.isoformat(),
    }  # fmt: skip
    assert _check(portal, **told).json() == {"found": True, "matches": ALL | {"lastName": False}}
