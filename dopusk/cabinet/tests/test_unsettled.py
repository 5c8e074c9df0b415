"""Анна sent her application while nobody could say if her certificate was revoked: it waits, then goes on or back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dopusk.cabinet import flow, tasks
from dopusk.cabinet.applications import actions, signatures
from dopusk.cabinet.applications.models import Application, Signed
from dopusk.cabinet.applications.tests import drafts, signing
from dopusk.cabinet.notices.models import Notice
from dopusk.web.journal.models import Entry
from dopusk.web.signing import actions as signing_actions
from dopusk.web.signing.tests.conftest import afresh

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(anna, at_browser):
    """A draft that may be sent, and her browser."""
    return drafts.whole(anna), at_browser(anna)


def silent(office):
    """Its answers and its lists are not to be had."""
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}


def answering(office):
    """It speaks again, and the pause is over."""
    office.faults.clear()
    Signed.objects.update(next_at=timezone.now())
    afresh()


@pytest.fixture
def hers(office):
    """Her certificate."""
    return signing.card(office)


@pytest.fixture
def waiting(office, ready, hers):
    """Her application was sent while the authority was silent."""
    application, client = ready
    silent(office)
    assert signing.sign(client, f"/applications/{application.pk}/submit/", hers).status_code == 302
    return Application.objects.get(pk=application.pk)


def test_while_the_authority_is_silent_the_application_waits_and_the_page_says_for_whom(
    waiting, anna, at_browser
):
    assert flow.advance(waiting.pk) == "SUBMITTED"
    signed = Signed.objects.get(application=waiting)
    assert signed.signature.standing == "unknown"
    assert (signed.silent, signed.since is not None) == ("Учебный УЦ", True)
    assert signed.next_at > timezone.now()
    page = at_browser(anna).get(f"/applications/{waiting.pk}/").content.decode()
    assert "Учебный УЦ" in page


def test_once_the_authority_answers_the_application_goes_on(waiting, office):
    answering(office)
    assert signatures.settle(Application.objects.get(pk=waiting.pk)) == "stands"
    signed = Signed.objects.get(application=waiting)
    assert (signed.signature.standing, signed.since, signed.next_at) == ("valid", None, None)


def test_a_certificate_that_had_been_revoked_returns_the_application_with_a_mark(waiting, office, anna, hers):
    office.revoke(hers, ago=timedelta(hours=1))
    answering(office)
    assert flow.advance(waiting.pk) == "INTAKE_REFUSED"
    application = Application.objects.get(pk=waiting.pk)
    (mark,) = application.marks
    assert (mark["code"], mark["field"]) == ("revoked_before", "signature")
    fresh = actions.copy(application.pk, anna)
    assert fresh.state == "DRAFT"
    assert fresh.marks == application.marks


def test_she_may_take_it_back_while_it_waits(waiting, anna, office):
    assert actions.withdraw(waiting.pk, anna).state == "WITHDRAWN"
    answering(office)
    assert flow.advance(waiting.pk) == "WITHDRAWN"


def test_the_sweep_leaves_it_alone_until_its_pause_is_over(waiting, office):
    assert waiting.pk not in tasks.due()
    answering(office)
    assert waiting.pk in tasks.due()


def test_its_return_is_told_once_however_often_the_journey_is_asked(waiting, office, hers):
    office.revoke(hers, ago=timedelta(hours=1))
    answering(office)
    for _again in range(2):
        assert flow.advance(waiting.pk) == "INTAKE_REFUSED"
    assert Entry.objects.filter(act="application.signature_fell").count() == 1
    assert Notice.objects.filter(application=waiting, kind="intake_refused").count() == 1


def test_a_silent_authority_is_asked_no_oftener_than_its_pauses_say(waiting, office):
    asked = len(office.asked)
    for _again in range(3):
        assert flow.advance(waiting.pk) == "SUBMITTED"
    assert len(office.asked) == asked


def test_killed_between_its_verdict_and_its_note_it_is_not_said_to_wait_for_ever(waiting, office):
    answering(office)
    signing_actions.recheck(Signed.objects.get(application=waiting).signature_id)  # and then the power went
    Signed.objects.update(next_at=timezone.now() + timedelta(hours=1))
    assert waiting.pk in tasks.due()
    assert flow.advance(waiting.pk) != "SUBMITTED"
    signed = Signed.objects.get(application=waiting)
    assert (signed.silent, signed.since, signed.next_at) == ("", None, None)
