"""OpenID Connect Back-Channel Logout 1.0: services hear that Анна's session is over, once and whatever happens."""

import contextlib
import socket
import threading
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import KeySet

from dopusk.kernel import sandbox
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.actions import register
from dopusk.portal.clients.models import Client
from dopusk.portal.consents.models import Consent
from dopusk.portal.oidc import backchannel, keys
from dopusk.portal.profile import closing
from dopusk.portal.proofing import standing
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.security import actions as security
from dopusk.portal.sessions import access
from dopusk.portal.sessions.actions import end_all
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.tests.browser import (
    CALLBACK,
    CLIENT,
    PORTAL,
    Browser,
    authorization,
    cabinet_is_registered,
    code_for,
    exchange,
    known,
    path_of,
    statements,
    userinfo,
)
from dopusk.web.journal.models import Entry
from dopusk.web.outbox import actions as outbox
from dopusk.web.outbox.models import Message
from dopusk.web.outbox.senders import TryLater

pytestmark = pytest.mark.django_db
HEARS = "http://localhost:8001/signin/backchannel/"


class Service:
    """What listens at the cabinet's address. answer: its status, or an error instead of one."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.headers: list[dict[str, Any]] = []
        self.answer: int | Exception = 200

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert str(request.url) == HEARS
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        token = parse_qs(request.content.decode())["logout_token"][0]
        published = KeySet.import_key_set(Browser().get("/oidc/jwks").json())
        opened = jwt.decode(token, published, ["ES256", "RS256"])
        self.heard.append(dict(opened.claims))
        self.headers.append(dict(opened.header))
        if isinstance(self.answer, Exception):
            raise self.answer
        return httpx.Response(self.answer)


@pytest.fixture
def service(monkeypatch):
    listening = Service()
    monkeypatch.setattr(backchannel, "_client", httpx.Client(transport=httpx.MockTransport(listening)))
    monkeypatch.setattr(backchannel, "_breakers", type(backchannel._breakers)(backchannel.Breaker))
    cabinet_is_registered(backchannel_logout_uri=HEARS)
    return listening


def entered(browser: Browser | None = None, who: str = "anna") -> tuple[Browser, dict[str, Any]]:
    browser = browser or Browser()
    return browser, exchange(code_for(browser, who)).json()


def sid_of(browser: Browser) -> str:
    person = access.by_cookie(browser.cookies[access.COOKIE])
    assert person
    return str(person.sid)


def waiting() -> list[Message]:
    return list(Message.objects.filter(kind=backchannel.KIND, state="waiting").order_by("pk"))


def deliver() -> list[str]:
    return [outbox.deliver(message.pk) for message in waiting()]


def test_signing_out_is_told_with_person_and_session(service):
    browser, _ = entered()
    sid = sid_of(browser)
    browser.submit(browser.get("/"), "/signout/")
    assert deliver() == ["delivered"]
    [told], [header] = service.heard, service.headers
    assert header["typ"] == "logout+jwt"
    assert (told["iss"], told["aud"], told["sub"], told["sid"]) == (
        PORTAL,
        CLIENT,
        str(known("anna").pk),
        sid,
    )
    assert told["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert "nonce" not in told
    assert (told["exp"] - told["iat"], len(told["jti"]) >= 20) == (120, True)


def test_a_logout_token_is_no_id_token(service):
    """§2.4, RFC 8725 §3.11: its type keeps it from being taken for one, by ourselves too."""
    browser, tokens = entered()
    token = backchannel.logout_token(CLIENT, "ES256", str(known("anna").pk), sid_of(browser))
    assert keys.opened(tokens["id_token"])
    assert keys.opened(token) is None
    answer = browser.get("/oidc/logout", params={"id_token_hint": token})
    assert (answer.status_code, Session.objects.filter(ended_at=None).count()) == (400, 1)


def test_a_session_without_a_service_in_it_tells_nobody(service):
    browser = Browser()
    known("anna")
    browser.sign_in("anna@example.org")
    browser.submit(browser.get("/"), "/signout/")
    assert waiting() == []


def test_each_service_hears_only_of_sessions_it_was_entered_in(service):
    register(
        "pharmacy", name="Аптека", secret="p" * 40, redirect_uris=[CALLBACK], signed_out_uris=[],
        scopes=["openid"], backchannel_logout_uri="https://pharmacy.example/bye",
    )  # fmt: skip
    browser, _ = entered()
    browser.submit(browser.get("/"), "/signout/")
    assert [message.payload["client"] for message in waiting()] == [CLIENT]


def test_a_service_that_registered_no_address_is_not_told_and_the_page_says_so():
    cabinet_is_registered()
    browser, _ = entered()
    assert backchannel.silent(known("anna").pk, access.by_cookie(browser.cookies[access.COOKIE]).sid) == [
        "Кабинет аккредитации"
    ]
    assert 'data-code="silent"' in browser.get("/oidc/logout").text
    browser.submit(browser.get("/"), "/signout/")
    assert waiting() == []


def test_the_page_is_silent_about_a_service_that_hears(service):
    browser, _ = entered()
    assert 'data-code="silent"' not in browser.get("/oidc/logout").text


def _lock(_: Browser) -> None:
    signin.lock(known("anna").pk, "owner")


def _end_all(_: Browser) -> None:
    end_all(known("anna").pk, actor="system", words="Все входы завершены по сообщению «это не я»")


def _end_one(browser: Browser) -> None:
    other = Browser()
    other.sign_in("anna@example.org")
    person = access.by_cookie(other.cookies[access.COOKIE])
    assert person
    assert security.end_session(person, access.by_cookie(browser.cookies[access.COOKIE]).sid)


def _boris_signs_in_here(browser: Browser) -> None:
    known("boris")
    page = browser.get(browser.get(authorization(prompt="login")).headers["location"])
    browser.submit(page, "/signin/", identifier="boris@example.org", password=sandbox.PASSWORD)


def _service_asks(browser: Browser) -> None:
    page = browser.get("/oidc/logout")
    browser.submit(page, "/oidc/logout/confirm/")


@pytest.mark.parametrize(
    "ends", [_lock, _end_all, _end_one, _boris_signs_in_here, _service_asks], ids=lambda one: one.__name__
)
def test_however_it_ends_the_service_hears(service, ends):
    browser, _ = entered()
    sid = sid_of(browser)
    ends(browser)
    assert deliver() == ["delivered"]
    assert (service.heard[0]["sub"], service.heard[0]["sid"]) == (str(known("anna").pk), sid)


def test_who_signs_in_again_in_the_same_browser_is_let_finish_first(service):
    """A service that asks for a fresh sign-in would lose its own request if it heard of the old one's end at once."""
    browser, _ = entered()
    before = sid_of(browser)
    page = browser.get(browser.get(authorization(prompt="login")).headers["location"])
    answer = browser.submit(page, "/signin/", identifier="anna@example.org", password=sandbox.PASSWORD)
    assert path_of(browser.get(answer.headers["location"])) == CALLBACK
    [message] = waiting()
    assert (message.payload["sid"], message.next_at > timezone.now() + timedelta(seconds=100)) == (
        before,
        True,
    )
    assert outbox.due() == []


def test_an_account_closed_for_good_is_told_as_a_person_and_by_every_session(service):
    browser, tokens = entered()
    sid = sid_of(browser)
    closing.close(known("anna").pk, session=sid)
    deliver()
    assert {told.get("sid") for told in service.heard} == {None, sid}
    assert userinfo(tokens["access_token"]).status_code == 401


def test_a_withdrawn_consent_ends_tokens_and_is_told(service):
    browser, tokens = entered()
    consent = Consent.objects.get()
    browser.submit(browser.get("/consents/"), f"/consents/{consent.pk}/revoke/")
    assert userinfo(tokens["access_token"]).status_code == 401
    assert deliver() == ["delivered", "delivered"]
    assert {told.get("sid") for told in service.heard} == {None, sid_of(browser)}
    assert Session.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize("take", [standing.suspend, standing.withdraw])
def test_a_confirmation_taken_away_closes_services_that_demand_it(service, take):
    register(
        "library", name="Библиотека", secret="p" * 40, redirect_uris=[CALLBACK], signed_out_uris=[],
        scopes=["openid"], backchannel_logout_uri="https://library.example/bye",
    )  # fmt: skip
    _, tokens = entered()
    Consent.objects.create(
        account=known("anna"), client_id="library", scopes=["openid"],
        first_given_at=timezone.now(), given_at=timezone.now(),
    )  # fmt: skip
    take(known("anna").pk, next(iter(StandingCode)), known("boris").pk, "Так показала проверка.")
    assert userinfo(tokens["access_token"]).status_code == 401
    assert {message.payload["client"] for message in waiting()} == {CLIENT}
    assert set(deliver()) == {"delivered"}
    assert Session.objects.filter(ended_at=None).count() == 1


@pytest.mark.parametrize(
    "answer", [400, 404, 500, 302, httpx.ConnectError("refused"), httpx.ReadTimeout("late")]
)
def test_a_service_that_does_not_take_it_hears_again_with_a_fresh_token(service, answer):
    browser, _ = entered()
    browser.submit(browser.get("/"), "/signout/")
    service.answer = answer
    assert deliver() == ["waiting"]
    assert waiting()[0].next_at > timezone.now()
    service.answer = 204
    assert deliver() == ["delivered"]
    first, second = service.heard
    assert first["jti"] != second["jti"]


def test_after_a_day_it_is_given_up_and_the_journal_says_so(service):
    browser, _ = entered()
    browser.submit(browser.get("/"), "/signout/")
    [message] = waiting()
    message.payload["at"] = int(time.time() - timedelta(days=1, minutes=1).total_seconds())
    message.save()
    assert deliver() == ["refused"]
    assert service.heard == []
    assert Entry.objects.get(act="oidc.logout_untold").subject == str(known("anna").pk)


def test_what_was_told_is_forgotten_after_a_month_and_what_waits_never(service):
    for _ in range(2):
        browser, _tokens = entered()
        browser.submit(browser.get("/"), "/signout/")
    outbox.deliver(waiting()[0].pk)
    assert backchannel.purge() == 0
    long_ago = timezone.now() - timedelta(days=31)
    Message.objects.filter(state="delivered").update(finished_at=long_ago)
    Message.objects.update(created_at=long_ago)
    assert backchannel.purge(batch=1) == 1
    assert len(waiting()) == Message.objects.count() == 1


def test_a_service_that_is_gone_by_then_is_left_alone(service):
    browser, _ = entered()
    browser.submit(browser.get("/"), "/signout/")
    Client.objects.update(disabled_at=timezone.now())
    clients.forget()
    assert (deliver(), service.heard) == (["refused"], [])


def test_one_that_hangs_is_not_waited_for_by_everybody_else(service):
    service.answer = httpx.ReadTimeout("late")
    for _ in range(6):
        browser, _ = entered()
        browser.submit(browser.get("/"), "/signout/")
    assert deliver() == ["waiting"] * 6
    assert len(service.heard) == 5  # the sixth met a rest


@pytest.fixture
def dripping():
    """A service that gives its answer a header a time, for ever as far as anybody could wait."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            line, _ = listening.accept()
            with line, contextlib.suppress(OSError):
                line.recv(65536)
                line.sendall(b"HTTP/1.1 200 OK\r\n")
                for number in range(60):
                    time.sleep(0.05)
                    line.sendall(b"X-%d: 1\r\n" % number)
                line.sendall(b"Content-Length: 0\r\n\r\n")

        dripper = threading.Thread(target=drip, daemon=True)
        dripper.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        dripper.join(10)


def test_an_answer_that_comes_in_drops_is_not_waited_for(dripping, monkeypatch):
    """Four workers take everybody's messages: one service must not keep them."""
    monkeypatch.setattr(backchannel, "WHOLE_SECONDS", 0.3)
    monkeypatch.setattr(backchannel, "_breakers", type(backchannel._breakers)(backchannel.Breaker))
    with pytest.raises(TryLater):
        backchannel._post(dripping, "a logout token")
    with pytest.raises(TryLater, match="resting"):  # nor by the next one
        backchannel._post(dripping, "a logout token")


@pytest.mark.parametrize(
    "host", ["a" * 64 + ".example", "a..example", "xn--zzzzzz.example", "127.0.0.1:99999"]
)
def test_an_address_that_is_none_is_tried_later_and_rested(host, monkeypatch):
    monkeypatch.setattr(backchannel, "_breakers", type(backchannel._breakers)(backchannel.Breaker))
    for _ in range(6):
        with pytest.raises(TryLater):
            backchannel._post(f"https://{host}/", "a logout token")
    assert backchannel._breakers[f"https://{host}/"].failures == 5


def test_a_service_gets_its_logout_tokens_by_the_algorithm_of_its_id_tokens(service):
    cabinet_is_registered(backchannel_logout_uri=HEARS, id_token_alg="RS256")
    browser, _ = entered()
    browser.submit(browser.get("/"), "/signout/")
    assert deliver() == ["delivered"]
    assert service.headers[0]["alg"] == "RS256"


def test_signing_out_costs_one_statement_more_than_the_session_itself(service):
    browser, _ = entered()
    page = browser.get("/")
    with statements() as sent:
        browser.submit(page, "/signout/")
    about = [sql for sql in sent if "sessions_session" in sql or "outbox_message" in sql]
    assert len(about) == 3, about  # who is it; end it; put the messages


@pytest.mark.django_db(transaction=True)
def test_the_message_is_lost_with_the_sign_out_or_kept_with_it(service, monkeypatch):
    browser, _ = entered()

    def fail(*_args, **_named):
        raise RuntimeError("the process died here")

    monkeypatch.setattr(backchannel, "deliver_soon", fail)
    with pytest.raises(RuntimeError):
        end_all(known("anna").pk, actor="system", words="Все входы завершены по сообщению «это не я»")
    assert (waiting(), Session.objects.filter(ended_at=None).count()) == ([], 1)
    assert sid_of(browser)
