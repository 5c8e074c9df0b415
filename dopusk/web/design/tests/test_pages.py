"""Pages stand in every language and mood: also without a database, and never outside the sandbox."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from dopusk.web import errors

pytestmark = pytest.mark.urls("dopusk.web.design.tests.urls")


@pytest.fixture
def sandbox(settings):
    settings.SANDBOX = True
    return settings


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/design/", "/design/review/", "/nothing/"])
def test_a_page_says_its_language_its_place_and_that_it_is_a_sandbox(client, sandbox, path):
    html = client.get(path).content.decode()
    assert '<html lang="ru"' in html
    assert "Учебный стенд. Не является государственным сайтом" in html
    assert f"dk-site--{sandbox.SITE}" in html
    assert html.count("<h1") == html.count("<main") == 1


@pytest.mark.django_db
def test_the_language_is_changed_by_a_form_and_stays(client, sandbox):
    assert client.post("/i18n/setlang/", {"language": "en", "next": "/nothing/"}).status_code == 302
    html = client.get("/nothing/").content.decode()
    assert '<html lang="en"' in html
    assert "Page not found" in html
    assert not re.search("[а-яё]", html.replace("Русский", ""), re.IGNORECASE)


@pytest.mark.django_db
def test_ids_on_a_page_are_unique(client, sandbox):
    ids = re.findall(r'\sid="([^"]+)"', client.get("/design/").content.decode())
    assert len(ids) == len(set(ids))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/design/", "/design/review/"])
def test_samples_do_not_exist_outside_the_sandbox(client, settings, path):
    settings.SANDBOX = False
    answer = client.get(path)
    assert answer.status_code == 404
    assert "dk-ribbon" not in answer.content.decode()


def test_our_own_fault_is_told_without_a_database():
    answer = errors.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert re.search("<code>[0-9a-f]{32}</code>", answer.content.decode())


def test_a_broken_page_shows_the_trace_it_is_logged_under(db):
    answer = Client(raise_request_exception=False).get("/broken/")
    assert answer.status_code == 500
    assert answer["X-Trace-Id"] in answer.content.decode()


@pytest.mark.parametrize("name", ["403", "404", "csrf"])
def test_error_pages_lead_somewhere_and_carry_the_trace(name):
    html = render_to_string(f"design/{name}.html", {"path": "/applications/"})
    assert re.search("<code>[0-9a-f]{32}</code>", html)
    assert '<a class="govuk-button' in html


@pytest.mark.parametrize(
    ("path", "accept", "program"),
    [
        ("/api/nothing", "text/html", True),
        ("/nothing/", "application/json", True),
        ("/nothing/", "application/problem+json", True),
        ("/nothing/", "text/html, application/json", False),
        ("/nothing/", "*/*", False),
    ],
)
@pytest.mark.parametrize(
    ("answer", "status", "code"), [(errors.not_found, 404, "not_found"), (errors.forbidden, 403, "forbidden")]
)
def test_a_program_is_refused_in_json_and_a_person_by_a_page(db, answer, status, code, path, accept, program):
    refused = answer(RequestFactory().get(path, headers={"Accept": accept}), Exception())
    assert refused.status_code == status
    if program:
        assert refused["Content-Type"] == "application/problem+json"
        told = json.loads(refused.content)
        assert told.keys() == {"type", "title", "status", "code", "traceId"}
        assert (told["status"], told["code"]) == (status, code)
    else:
        assert "<h1" in refused.content.decode()


def test_an_address_the_api_does_not_have_is_told_to_programs(client, db):
    answer = client.get("/api/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
