"""The holder's page, the file, the status page's part, the word to the register."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from dopusk.cabinet.certificates import actions, tasks
from dopusk.cabinet.certificates.models import Certificate
from dopusk.cabinet.certificates.parts import certificate as part
from dopusk.cabinet.certificates.rules import term
from dopusk.cabinet.review.tests.people import PDF, application, browser, member, person
from dopusk.kernel import norms
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message
from dopusk.web.outbox.senders import Refused, TryLater
from dopusk.web.outgoing import RegisterDown, RegisterRefused

pytestmark = pytest.mark.django_db


def certificate(key="anna"):
    """Issued, without its paper."""
    made = application(key, "PROTOCOL_PUBLISHED", outcome="passed")
    today = timezone.localdate()
    return Certificate.objects.create(
        number="7726000000001",
        code="4F7K9QXM2T8B",
        application=made,
        holder=made.applicant,
        holder_mask="О***** Анна С.",
        specialty_key=made.specialty_key,
        specialty_name=made.specialty_name,
        valid_from=today,
        valid_until=today + timedelta(days=1825),
        protocol_number="2026-0001",
        protocol_on=today,
    )


@pytest.fixture
def register(monkeypatch):
    """ФРМР that answers as the test says: `register.answer` is raised if it is an error."""

    class Register:
        answer = None
        told = 0

        def put(self, path, body):
            if self.answer:
                raise self.answer
            self.told += 1

    made = Register()
    monkeypatch.setattr(tasks, "register", lambda: made)
    return made


DOWN = RegisterDown("frmr", timezone.now(), "off")


def test_anna_sees_her_certificate_and_takes_the_file():
    one = actions.keep_paper(certificate().pk, PDF)
    anna = browser(person("anna"))
    body = anna.get(f"/certificates/{one.number}/").content.decode()
    assert "4F7K-9QXM-2T8B" in body
    assert f"/verify/{one.number}?code={one.code}" in body
    answer = anna.get(f"/certificates/{one.number}/file/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")


def test_a_spaced_number_finds_it_too():
    certificate()
    assert browser(person("anna")).get("/certificates/7726 000000001/").status_code == 200


@pytest.mark.parametrize("who", ["maria", "galina", "boris"])
def test_anothers_certificate_does_not_exist(who):
    one = actions.keep_paper(certificate().pk, PDF)
    stranger = browser(person("maria") if who == "maria" else member(who))
    assert stranger.get(f"/certificates/{one.number}/").status_code == 404
    assert stranger.get(f"/certificates/{one.number}/file/").status_code == 404
    assert stranger.get("/certificates/nonsense/").status_code == 404


def test_strangers_are_asked_to_sign_in(client):
    one = certificate()
    assert client.get(f"/certificates/{one.number}/").status_code == 302
    assert client.get(f"/certificates/{one.number}/file/").status_code == 302


def test_before_the_seal_the_page_stands_without_a_file():
    one = certificate()
    anna = browser(person("anna"))
    assert anna.get(f"/certificates/{one.number}/").status_code == 200
    assert anna.get(f"/certificates/{one.number}/file/").status_code == 404


def test_the_first_paper_stays_and_the_register_is_told_once():
    one = certificate()
    kept = actions.keep_paper(one.pk, PDF).pdf_id
    assert actions.keep_paper(one.pk, b"another").pdf_id == kept
    assert Message.objects.count() == 1


def recording():
    return actions.recording(Certificate.objects.get())


def test_the_page_says_how_the_word_to_the_register_fares(register):
    one = actions.keep_paper(certificate().pk, PDF)
    message = Message.objects.get()
    assert recording().code == "sending"
    register.answer = DOWN
    outbox.deliver(message.pk)
    down = recording()
    assert down.code == "down"
    assert down.since <= timezone.now() < down.next_at
    register.answer = None
    outbox.deliver(message.pk)
    assert recording().code == "recorded"
    assert Certificate.objects.get(pk=one.pk).application.state == "RECORDED"
    assert register.told == 1


def test_a_refusal_of_the_register_is_shown_with_its_code(register):
    actions.keep_paper(certificate().pk, PDF)
    register.answer = RegisterRefused("frmr", 409, "conflict")
    outbox.deliver(Message.objects.get().pk)
    told = recording()
    assert (told.code, told.reason) == ("refused", "conflict")
    assert Certificate.objects.get().recorded_at is None


def test_the_sender_tells_silence_from_refusal(register):
    one = certificate()
    register.answer = DOWN
    with pytest.raises(TryLater):
        tasks.deliver(one.number, {})
    register.answer = RegisterRefused("frmr", 422, "")
    with pytest.raises(Refused) as refused:
        tasks.deliver(one.number, {})
    assert refused.value.code == "http_422"


@pytest.mark.parametrize(("status", "code"), [(401, "unauthorised"), (403, "scope_missing")])
def test_a_key_the_register_does_not_know_today_loses_nothing(register, status, code):
    made = certificate()
    actions.keep_paper(made.pk, PDF)
    register.answer = RegisterRefused("frmr", status, code)
    message = Message.objects.get()
    assert outbox.deliver(message.pk) == "waiting"
    register.answer = None
    assert outbox.deliver(message.pk) == "delivered"


def test_the_status_page_shows_it_as_soon_as_there_is_one():
    assert part(application("maria")) is None
    one = certificate()
    template, given = part(one.application)
    assert given["number"] == "7726 000000001"
    body = browser(person("anna")).get(f"/applications/{one.application_id}/").content.decode()
    assert f"/certificates/{one.number}/" in body
    assert template


@pytest.mark.parametrize(
    ("protocol", "last"),
    [(date(2026, 11, 24), date(2031, 11, 24)), (date(2028, 2, 29), date(2033, 2, 28))],
)
def test_the_term_is_five_years_from_the_protocol(protocol, last):
    found = term(protocol, norms.at(protocol))
    assert (found.first, found.last) == (protocol, last)
