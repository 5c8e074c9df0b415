"""The front page and the description of the API."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client as Browser
from django.urls import reverse

from dopusk.registers.population.models import Population


def test_the_front_page_says_what_stands_here(dictionary):
    answer = Browser().get(reverse("home:index"))
    assert answer.status_code == 200
    assert [row[0] for row in answer.context["registers"]] == [
        "/api/snils/", "/api/passports/", "/api/frmr/", "/api/frmo/", "/api/dictionaries/",
        "/api/questions/", "/pki/",
    ]  # fmt: skip


def test_the_front_page_stands_before_anything_is_seeded(db):
    answer = Browser().get(reverse("home:index"))
    assert answer.status_code == 200
    assert answer.context["population"] is None


def test_the_front_page_tells_how_many_people_there_are(db):
    Population.objects.create(seed=1, day="2026-11-22", workers=12_345)
    assert "12\u00a0345" in Browser().get("/").content.decode()


def test_the_description_is_openapi_3_1_and_names_every_address(db):
    described = Browser().get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert {
        "/api/snils/check", "/api/passports/check", "/api/frmr/person/{snils}", "/api/frmr/person/{snils}/full",
        "/api/frmr/accreditation/{registry_number}", "/api/frmo/organizations", "/api/frmo/organizations/{oid}",
        "/api/dictionaries/{name}", "/api/faults/{name}", "/api/pki/certificates", "/api/questions",
        "/api/questions/{session}/answers",
    } <= set(described["paths"])  # fmt: skip
    answer = described["components"]["schemas"]["PersonView"]["properties"]
    assert {"lastName", "birthDate", "isMedicalWorker"} <= set(answer)


def test_the_page_of_the_description_runs_under_the_strict_policy(db):
    answer = Browser().get("/api/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in script or "application/json" in script for script in scripts)
    assert "<style" not in page
    assert not re.search(r"(?:src|href)=\"https?://(?!localhost)", page)
    assets = set(re.findall(r'"/static/((?:ninja|home)/[^"]+)"', page))
    wanted = {
        "ninja/swagger-ui.css",
        "ninja/swagger-ui-bundle.js",
        "ninja/swagger-ui-init.js",
        "home/docs.css",
    }
    assert assets == wanted
    assert all(finders.find(asset) for asset in assets)


@pytest.mark.parametrize("path", ["/", "/workers/", "/faults/", "/api/docs"])
def test_pages_say_that_this_is_a_sandbox_and_show_the_way(db, path):
    answer = Browser().get(path)
    assert answer.context["sandbox"] is True
    assert [item["url"] for item in answer.context["nav"] if item["current"]] == [path]


def test_outside_the_sandbox_people_and_switches_are_not_in_the_way(db, settings):
    settings.SANDBOX = False
    answer = Browser().get("/")
    assert [item["url"] for item in answer.context["nav"]] == ["/", "/api/docs"]


def test_an_address_where_nothing_stands_is_not_found(db):
    assert Browser().get("/horoscopes/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/workers/", "/faults/", "/api/docs"])
def test_pages_speak_english_too(dictionary, path):
    english = Browser()
    english.cookies["registers_language"] = "en"
    page = re.sub(
        r"<script type=\"application/json\".*?</script>",
        "",
        english.get(path).content.decode(),
        flags=re.DOTALL,
    )
    assert re.search(r'<html[^>]* lang="en"', page)
    for word in ("Выключатели", "Медицинские работники", "Учебные регистры"):
        assert word not in page


@pytest.mark.django_db
def test_a_program_at_an_address_the_api_does_not_have_is_told_so_as_a_program(client: Browser) -> None:
    answer = client.get("/api/nothing", headers={"Accept": "*/*"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
    assert answer.json()["traceId"] == answer["X-Trace-Id"]
