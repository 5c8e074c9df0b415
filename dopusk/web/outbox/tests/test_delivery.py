"""What is put into the outbox leaves once, however often things go wrong."""

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dopusk.web.journal.models import Entry
from dopusk.web.outbox import actions, rules, senders, tasks
from dopusk.web.outbox.models import Message


@pytest.fixture
def post(monkeypatch):
    """A receiver with a mood: `post.mood` is what it does with the next messages."""

    class Post:
        mood = None
        taken: list[str] = []

        def __call__(self, key, payload):
            if self.mood:
                raise self.mood
            self.taken.append(key)
            return lambda: Message.objects.filter(key="marker").update(
                last_reason="finished with the delivery"
            )

    post = Post()
    post.taken = []
    monkeypatch.setitem(senders._senders, "letter", post)
    return post


def put(key: str = "anna") -> Message:
    with transaction.atomic():
        return actions.put("letter", key, {"to": key})


@pytest.mark.django_db(transaction=True)
def test_a_message_is_delivered_and_not_again(post):
    message = put()
    assert actions.deliver(message.pk) == "delivered"
    assert actions.deliver(message.pk) == "busy_or_done"
    assert post.taken == ["anna"]


@pytest.mark.django_db(transaction=True)
def test_putting_the_same_twice_keeps_the_first(post):
    assert put().pk == put().pk
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_fact_rolled_back_sends_nothing(post):
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        actions.put("letter", "anna", {})
        raise ZeroDivisionError
    assert Message.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_receiver_that_is_away_is_tried_again_later(post):
    message = put()
    post.mood = senders.TryLater("the register does not answer")
    assert actions.deliver(message.pk) == "waiting"
    message.refresh_from_db()
    assert (message.attempts, message.first_failed_at is not None) == (1, True)
    assert actions.due() == []
    Message.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    post.mood = None
    assert actions.due() == [message.pk]
    assert actions.deliver(message.pk) == "delivered"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "mood", [senders.TryLater("away"), senders.Refused("not_in_frmr")], ids=["away", "refused"]
)
def test_an_operator_sends_again_what_waits_or_was_refused(post, mood):
    message = put()
    post.mood = mood
    actions.deliver(message.pk)
    post.mood = None
    assert actions.send_again("letter", "anna", actor="oleg", why="запись в ФРМР появилась")
    assert actions.due() == [message.pk]
    assert actions.deliver(message.pk) == "delivered"
    assert Entry.objects.get(act="outbox.sent_again").actor == "oleg"
    assert not actions.send_again("letter", "anna", actor="oleg", why="ещё раз")
    assert post.taken == ["anna"]


@pytest.mark.django_db(transaction=True)
def test_the_command_lists_what_was_refused_and_sends_it_again(post, capsys):
    message = put()
    post.mood = senders.Refused("not_in_frmr")
    actions.deliver(message.pk)
    call_command("outbox", "list")
    assert "letter anna refused not_in_frmr" in capsys.readouterr().out
    call_command("outbox", "again", "letter", "anna", "--why", "mended")
    message.refresh_from_db()
    assert message.state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_final_and_says_why(post):
    message = put()
    post.mood = senders.Refused("conflict")
    assert actions.deliver(message.pk) == "refused"
    message.refresh_from_db()
    assert message.last_reason == "conflict"
    assert actions.due() == []


@pytest.mark.django_db(transaction=True)
def test_what_follows_a_refusal_is_written_with_it(post):
    put("marker")
    message = put()
    told = Message.objects.filter(key="marker")
    post.mood = senders.Refused("late", finish=lambda: told.update(last_reason="told"))
    actions.deliver(message.pk)
    assert told.get().last_reason == "told"


@pytest.mark.django_db(transaction=True)
def test_a_message_is_tried_again_at_the_latest_when_its_sender_says(post):
    message = put()
    Message.objects.update(attempts=20)
    by = timezone.now() + timedelta(seconds=3)
    post.mood = senders.TryLater("away", by=by)
    actions.deliver(message.pk)
    message.refresh_from_db()
    assert message.next_at == by


@pytest.mark.django_db(transaction=True)
def test_a_broken_sender_leaves_the_message_waiting_its_turn(post):
    message = put()
    post.mood = RuntimeError("a defect of ours")
    with pytest.raises(RuntimeError):
        actions.deliver(message.pk)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_reason) == ("waiting", 1, "RuntimeError")
    assert actions.due() == []
    Message.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    assert actions.due() == [message.pk]


@pytest.mark.django_db(transaction=True)
def test_a_broken_message_keeps_nobody_else_s(post, monkeypatch):
    def broken(key, payload):
        raise RuntimeError("a defect of ours")

    monkeypatch.setitem(senders._senders, "postcard", broken)
    with transaction.atomic():
        first = actions.put("postcard", "anna", {})
    second = put()
    assert actions.due() == [first.pk, second.pk]
    tasks.sweep(0)
    assert post.taken == ["anna"]


@pytest.mark.django_db(transaction=True)
def test_what_follows_delivery_is_written_with_it(post):
    put("marker")
    message = put()
    actions.deliver(message.pk)
    assert Message.objects.get(key="marker").last_reason == "finished with the delivery"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_it_once(post, monkeypatch):
    message = put()
    gate = threading.Barrier(2, timeout=5)

    def together(_):
        try:
            gate.wait()
            return actions.deliver(message.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        states = sorted(pool.map(together, range(2)))
    assert states == ["busy_or_done", "delivered"]
    assert post.taken == ["anna"]


@given(st.integers(1, 1000), st.floats(0, 1))
def test_the_wait_grows_and_stays_within_bounds(attempts, jitter):
    wait = rules.wait(attempts, jitter)
    assert rules.FIRST <= wait <= rules.LONGEST * 1.25
    assert rules.wait(attempts + 1, 0) >= rules.wait(attempts, 0)
