"""What the portal and ФРМР say stands side by side; nothing here can be edited."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dopusk.cabinet.signin.tests import people
from dopusk.cabinet.specialists import rules

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("told", "held", "agrees"),
    [
        ("Орлова", "ОРЛОВА", True),
        ("Артём", "Артем", True),
        ("Орлова", "Смирнова", False),
        ("Орлова", "", None),
    ],
)
def test_names_are_compared_as_people_read_them(told, held, agrees):
    row = rules.compare({"last_name": told}, {"last_name": held})[0]
    assert row.agrees is agrees


def test_anna_sees_herself_twice_and_nothing_differs(registers, anna, at_browser):
    answer = at_browser(anna).get("/profile/")
    assert {one["row"].agrees for one in answer.context["rows"]} == {True}
    page = answer.content.decode()
    assert "000-000-600 03" in page
    assert "Безопасность пациентов и персонала" in page


def test_another_surname_at_the_portal_is_marked(registers, anna, at_browser):
    anna.last_name = "Смирнова"
    anna.save()
    answer = at_browser(anna).get("/profile/")
    assert [one["row"].field for one in answer.context["rows"] if one["row"].agrees is False] == ["last_name"]


def test_a_silent_register_says_since_when_and_the_portal_still_speaks(registers, anna, at_browser):
    registers("frmr", "off")
    answer = at_browser(anna).get("/profile/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["down"].since is not None
    assert "Ответа нет с" in page
    assert "Орлова" in page


def test_who_is_not_in_frmr_learns_whom_to_ask(registers, at_browser):
    answer = at_browser(people.person("galina")).get("/profile/")
    assert answer.context["missing"]
    assert answer.status_code == 200


def test_strangers_are_led_to_sign_in(client):
    assert client.get("/profile/").url == "/signin/?next=%2Fprofile%2F"


def test_it_takes_few_queries(registers, anna, at_browser):
    client = at_browser(anna)
    with CaptureQueriesContext(connection) as queries:
        client.get("/profile/")
    assert len(queries) <= 6
