"""Letters as operators see them: for whom and what for, never what they say."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.operators.tests.people import phone
from dopusk.portal.tests.browser import known, statements
from dopusk.web.delivery.actions import send
from dopusk.web.delivery.models import Letter
from dopusk.web.journal.models import Entry
from dopusk.web.outbox.models import Message

pytestmark = pytest.mark.django_db
SECRET = "042917"


def letter(
    key: str = "anna", *, state: str = "waiting", attempts: int = 0, reason: str = "", **more
) -> Letter:
    with transaction.atomic():
        made = send(
            channel="sms", to=phone(key), purpose="signin.second", text=f"Код {SECRET}",
            about=str(known(key).pk), **more,
        )  # fmt: skip
    kept = "waiting" if state == "waiting" else "refused"
    Letter.objects.filter(pk=made.pk).update(state=state)
    Message.objects.filter(pk=made.message_id).update(
        state=kept, attempts=attempts, last_reason=reason, next_at=timezone.now() + timedelta(hours=1)
    )
    return Letter.objects.get(pk=made.pk)


def test_a_letter_is_shown_without_its_text_and_whole_address(oleg):
    made = letter(attempts=3, reason="http_503")
    for address in (reverse("support:deliveries"), reverse("support:letter", args=[made.pk])):
        text = oleg.get(address).text
        assert SECRET not in text
        assert phone("anna") not in text
        assert phone("anna")[-2:] in text
        assert "http_503" in text
        assert str(made.pk) in oleg.get(reverse("support:deliveries")).text


def test_letters_of_one_state_to_one_address_and_anna_sees_that_it_was_asked(oleg):
    hers, refused = letter(), letter(state="refused", reason="number_unknown")
    other = letter("boris")
    shown = oleg.get(reverse("support:deliveries"), params={"state": "refused"}).text
    assert str(refused.pk) in shown
    assert str(hers.pk) not in shown
    assert not Entry.objects.filter(act="support.letters_seen").exists()
    number = phone("anna")
    typed = f"8 ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}"
    shown = oleg.get(reverse("support:deliveries"), params={"to": typed}).text
    assert str(hers.pk) in shown
    assert str(other.pk) not in shown
    entry = Entry.objects.get(act="support.letters_seen")
    assert (entry.subject, entry.actor) == (str(known("anna").pk), str(known("oleg").pk))


def test_half_an_address_finds_nothing(oleg):
    letter()
    answer = oleg.get(reverse("support:deliveries"), params={"to": "+7 900"})
    assert answer.status_code == 422
    assert 'data-code="phone_format"' in answer.text


def again(browser, made: Letter, why: str = "шлюз починен"):
    address = reverse("support:letter", args=[made.pk])
    page = browser.get(reverse("support:people"))
    token = page.text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"')[0]
    return browser.post(address, data={"csrfmiddlewaretoken": token, "why": why})


def test_a_waiting_letter_is_sent_at_once_with_a_reason(oleg):
    made = letter(attempts=3, reason="http_503")
    assert again(oleg, made, why="").status_code == 422
    assert again(oleg, made).status_code == 302
    assert Letter.objects.get(pk=made.pk).next_at <= timezone.now()
    entry = Entry.objects.get(act="delivery.sent_again")
    assert (entry.subject, entry.actor) == (str(known("anna").pk), str(known("oleg").pk))


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"state": "refused"}, "letter_over"),
        ({"good_until": timezone.now() - timedelta(minutes=1)}, "letter_late"),
    ],
)
def test_what_cannot_be_sent_again_says_why(oleg, how, code):
    answer = again(oleg, letter(**how))
    assert answer.status_code == 409
    assert f'data-code="{code}"' in answer.text
    assert not Entry.objects.filter(act="delivery.sent_again").exists()


def test_the_list_costs_no_more_when_it_is_long_and_has_pages(oleg):
    letter()
    oleg.get(reverse("support:deliveries"))
    with statements() as few:
        oleg.get(reverse("support:deliveries"))
    for _ in range(30):
        letter()
    with statements() as many:
        first = oleg.get(reverse("support:deliveries")).text
    assert len(many) == len(few) <= 12
    assert "page=2" in first


def test_the_desk_says_how_many_letters_are_stuck_in_one_question_a_card(oleg):
    desk = reverse("operators:desk")
    with statements() as before:
        assert 'data-waiting="0"' in oleg.get(desk).text
    letter(attempts=1), letter(attempts=2), letter()
    with statements() as after:
        assert 'data-waiting="2"' in oleg.get(desk).text
    assert len(after) == len(before)
