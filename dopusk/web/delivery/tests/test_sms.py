"""An SMS gateway over real HTTP: slow, off, refusing, dying; what is taken is taken once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dopusk.web.delivery import actions, channels, configuration
from dopusk.web.delivery.models import InboxLetter, Letter
from dopusk.web.delivery.tests.posts import Gateway, free_port
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message

ANNA = "+79001234567"
CODE = "Код для входа на портал: 482913"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(settings):
    channels.BREAKERS.clear()
    with Gateway() as gateway:
        settings.DELIVERY_SMS = configuration.Gateway(
            gateway.url, sender="Dopusk", token="the token", connect=0.5, read=0.3
        )
        yield gateway


def send(**changes) -> Letter:
    asked = {"channel": "sms", "to": ANNA, "purpose": "signin.code", "text": CODE}
    with transaction.atomic():
        return actions.send(**(asked | changes))


def deliver(letter) -> Letter:
    Message.objects.filter(pk=letter.message_id, state="waiting").update(next_at=timezone.now())
    outbox.deliver(letter.message_id)
    return Letter.objects.select_related("message").get(pk=letter.pk)


def test_the_gateway_gets_what_it_needs_and_nothing_stays_here(gateway):
    letter = deliver(send())
    headers, body = gateway.seen[0]
    assert body == {"id": str(letter.pk), "to": ANNA, "text": CODE, "sender": "Dopusk"}
    assert headers["Authorization"] == "Bearer the token"
    assert headers["Idempotency-Key"] == str(letter.pk)
    assert headers["X-Trace-Id"] == letter.message.trace_id
    assert (letter.state, bytes(letter.sealed)) == ("delivered", b"")
    assert not InboxLetter.objects.exists()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (503, "http_503"),
        (500, "http_500"),
        (429, "http_429"),
        (408, "http_408"),
        (401, "http_401"),
        (302, "http_302"),
        ("slow", "http_ReadTimeout"),
        ("die", "http_RemoteProtocolError"),
        ("garbage", "http_RemoteProtocolError"),
        ("taken, then die", "http_RemoteProtocolError"),
    ],
)
def test_after_a_fault_it_is_sent_again_and_reaches_anna_once(gateway, fault, reason):
    gateway.script = [fault, 200]
    letter = deliver(send())
    assert (letter.state, letter.last_reason, letter.attempts) == ("waiting", reason, 1)
    letter = deliver(letter)
    assert (letter.state, letter.attempts) == ("delivered", 2)
    assert gateway.delivered == {str(letter.pk): CODE}
    assert len({headers["Idempotency-Key"] for headers, _body in gateway.seen}) == 1


def test_a_gateway_that_is_not_there_is_tried_again(gateway, settings):
    settings.DELIVERY_SMS = configuration.Gateway(
        f"http://127.0.0.1:{free_port()}/", sender="Dopusk", token="the token"
    )
    letter = deliver(send())
    assert (letter.state, letter.last_reason) == ("waiting", "http_ConnectError")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((400, '{"code": "number_unknown"}'), "number_unknown"),
        ((404, "<h1>no such page</h1>"), "http_404"),
        ((422, '{"code": "Номер +79001234567 заблокирован"}'), "http_422"),
        ((400, "[]"), "http_400"),
        ((400, '{"code": "' + "a" * channels.LARGEST_ANSWER + '"}'), "http_400"),
    ],
)
def test_a_refusal_is_final_and_kept_as_a_code(gateway, answer, code):
    gateway.script = [answer]
    letter = deliver(send())
    assert (letter.state, letter.last_reason, bytes(letter.sealed)) == ("refused", code, b"")
    assert deliver(letter).attempts == 1
    assert len(gateway.seen) == 1


def test_a_code_whose_time_is_over_while_the_gateway_is_off_is_never_sent(gateway):
    gateway.script = [503, 200]
    letter = deliver(send(good_until=timezone.now() + timedelta(minutes=10)))
    assert letter.state == "waiting"
    Letter.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    letter = deliver(letter)
    assert (letter.state, bytes(letter.sealed)) == ("expired", b"")
    assert gateway.delivered == {}


def test_a_gateway_that_fails_on_and_on_is_left_alone_for_a_while(gateway):
    gateway.script = [503]
    for _ in range(7):
        letter = deliver(send())
    assert (letter.state, letter.last_reason) == ("waiting", "resting")
    assert len(gateway.seen) == 5


def test_a_refusal_does_not_count_as_a_fault_of_the_gateway(gateway):
    gateway.script = [(400, "{}")]
    for _ in range(7):
        deliver(send())
    assert len(gateway.seen) == 7
