"""A letter leaves once, in its transaction, and leaves no code behind."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dopusk.kernel.invalid import Invalid
from dopusk.web.delivery import actions, channels, tasks
from dopusk.web.delivery.models import InboxLetter, Letter
from dopusk.web.journal.models import Entry
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message
from dopusk.web.outbox.senders import Refused, TryLater

ANNA, BORIS = "+79001234567", "boris@example.org"
CODE = "Код для регистрации: 482913. Никому его не говорите."

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(monkeypatch):
    """A way out with a mood: `gateway.mood` is what happens to the next letters."""

    class Gateway:
        mood: Exception | None = None
        taken: list[str] = []

        def __call__(self, parcel):
            if self.mood:
                raise self.mood
            self.taken.append(parcel.text)

    gateway = Gateway()
    gateway.taken = []
    monkeypatch.setattr(channels, "of", lambda channel: gateway)
    return gateway


def send(**changes):
    asked = {
        "channel": "sms",
        "to": ANNA,
        "purpose": "registration.phone_code",
        "text": CODE,
        "about": "anna",
    }
    with transaction.atomic():
        return actions.send(**(asked | changes))


def deliver(letter):
    """Let the outbox try now, whenever its turn would have been; the letter as it stands afterwards."""
    Message.objects.filter(pk=letter.message_id, state="waiting").update(next_at=timezone.now())
    outbox.deliver(letter.message_id)
    return Letter.objects.select_related("message").get(pk=letter.pk)


def test_a_letter_is_delivered_once_and_its_content_wiped(gateway):
    letter = send()
    assert letter.parcel().text == CODE
    after = deliver(letter)
    assert (after.state, bytes(after.sealed), after.delivered_at is not None) == ("delivered", b"", True)
    assert deliver(letter).attempts == 1
    assert gateway.taken == [CODE]


def test_no_row_holds_the_address_or_the_code_in_the_open(gateway):
    letter = send(good_until=timezone.now() + timedelta(minutes=10))
    with connection.cursor() as cursor:
        for table in ("delivery_letter", "outbox_message", "procrastinate_jobs"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")  # noqa: S608 - names of ours
            row = cursor.fetchone()[0]
            assert ("482913" in row, "9001234567" in row) == (False, False)
    assert letter.to_mask == "+7 *** ***-**-67"


def test_in_a_rolled_back_transaction_nothing_was_sent():
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        actions.send(channel="sms", to=ANNA, purpose="registration.phone_code", text=CODE)
        raise ZeroDivisionError
    assert (Letter.objects.count(), Message.objects.count()) == (0, 0)


def test_outside_a_transaction_nothing_can_be_sent():
    with pytest.raises(transaction.TransactionManagementError):
        actions.send(channel="sms", to=ANNA, purpose="registration.phone_code", text=CODE)


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("sms", "8 900 123-45-67"),
        ("sms", BORIS),
        ("mail", ANNA),
        ("mail", "boris@example.org\r\nBcc: all@example.org"),
        ("mail", "Boris@EXAMPLE.org"),
        ("pigeon", ANNA),
    ],
)
def test_an_address_in_another_spelling_is_the_caller_s_mistake(channel, to):
    with pytest.raises(ValueError, match="normal spelling"):
        send(channel=channel, to=to)


def test_the_same_key_twice_is_one_letter(gateway):
    first, second = send(key="registration:17"), send(key="registration:17", text="другой текст")
    assert first.pk == second.pk
    deliver(first)
    assert send(key="registration:17").pk == first.pk
    assert gateway.taken == [CODE]


def test_two_transactions_with_one_key_make_one_letter(gateway):
    gate = threading.Barrier(2, timeout=5)

    def together(_):
        try:
            gate.wait()
            return send(key="registration:17").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(together, range(2)))
    assert (len(set(made)), Letter.objects.count()) == (1, 1)


def test_two_workers_at_once_send_it_once(gateway):
    letter = send()
    gate = threading.Barrier(2, timeout=5)

    def together(_):
        try:
            gate.wait()
            return outbox.deliver(letter.message_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(together, range(2))) == ["busy_or_done", "delivered"]
    assert gateway.taken == [CODE]


def test_a_late_code_is_dropped_and_wiped(gateway):
    letter = send(good_until=timezone.now() - timedelta(seconds=1))
    after = deliver(letter)
    assert (after.state, bytes(after.sealed), after.delivered_at) == ("expired", b"", None)
    assert (after.message.state, after.last_reason, after.next_at) == ("refused", "expired", None)
    assert gateway.taken == []


def test_a_code_that_waits_is_looked_at_again_when_its_time_is_over(gateway):
    """However long the pause would be by then: nothing of it is held longer than it is good for."""
    until = timezone.now() + timedelta(seconds=2)
    gateway.mood = TryLater("http_503")
    letter = send(good_until=until)
    Message.objects.update(attempts=20)
    assert deliver(letter).message.next_at == until


def test_a_gateway_that_is_away_is_tried_again_until_it_takes_it(gateway):
    letter = send()
    gateway.mood = TryLater("http_503")
    after = deliver(letter)
    assert (after.state, after.attempts, after.last_reason) == ("waiting", 1, "http_503")
    assert after.parcel().text == CODE
    gateway.mood = None
    after = deliver(letter)
    assert (after.state, after.attempts) == ("delivered", 2)
    assert gateway.taken == [CODE]


def test_a_refused_letter_is_wiped_and_keeps_its_reason(gateway):
    letter = send()
    gateway.mood = Refused("number_unknown")
    after = deliver(letter)
    assert (after.state, bytes(after.sealed), after.last_reason) == ("refused", b"", "number_unknown")


def test_the_operator_sees_how_it_goes_and_never_what_it_says(gateway):
    gateway.mood = TryLater("http_503")
    anna, boris = send(), send(channel="mail", to=BORIS, subject="Подтвердите адрес")
    deliver(anna)
    found = Letter.objects.for_operator()
    assert [row.pk for row in found] == [boris.pk, anna.pk]
    assert [row.pk for row in Letter.objects.for_operator(to="8 (900) 123-45-67")] == [anna.pk]
    assert [row.pk for row in Letter.objects.for_operator(to="boris@EXAMPLE.org", state="waiting")] == [
        boris.pk
    ]
    row = Letter.objects.for_operator(to=ANNA).get()
    assert (row.attempts, row.last_reason, row.next_at is not None) == (1, "http_503", True)
    assert "sealed" in row.get_deferred_fields()
    assert not Letter.objects.for_operator(state="delivered").exists()
    with pytest.raises(Invalid):
        Letter.objects.for_operator(to="кому-нибудь")


def test_an_operator_sends_a_waiting_letter_again_and_says_why(gateway):
    letter = send()
    gateway.mood = TryLater("http_503")
    deliver(letter)
    assert outbox.due() == []
    actions.send_again(letter.pk, actor="oleg", why="шлюз снова работает")
    assert outbox.due() == [letter.message_id]
    entry = Entry.objects.get(act="delivery.sent_again")
    assert (entry.actor, entry.subject, CODE in entry.words, ANNA in entry.words) == (
        "oleg",
        "anna",
        False,
        False,
    )


@pytest.mark.parametrize(
    ("mood", "good_for", "code"),
    [
        (None, 600, "letter_over"),
        (Refused("number_unknown"), 600, "letter_over"),
        (TryLater("http_503"), -1, "letter_over"),
    ],
    ids=["delivered", "refused", "expired"],
)
def test_a_letter_that_is_over_cannot_be_sent_again(gateway, mood, good_for, code):
    letter = send(good_until=timezone.now() + timedelta(seconds=good_for))
    gateway.mood = mood
    deliver(letter)
    with pytest.raises(actions.NotSendable) as refused:
        actions.send_again(letter.pk, actor="oleg", why="просит заявитель")
    assert refused.value.code == code
    assert not Entry.objects.filter(act="delivery.sent_again").exists()


def test_a_code_that_is_late_and_a_letter_nobody_knows_cannot_be_sent_again(gateway):
    letter = send(good_until=timezone.now() - timedelta(seconds=1))
    for identifier, code in [
        (letter.pk, "letter_late"),
        ("00000000-0000-4000-8000-000000000000", "letter_unknown"),
    ]:
        with pytest.raises(actions.NotSendable) as refused:
            actions.send_again(identifier, actor="oleg", why="просит заявитель")
        assert refused.value.code == code


def test_a_letter_on_its_way_cannot_be_sent_a_second_time(gateway):
    letter = send()

    def meanwhile():
        try:
            with pytest.raises(actions.NotSendable) as refused:
                actions.send_again(letter.pk, actor="oleg", why="просит заявитель")
            return refused.value.code
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Message.objects.select_for_update().get(pk=letter.message_id)
        assert pool.submit(meanwhile).result() == "letter_busy"


def test_an_outbox_row_sent_again_by_hand_brings_no_wiped_letter_back(gateway):
    letter = send()
    gateway.mood = Refused("number_unknown")
    deliver(letter)
    gateway.mood = None
    outbox.send_again(actions.KIND, letter.message.key, actor="oleg", why="ещё раз")
    after = deliver(letter)
    assert (after.state, after.message.state, after.last_reason) == ("refused", "refused", "letter_over")
    assert gateway.taken == []


def test_old_letters_go_with_their_rows_of_the_outbox_and_the_inbox_forgets_sooner(monkeypatch):
    monkeypatch.setattr(actions, "BATCH", 2)
    old = [deliver(send(key=f"old-{number}")) for number in range(5)]
    week = deliver(send(key="week"))
    new = deliver(send(key="new"))
    Letter.objects.filter(pk__in=[one.pk for one in old]).update(
        created_at=timezone.now() - timedelta(days=31)
    )
    InboxLetter.objects.filter(pk=week.pk).update(at=timezone.now() - timedelta(days=8))
    InboxLetter.objects.filter(pk__in=[one.pk for one in old]).update(at=timezone.now() - timedelta(days=31))
    with transaction.atomic():
        outbox.put("postcard", "anna", {})
    tasks.purge(0)
    assert set(Letter.objects.values_list("pk", flat=True)) == {week.pk, new.pk}
    assert set(Message.objects.values_list("key", flat=True)) == {"week", "new", "anna"}
    assert set(InboxLetter.objects.values_list("pk", flat=True)) == {new.pk}
