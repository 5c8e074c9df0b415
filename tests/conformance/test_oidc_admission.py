"""A service that demands a level of assurance: who is stopped, where she is led, and what a program is told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.accounts.rules import Level
from dopusk.portal.oidc.models import Grant
from dopusk.portal.tests.browser import (
    CALLBACK,
    Browser,
    authorization,
    cabinet_is_registered,
    check_of,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
    statements,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]


def becomes(account, **changes):
    Account.objects.filter(pk=account.pk).update(**changes)


def without_contacts(account):
    Identifier.objects.filter(account=account, kind__in=["phone", "email"]).update(verified_at=None)


def lowered(account):
    becomes(account, level="standard")


def just_recovered(account):
    becomes(account, cooling_until=timezone.now() + timedelta(hours=1))


OBSTACLES = [(lowered, "level"), (just_recovered, "cooling"), (without_contacts, "contact")]


@pytest.mark.parametrize(("obstacle", "missing"), OBSTACLES)
def test_who_agreed_long_ago_is_stopped_before_consent_and_can_come_back(obstacle, missing):
    browser = Browser()
    code_for(browser, "anna")
    obstacle(known("anna"))
    answer = browser.get(authorization())
    assert path_of(answer) == "/proofing/missing/"
    assert parameters(answer)["next"] == authorization()


@pytest.mark.parametrize(("obstacle", "missing"), OBSTACLES)
def test_without_a_person_the_service_is_told_that_she_is_needed(obstacle, missing):
    browser = Browser()
    code_for(browser, "anna")
    obstacle(known("anna"))
    told = parameters(browser.get(authorization(prompt="none")))
    assert (told["error"], check_of(told)) == ("interaction_required", f"missing_{missing}")


def test_a_cooling_off_that_is_over_stops_nobody():
    browser = Browser()
    code_for(browser, "anna")
    becomes(known("anna"), cooling_until=timezone.now() - timedelta(seconds=1))
    assert path_of(browser.get(authorization())) == CALLBACK


def test_a_stranger_signs_in_first_and_learns_of_levels_afterwards():
    assert path_of(Browser().get(authorization())) == "/signin/"
    known("ksenia")
    browser = Browser()
    answer = browser.sign_in("ksenia@example.org", next_path=authorization())
    assert path_of(browser.get(answer.headers["location"])) == "/proofing/missing/"


@pytest.mark.parametrize(
    ("level", "entered"), [(Level.SIMPLIFIED, True), (Level.STANDARD, True), (Level.CONFIRMED, False)]
)
def test_a_service_is_entered_at_the_level_it_demands_or_above(level, entered):
    cabinet_is_registered(required_level=level)
    known("ksenia")
    browser = Browser()
    answer = browser.sign_in("ksenia@example.org", next_path=authorization())
    answer = browser.get(answer.headers["location"])
    assert (path_of(answer) == "/consents/give/") is entered


def test_a_code_given_before_the_confirmation_was_taken_away_gives_nothing():
    code = code_for(Browser(), "anna")
    lowered(known("anna"))
    answer = exchange(code)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert Grant.objects.get().code_used_at is None


def test_a_code_whose_grant_was_revoked_gives_nothing():
    code = code_for(Browser(), "anna")
    Grant.objects.update(revoked_at=timezone.now())
    assert exchange(code).status_code == 400


def test_looking_at_the_level_costs_no_further_statement():
    browser = Browser()
    code_for(browser, "anna")
    with statements() as sent:
        assert path_of(browser.get(authorization())) == CALLBACK
    assert len(sent) == 1
