"""Галина signs her decision electronically where the centre's norms ask for it."""

import json

import pytest

from dopusk.cabinet.applications.actions import NotAllowed
from dopusk.cabinet.applications.tests import signing
from dopusk.cabinet.review import actions
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.rules import Fault
from dopusk.cabinet.review.tests.people import browser, member, review
from dopusk.web.journal.models import Entry
from dopusk.web.signing.models import Signature

pytestmark = pytest.mark.django_db
FAULTS = {
    "file_unreadable": "on",
    "file_unreadable_place": "diploma",
    "file_unreadable_words": "Первая страница смазана",
    "comment": "Отсканируйте при дневном свете",
}


@pytest.fixture
def galina():
    return browser(member("galina"))


@pytest.fixture
def case(galina):
    """A case she has taken."""
    made = review()
    actions.take(made.pk, member("galina"))
    return made


def place(case, act):
    return f"/review/{case.application_id}/{act}/"


def fresh(case):
    return Review.objects.select_related("signature", "application").get(pk=case.pk)


def test_a_press_is_enough_by_the_norms_as_they_are(case, galina):
    assert galina.post(place(case, "accept")).status_code == 302
    assert (fresh(case).decision, fresh(case).signature) == ("accept", None)


def test_where_a_signature_is_required_the_press_asks_for_it_and_decides_nothing(case, galina, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    assert page.status_code == 200
    assert signing.challenge(page)
    assert fresh(case).decision == ""


def test_required_holds_for_whoever_calls_the_action(case, norms_say):
    norms_say(sign_intake_decision="required")
    with pytest.raises(NotAllowed) as refused:
        actions.accept(case.pk, member("galina"))
    assert refused.value.refusal.code == "signature_required"
    with pytest.raises(NotAllowed) as refused:
        actions.refuse(case.pk, member("galina"), [Fault("file_unreadable", "diploma")], "")
    assert refused.value.refusal.code == "signature_required"
    assert fresh(case).decision == ""


def test_the_signed_acceptance_keeps_its_signature(case, galina, office, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    answer = signing.sign(galina, place(case, "accept"), signing.card(office, "galina"), page)
    assert answer.status_code == 302
    decided = fresh(case)
    assert decided.decision == "accept"
    said = decided.signature.content.decode()
    assert decided.application.number in said
    assert "документы приняты" in said
    assert json.loads(Entry.objects.get(act="review.accepted").detail)["signature"] == str(
        decided.signature.pk
    )
    assert galina.get(place(case, "decision/signature"))["Content-Type"] == "application/zip"


def test_what_was_typed_into_a_refusal_comes_through_the_signature(case, galina, office, norms_say):
    norms_say(sign_intake_decision="offered")
    page = galina.post(place(case, "refuse"), {**FAULTS, "by": "signature"})
    assert fresh(case).decision == ""
    carried = dict(page.context["carried"])
    assert carried["comment"] == FAULTS["comment"]
    answer = signing.sign(galina, place(case, "refuse"), signing.card(office, "galina"), page, **carried)
    assert answer.status_code == 302
    decided = fresh(case)
    assert (decided.decision, decided.comment) == ("refuse", FAULTS["comment"])
    assert [mark["words"] for mark in decided.reasons] == ["Первая страница смазана"]
    assert "Первая страница смазана" in decided.signature.content.decode()


def test_other_faults_than_were_signed_are_not_taken(case, galina, office, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "refuse"), FAULTS)
    changed = {**dict(page.context["carried"]), "comment": "Другое"}
    answer = signing.sign(galina, place(case, "refuse"), signing.card(office, "galina"), page, **changed)
    assert answer.context["signing"].code == "content_changed"
    assert dict(answer.context["carried"])["comment"] == "Другое"
    assert fresh(case).decision == ""


def test_a_signature_under_the_acceptance_does_not_send_the_case_back(case, galina, office, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    answer = signing.sign(galina, place(case, "refuse"), signing.card(office, "galina"), page, **FAULTS)
    assert answer.context["signing"].code == "content_changed"
    assert fresh(case).decision == ""


@pytest.mark.parametrize("fault", ["another", "silent"])
def test_neither_anothers_certificate_nor_one_nobody_vouches_for_decides(
    case, galina, office, norms_say, fault
):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    if fault == "silent":
        office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    who = signing.card(office, "boris" if fault == "another" else "galina")
    answer = signing.sign(galina, place(case, "accept"), who, page)
    code = {"another": "someone_elses", "silent": "revocation_unknown"}[fault]
    assert (answer.status_code, answer.context["signing"].code) == (422, code)
    assert fresh(case).decision == ""
    assert not Signature.objects.exists()


def test_taken_away_meanwhile_the_case_is_not_decided(case, galina, office, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    actions.release(case.pk, member("galina"))
    actions.take(case.pk, member("stepan"))
    answer = signing.sign(galina, place(case, "accept"), signing.card(office, "galina"), page)
    assert answer.url == f"/review/{case.application_id}/"
    assert fresh(case).decision == ""


def test_signing_twice_decides_once(case, galina, office, norms_say):
    norms_say(sign_intake_decision="required")
    page = galina.post(place(case, "accept"))
    number = signing.challenge(page)
    signature = signing.card(office, "galina").sign(signing.text(galina, number))
    for _press in range(2):
        assert signing.bring(galina, place(case, "accept"), number, signature).status_code == 302
    assert Entry.objects.filter(act="review.accepted").count() == 1
