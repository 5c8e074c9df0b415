"""Preflight before submission and findings after it, over the running registers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dopusk.cabinet.applications.actions import start
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.checks import actions, parts
from dopusk.cabinet.checks.models import Finding
from dopusk.cabinet.registries.http import registers as ask

pytestmark = pytest.mark.django_db


def draft(person, key):
    return start(person, ask().dictionaries().specialties[key])


def submitted(person, key):
    application = draft(person, key)
    Application.objects.filter(pk=application.pk).update(state="REGISTERED", submitted_at=timezone.now())
    return Application.objects.select_related("applicant").get(pk=application.pk)


def test_preflight_shows_viktor_what_fails_and_why(registers, viktor, at_browser):
    application = draft(viktor, "31.08.49")
    page = at_browser(viktor).get(f"/applications/{application.pk}/preflight/").content.decode()
    assert "Не хватает 18 ч: засчитано 126 из 144." in page
    assert "Основы эстетической косметологии" in page
    assert "не засчитан: другая специальность" in page
    assert "709н" in page
    assert not Finding.objects.exists()


def test_preflight_of_anna_has_nothing_against_her(registers, anna, at_browser):
    application = draft(anna, "34.02.01")
    page = at_browser(anna).get(f"/applications/{application.pk}/preflight/").content.decode()
    assert "Все условия выполнены" in page
    assert "dk-finding--failed" not in page


def test_preflight_with_a_silent_register_says_so(registers, anna, at_browser):
    application = draft(anna, "34.02.01")
    registers("frmr", "off")
    answer = at_browser(anna).get(f"/applications/{application.pk}/preflight/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Регистр медработников не отвечает с" in page
    assert "dk-finding--failed" not in page


def test_a_register_that_answers_nonsense_is_silent_too(registers, anna, at_browser):
    application = draft(anna, "34.02.01")
    registers("frmr", "break")
    page = at_browser(anna).get(f"/applications/{application.pk}/preflight/").content.decode()
    assert "Регистр медработников не отвечает с" in page


def test_preflight_before_a_specialty_is_chosen_leads_to_choosing(registers, anna, at_browser):
    application = start(anna)
    answer = at_browser(anna).get(f"/applications/{application.pk}/preflight/")
    assert answer.url == f"/applications/{application.pk}/steps/specialty/"


def test_preflight_of_somebody_else_does_not_exist(registers, anna, maria, at_browser):
    application = draft(anna, "34.02.01")
    assert at_browser(maria).get(f"/applications/{application.pk}/preflight/").status_code == 404


def test_preflight_of_a_submitted_application_leads_to_its_status(registers, anna, at_browser):
    application = submitted(anna, "34.02.01")
    assert at_browser(anna).get(f"/applications/{application.pk}/preflight/").status_code == 302


def test_preflight_takes_few_queries(registers, anna, at_browser):
    application, client = draft(anna, "34.02.01"), at_browser(anna)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(f"/applications/{application.pk}/preflight/")
    assert len(queries) <= 8


def test_findings_are_kept_once_a_rule_however_often_it_runs(registers, anna):
    application = submitted(anna, "34.02.01")
    first, second = actions.run(application), actions.run(application)
    assert len(first) == len(second) == Finding.objects.count()
    assert set(Finding.objects.values_list("outcome", flat=True)) == {"passed"}


def test_it_is_judged_by_the_day_of_submission(registers, anna):
    application = submitted(anna, "34.02.01")
    application.submitted_at = timezone.now() - timedelta(days=365 * 2)
    found = {one.rule: one for one in actions.run(application)}
    assert found["window_open"].evidence["code"] == "window_not_open"


def test_a_silent_register_is_named_with_since_and_next_try(registers, anna):
    application = submitted(anna, "34.02.01")
    registers("frmr", "off")
    silent = [one for one in actions.run(application) if one.outcome == "unknown"]
    assert {one.register for one in silent} == {"frmr"}
    assert all(one.since <= timezone.now() < one.next_at for one in silent)
    given = parts.findings(application)
    assert given is not None
    assert [row["name"] for row in given[1]["silent"]] == ["Регистр медработников"]


def test_since_is_remembered_from_the_first_silence(registers, anna):
    application = submitted(anna, "34.02.01")
    registers("frmr", "off")
    actions.run(application)
    earlier = timezone.now() - timedelta(hours=3)
    Finding.objects.filter(outcome="unknown").update(since=earlier)
    again = [one for one in actions.run(application) if one.outcome == "unknown"]
    assert {one.since for one in again} == {earlier}


def test_when_the_register_returns_the_answers_are_known(registers, anna):
    application = submitted(anna, "34.02.01")
    registers("frmr", "off")
    actions.run(application)
    registers("frmr", "on")
    assert {one.outcome for one in actions.run(application)} == {"passed"}


def test_the_status_page_shows_the_silent_register(registers, anna, at_browser):
    application = submitted(anna, "34.02.01")
    registers("frmr", "off")
    actions.run(application)
    page = at_browser(anna).get(f"/applications/{application.pk}/").content.decode()
    assert "не отвечает с" in page
    assert "Делать ничего не нужно" in page


def test_after_the_decision_nobody_is_said_to_look_yet(registers, viktor):
    application = submitted(viktor, "31.08.49")
    actions.run(application)
    for state, awaited in (("CENTER_REVIEW", True), ("AT_COMMISSION", False), ("PROTOCOL_PUBLISHED", False)):
        application.state = state
        given = parts.findings(application)
        assert given is not None
        assert given[1]["awaited"] is awaited


def test_while_a_register_is_silent_the_way_does_not_promise_a_minute(registers, anna, at_browser):
    application = submitted(anna, "34.02.01")
    Event.objects.create(application=application, at=timezone.now(), state="REGISTERED", actor="system")
    client, address = at_browser(anna), f"/applications/{application.pk}/"
    actions.run(application)
    (calm,) = [one["text"] for one in client.get(address).context["steps"] if one["state"] == "now"]
    registers("frmr", "off")
    actions.run(application)
    (silent,) = [one["text"] for one in client.get(address).context["steps"] if one["state"] == "now"]
    assert calm != silent
    assert silent.startswith("Регистр медработников")
