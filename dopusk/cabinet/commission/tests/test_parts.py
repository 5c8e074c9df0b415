"""What the applicant's status page says of the commission."""

import pytest
from django.utils import timezone

from dopusk.cabinet.commission import actions
from dopusk.cabinet.commission.models import Case
from dopusk.cabinet.commission.parts import judged
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.commission.seats import by_level
from dopusk.cabinet.review.tests.people import application, browser, commission, member, person

pytestmark = pytest.mark.django_db


def page(case):
    return browser(person("anna")).get(f"/applications/{case.application_id}/").content.decode()


def closed(choice):
    commission()
    today = timezone.localdate()
    actions.enter(application().pk, today)
    sitting = actions.convene(by_level("secondary"), member("boris"), today)
    case = Case.objects.get()
    for who in ("boris", "vera", "grigory"):
        reasons = ["career_break"] if choice == Choice.AGAINST else []
        actions.vote(case.pk, member(who), choice, reasons, "", today)
    actions.close(sitting.pk, member("boris"), today)
    return Case.objects.get()


def test_before_the_commission_there_is_nothing_to_say():
    assert judged(application()) is None


def test_a_waiting_case_shows_the_day_of_its_sitting():
    commission()
    case = actions.enter(application().pk, timezone.localdate())
    _template, given = judged(case.application)
    assert given["sitting"] == case.sitting
    assert page(case)


def test_not_passed_shows_the_reasons_once():
    case = closed(Choice.AGAINST)
    _template, given = judged(case.application)
    assert [str(reason) for reason in given["reasons"]] == ["Перерыв в работе больше пяти лет"]
    assert "Перерыв в работе" in page(case)


def test_passed_is_told_by_the_certificate_unless_papers_wait():
    case = closed(Choice.FOR)
    assert judged(case.application) is None
    Case.objects.update(delayed_since=timezone.now(), next_at=timezone.now(), delayed_by="pki")
    assert judged(case.application)
    assert page(case)
