"""Борис signs the decisions of a sitting electronically where the centre's norms ask for it."""

import hashlib
import json
import uuid

import pytest
from django.utils import timezone

from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.tests import signing
from dopusk.cabinet.commission import actions, closing, minutes, protocol, rules
from dopusk.cabinet.commission.models import Case, Sitting, Vote
from dopusk.cabinet.commission.rules import Choice
from dopusk.cabinet.commission.seats import by_level
from dopusk.cabinet.review.tests.people import application, browser, commission, member
from dopusk.kernel import signable
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def boris():
    return browser(member("boris"))


@pytest.fixture
def sitting():
    """A sitting of today where all have voted for Анна."""
    commission()
    actions.enter(application("anna", "CENTER_REVIEW").pk, timezone.localdate())
    called = actions.convene(by_level("secondary"), member("boris"), timezone.localdate())
    case = Case.objects.get()
    for who in ("boris", "vera", "grigory"):
        actions.vote(case.pk, member(who), Choice.FOR, [], "", timezone.localdate())
    return called


def place(sitting):
    return f"/commission/{sitting.pk}/close/"


def fresh(sitting):
    return Sitting.objects.select_related("signature").get(pk=sitting.pk)


def test_a_press_is_enough_by_the_norms_as_they_are(sitting, boris):
    assert boris.post(place(sitting)).status_code == 302
    assert (fresh(sitting).state, fresh(sitting).signature) == ("closed", None)


def test_where_a_signature_is_required_a_press_closes_nothing(sitting, boris, norms_say):
    norms_say(sign_commission_closing="required")
    page = boris.post(place(sitting))
    assert signing.challenge(page)
    assert fresh(sitting).state == "open"
    with pytest.raises(NotAllowed) as refused:
        actions.close(sitting.pk, member("boris"), timezone.localdate())
    assert refused.value.refusal.code == "signature_required"


def test_the_chair_closes_it_by_her_signature_and_the_protocol_says_so(sitting, boris, office, norms_say):
    norms_say(sign_commission_closing="required")
    who = signing.card(office, "boris")
    answer = signing.sign(boris, place(sitting), who, boris.post(place(sitting)))
    assert answer.status_code == 302
    closed = fresh(sitting)
    assert closed.state == "closed"
    said = closed.signature.content.decode()
    assert Case.objects.get().application.number in said
    assert "пройдена, за 3, против 0" in said
    assert json.loads(Entry.objects.get(act="sitting.closed").detail)["signature"] == str(closed.signature.pk)
    told = minutes.of(closed)
    assert who.certificate.serial in told.signed
    assert protocol.render(told).startswith(b"%PDF")
    given = boris.get(f"/commission/{sitting.pk}/close/signature/")
    assert given["Content-Type"] == "application/zip"


def test_nobody_but_the_chair_is_asked_to_sign(sitting, norms_say):
    norms_say(sign_commission_closing="required")
    assert browser(member("vera")).post(place(sitting)).url == f"/commission/{sitting.pk}/"


def test_a_case_that_came_meanwhile_is_not_closed_by_what_was_signed_before(
    sitting, boris, office, norms_say
):
    norms_say(sign_commission_closing="offered")
    page = boris.post(place(sitting), {"by": "signature"})
    number = signing.challenge(page)
    signature = signing.card(office, "boris").sign(signing.text(boris, number))
    second = actions.enter(application("maria", "CENTER_REVIEW").pk, timezone.localdate())
    Case.objects.filter(pk=second.pk).update(sitting=sitting)
    for who in ("boris", "vera", "grigory"):
        actions.vote(second.pk, member(who), Choice.FOR, [], "", timezone.localdate())
    answer = signing.bring(boris, place(sitting), number, signature)
    assert answer.context["signing"].code == "content_changed"
    assert fresh(sitting).state == "open"


def test_pressed_twice_it_is_closed_once(sitting, boris, office, norms_say):
    norms_say(sign_commission_closing="required")
    number = signing.challenge(boris.post(place(sitting)))
    signature = signing.card(office, "boris").sign(signing.text(boris, number))
    for _press in range(2):
        assert signing.bring(boris, place(sitting), number, signature).status_code == 302
    assert Entry.objects.filter(act="sitting.closed").count() == 1


def test_long_dissents_of_many_cases_fit_into_one_signed_text(sitting):
    (case,) = Case.objects.filter(sitting=sitting).on_agenda()
    words = "Отчёт не подтверждает ни одной из указанных манипуляций. " * 34
    Vote.objects.filter(case=case, seat__place="member").update(
        choice="against", reason_codes=["hours_short"], words=words
    )
    (case,) = Case.objects.filter(sitting=sitting).on_agenda()
    by = rules.terms(3, actions.norms_at(sitting.on))
    one, many = (closing.act(sitting, member("boris"), [case] * count, by) for count in (1, 200))
    assert any(words.strip() in line for line in one.lines)
    assert sum(len(line.encode()) + 2 for line in many.lines) <= signable.LARGEST
    (said,) = {line for line in many.lines if line.startswith("Против")}
    whole = next(line for line in one.lines if line.startswith("Против"))
    assert hashlib.sha256(whole.encode()).hexdigest() in said


def test_a_sitting_of_thousands_fits_into_one_signed_text(sitting):
    (case,) = Case.objects.filter(sitting=sitting).on_agenda()
    by = rules.terms(3, actions.norms_at(sitting.on))
    few = closing.act(sitting, member("boris"), [case] * 399, by)
    many = closing.act(sitting, member("boris"), [case] * 3000, by)
    assert "Орлова Анна Сергеевна" in few.lines[4]
    assert case.application.number in many.lines[-2]
    for act in (few, many):
        now = timezone.localtime().replace(microsecond=0)
        text = signable.Signable(act.title, "http://localhost", now, now, uuid.uuid4(), act.lines)
        assert len(text.write()) <= signable.LARGEST


def test_back_from_signing_in_the_chair_is_on_the_agenda(sitting, boris):
    assert boris.get(place(sitting)).url == f"/commission/{sitting.pk}/"
    assert fresh(sitting).state == "open"
