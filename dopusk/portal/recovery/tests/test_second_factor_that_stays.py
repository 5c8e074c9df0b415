"""A second factor spares the wait only when it is something else than what recovery was shown."""

import time

import pytest

from dopusk.portal.factors import actions as factors
from dopusk.portal.factors import rules as factor_rules
from dopusk.portal.factors.models import Policy, Totp
from dopusk.portal.factors.rules import Kind
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.test_recovery import DATA
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db
THIEFS = "+79001112233"


@pytest.fixture
def anna():
    """Confirmed, with an app; a code by SMS may stand in for it, as it may for everybody who has not forbidden it."""
    account = known("anna")
    secret = factors.begin_totp(account.pk)
    assert factors.finish_totp(account.pk, factor_rules.code_at(secret, factor_rules.step_at(time.time())))
    return account


def cools(anna, done):
    anna.refresh_from_db()
    assert ("data-cooling" in done.text) is (anna.cooling_until is not None)
    return anna.cooling_until is not None


def test_whoever_holds_telephone_and_mail_could_answer_the_second_step_by_sms(anna):
    assert cools(anna, steps.recover(Browser(), "anna@example.org"))


def test_a_telephone_put_in_by_recovery_could_answer_it_too(anna):
    browser = Browser()
    steps.by_email(browser, "anna@example.org")
    steps.enter(browser, "/recovery/data/", **DATA)
    page = steps.enter(browser, "/recovery/phone/", phone=THIEFS)
    browser.submit(page, "/recovery/phone/", code=steps.digits("recovery.phone"))
    assert cools(anna, steps.set_password(browser))


def test_mail_and_documents_do_not_answer_it(anna):
    browser = Browser()
    steps.by_email(browser, "anna@example.org")
    steps.enter(browser, "/recovery/data/", **DATA)
    assert not cools(anna, steps.set_password(browser))


def test_who_has_forbidden_sms_is_asked_for_the_app(anna):
    factors.remove(anna.pk, Kind.SMS)
    assert not cools(anna, steps.recover(Browser(), "anna@example.org"))


def test_a_second_step_that_nothing_answers_is_none(anna):
    Totp.objects.all().delete()
    Policy.objects.update_or_create(account=anna, defaults={"sms": False})
    assert cools(anna, steps.recover(Browser(), "anna@example.org"))
