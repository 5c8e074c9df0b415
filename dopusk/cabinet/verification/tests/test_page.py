"""The page for people: the form, one answer in words, and nothing about the holder without the code."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from dopusk.cabinet.certificates.numbers import show_code, show_number
from dopusk.cabinet.verification.tests.people import certificate

pytestmark = pytest.mark.django_db


def test_the_form_leads_to_the_address_of_the_answer(client: Client) -> None:
    paper = certificate()
    typed = {"number": show_number(paper.number), "code": show_code(paper.code).lower()}
    response = client.get("/verify/", typed)
    assert response.status_code == 302
    assert response["Location"] == f"/verify/{paper.number}?code={paper.code}"


@pytest.mark.parametrize(
    ("typed", "field", "code"),
    [
        ({"number": "", "code": "4F7K9QXM2T8B"}, "number", "required"),
        ({"number": "7726000000001", "code": " "}, "code", "required"),
        ({"number": "77", "code": "4F7K9QXM2T8B"}, "number", "number_form"),
        ({"number": "7726000000001", "code": "nonsense"}, "code", "code_form"),
    ],
)
def test_what_cannot_be_a_number_or_a_code_is_said_beside_its_field_and_kept(
    client: Client, typed: dict[str, str], field: str, code: str
) -> None:
    response = client.get("/verify/", typed)
    form = response.context["form"]
    assert response.status_code == 200
    assert [error.code for error in form.errors.as_data()[field]] == [code]
    assert f'value="{typed["code"]}"' in response.content.decode() or not typed["code"].strip()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "in_force"),
        ({"state": "suspended"}, "suspended"),
        ({"state": "revoked"}, "revoked"),
        ({"valid_until": timezone.localdate() - timedelta(days=1)}, "expired"),
    ],
)
def test_the_page_gives_one_answer_with_a_masked_name(
    client: Client, changes: dict[str, object], status: str
) -> None:
    paper = certificate(**changes)
    response = client.get(f"/verify/{paper.number}?code={paper.code}")
    text = response.content.decode()
    assert response.status_code == 200
    assert response.context["status"] == status
    assert text.count("dk-answer__word") == 1
    assert "О***** Анна С." in text
    assert "Орлова" not in text
    assert paper.specialty_name in text
    assert response["X-Robots-Tag"] == "noindex"


def test_an_unknown_number_and_a_wrong_code_give_the_same_page(client: Client) -> None:
    paper = certificate(code="4F7K9QXM2T8B")
    moments = [
        client.get(address)
        for address in (
            f"/verify/{paper.number}?code=4F7K9QXM2T8C",
            "/verify/7799999999999?code=4F7K9QXM2T8B",
            "/verify/nonsense?code=4F7K9QXM2T8B",
            f"/verify/{paper.number}?code=",
        )
    ]
    assert {response.status_code for response in moments} == {200}
    for response in moments:
        assert "answer" not in response.context
        assert "Анна" not in response.content.decode()
    assert len({response.content.decode().count("<p") for response in moments}) == 1


def test_without_a_code_the_page_asks_for_it_and_says_nothing(client: Client) -> None:
    paper = certificate()
    known = client.get(f"/verify/{paper.number}")
    assert known.context["form"].initial == {"number": paper.number}
    assert "Анна" not in known.content.decode()
    assert paper.specialty_name not in known.content.decode()


def test_machines_are_answered_here_too(client: Client) -> None:
    paper = certificate()
    by_header = client.get(
        f"/verify/{paper.number}?code={paper.code}", headers={"Accept": "application/json"}
    )
    by_query = client.get(f"/verify/{paper.number}?code={paper.code}&format=json")
    assert by_header.json()["status"] == by_query.json()["status"] == "in_force"
    assert client.get(f"/verify/{paper.number}?format=json").json()["status"] == "not_found"


def test_only_reading_is_possible(client: Client) -> None:
    assert client.post("/verify/", {"number": "1", "code": "2"}).status_code in {403, 405}
    assert client.post("/verify/7726000000001").status_code in {403, 405}


def test_the_page_asks_the_database_once(client: Client, django_assert_num_queries: object) -> None:
    paper = certificate()
    with django_assert_num_queries(1, connection=connection):  # type: ignore[operator]
        client.get(f"/verify/{paper.number}?code={paper.code}")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_database_that_is_away_is_said_plainly(
    client: Client, monkeypatch: pytest.MonkeyPatch, accept: str
) -> None:
    connection.close()
    with monkeypatch.context() as away:
        away.setitem(connection.settings_dict, "HOST", "/nowhere")
        response = client.get(
            "/verify/7726000000001?code=4F7K9QXM2T8B", headers={"Accept": accept, "X-Trace-Id": "a" * 32}
        )
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "database_down" in response.content.decode()
    assert "a" * 32 in response.content.decode()


def test_what_is_not_found_stays_in_the_fields(client: Client) -> None:
    page = client.get("/verify/7799999999999?code=4F7K9QXM2T8B")
    assert page.context["form"].initial == {"number": "7799999999999", "code": "4F7K9QXM2T8B"}
    assert 'value="7799999999999"' in page.content.decode()
    assert 'value="4F7K9QXM2T8B"' in page.content.decode()


def test_a_number_typed_with_its_sign_is_understood(client: Client) -> None:
    typed = {"number": "№ 7726-000000001", "code": "4f7k 9qxm 2t8b"}
    assert client.get("/verify/", typed)["Location"] == "/verify/7726000000001?code=4F7K9QXM2T8B"
