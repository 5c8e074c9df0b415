"""How many passwords anybody may try, and who waits for it."""

import re

import pytest
from django.db import connection

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.signin import actions, rules
from dopusk.portal.signin.models import Throttle
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


@pytest.fixture(autouse=True)
def _anna():
    known("anna")


def fail(times: int, identifier: str = "anna@example.org", address: str = "198.51.100.7"):
    answers = [Browser(address).sign_in(identifier, "wrong") for _ in range(times)]
    return answers[-1]


def later(interval: str) -> None:
    """As if so much time had passed since all attempts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signin_throttle SET last_at = last_at - %(i)s::interval, "
            "held_until = held_until - %(i)s::interval, forgotten_at = forgotten_at - %(i)s::interval",
            {"i": interval},
        )


def counted() -> list[int]:
    return sorted(Throttle.objects.values_list("failures", flat=True))


@pytest.mark.parametrize("identifier", ["anna@example.org", "nobody@example.org"])
def test_after_five_failures_the_next_try_waits_and_the_time_is_shown(identifier):
    fifth = fail(5, identifier)
    assert (fifth.status_code, bool(re.search(r"через 1 минуту, в \d\d:\d\d", fifth.text))) == (422, True)
    sixth = Browser().sign_in(identifier)
    assert sixth.status_code == 429
    assert 0 < int(sixth.headers["retry-after"]) <= 31
    assert 'data-code="held"' in sixth.text
    assert re.search(r"через 1 минуту, в \d\d:\d\d", sixth.text)


@pytest.mark.parametrize("identifier", ["anna@example.org", "nobody@example.org"])
def test_others_attempts_are_not_blamed_for_the_first_slip(identifier):
    browser = Browser()
    first = browser.sign_in(identifier, "wrong")
    second = browser.submit(first, "/signin/", identifier=identifier, password="wrong")
    assert ('data-code="mismatch"' in first.text, 'data-hint="strangers"' in first.text) == (True, False)
    assert ('data-code="mismatch"' in second.text, 'data-hint="strangers"' in second.text) == (True, True)


def test_spelling_the_identifier_otherwise_does_not_help():
    fail(5, "anna@example.org")
    assert Browser().sign_in("ANNA@example.org").status_code == 429


def test_a_stranger_in_another_network_does_not_make_anna_wait():
    fail(7, address="203.0.113.5")
    assert Browser("198.51.100.7").sign_in("anna@example.org").status_code == 303


def test_after_the_wait_the_right_password_works_and_forgives():
    fail(5)
    later("31 seconds")
    assert Browser().sign_in("anna@example.org").status_code == 303
    assert counted() == [5]  # the network's own: others may be behind it


def test_a_wait_costs_no_hash(monkeypatch):
    fail(5)
    monkeypatch.setattr("argon2.PasswordHasher.verify", lambda *_: pytest.fail("a hash was computed"))
    assert Browser().sign_in("anna@example.org").status_code == 429


def test_failures_of_yesterday_are_forgotten_for_the_network_and_kept_for_the_account():
    fail(4)
    later("25 hours")
    fail(1)
    assert counted() == [1, 1, 5, 5]  # network and near; identifier and account


def known_device(identifier: str = "anna@example.org", address: str = "192.0.2.1") -> Browser:
    """A browser in which she has signed in before, and out again."""
    browser = Browser(address)
    assert browser.sign_in(identifier).status_code == 303
    browser.cookies.delete("portal_session")
    return browser


def from_everywhere(times: int, identifier: str = "anna@example.org") -> None:
    """Failures each from a network of its own, whatever time they take."""
    for turn in range(times):
        Browser(f"203.0.{turn}.9").sign_in(identifier, "wrong")
        later("366 days" if turn > 250 else "13 hours")


@pytest.mark.parametrize("identifier", ["anna@example.org", "nobody@example.org"])
def test_the_tenth_failure_from_anywhere_stops_all_unknown_devices(identifier):
    for turn in range(10):
        Browser(f"203.0.{turn}.9").sign_in(identifier, "wrong")
    answer = Browser("192.0.2.1").sign_in(identifier)
    assert (answer.status_code, 'data-code="held"' in answer.text) == (429, True)
    assert 240 < int(answer.headers["retry-after"]) <= 301


@pytest.mark.parametrize("identifier", ["anna@example.org", "nobody@example.org"])
def test_after_fifty_failures_the_password_is_closed_for_unknown_devices(identifier):
    from_everywhere(50, identifier)
    later("30 days")
    answer = Browser("192.0.2.1").sign_in(identifier)
    assert (answer.status_code, 'data-code="held_closed"' in answer.text) == (429, True)


def test_a_known_device_enters_whatever_strangers_do_and_leaves_their_count():
    own = known_device()
    from_everywhere(50)
    assert own.sign_in("anna@example.org").status_code == 303
    assert Browser("192.0.2.1").sign_in("anna@example.org").status_code == 429


def test_a_known_device_has_ten_tries_and_is_a_stranger_then():
    own = known_device()
    for _ in range(10):
        assert own.sign_in("anna@example.org", "wrong").status_code == 422
        later("16 minutes")
    assert counted() == [1, 10]  # the network's, which forgives quickly, and the device's
    own.sign_in("anna@example.org", "wrong")
    assert counted() == [1, 1, 1, 1, 10]


def test_a_known_device_waits_too_when_its_owner_cannot_type():
    own = known_device()
    for _ in range(5):
        own.sign_in("anna@example.org", "wrong")
    assert own.sign_in("anna@example.org").status_code == 429
    assert Browser("198.51.100.7").sign_in("anna@example.org").status_code == 303


def test_the_device_of_boris_is_a_stranger_to_anna():
    known("boris")
    his = known_device("boris@example.org")
    for turn in range(10):
        Browser(f"203.0.{turn}.9").sign_in("anna@example.org", "wrong")
    assert his.sign_in("anna@example.org").status_code == 429


def test_only_the_five_devices_used_last_are_known():
    browsers = [known_device() for _ in range(6)]
    from_everywhere(50)
    assert browsers[0].sign_in("anna@example.org").status_code == 429
    assert browsers[1].sign_in("anna@example.org").status_code == 303


def test_four_identifiers_of_one_person_are_not_four_times_the_guesses(monkeypatch):
    """Past the account's own bound the answer stays the same, and no real hash is looked at any more."""
    looked = []
    real = actions.passwords.fits
    monkeypatch.setattr(
        actions.passwords, "fits", lambda given, kept: looked.append(kept) or real(given, kept)
    )
    for turn in range(12):
        for spelled in (ANNA.email, ANNA.phone, ANNA.snils, ANNA.inn):
            answer = Browser(f"203.0.{turn}.9").sign_in(spelled, "wrong")
            assert answer.status_code in {422, 429}
    assert len([kept for kept in looked if kept]) == 10
    assert len(looked) > 30


def test_the_journal_tells_a_try_that_was_not_even_looked_at():
    for turn in range(5):
        for spelled in (ANNA.email, ANNA.phone, ANNA.snils):
            Browser(f"203.0.{turn}.9").sign_in(spelled, "wrong")
    words = list(Entry.objects.filter(act="signin.failed").values_list("words", flat=True))
    assert sum("без проверки пароля" in one for one in words) == 5


def test_one_network_that_tries_many_people_is_stopped_and_known_devices_in_it_are_not():
    own = known_device(address="203.0.113.1")
    for number in range(rules.NETWORK_TRIES):
        actions.sign_in(f"nobody{number}@example.org", "wrong", actions.Place("203.0.113.0/24", "curl"))
    assert Browser("203.0.113.9").sign_in("anna@example.org").status_code == 429
    assert own.sign_in("anna@example.org").status_code == 303
    assert Browser("192.0.2.1").sign_in("anna@example.org").status_code == 303
    later("16 minutes")
    assert Browser("203.0.113.9").sign_in("anna@example.org").status_code == 303


def test_unlocking_forgets_everything_counted_against_a_person():
    anna = Account.objects.get()
    fail(5)
    from_everywhere(10)
    for _ in range(3):
        actions.reserve_second(anna.sub, "")
    fail(5, "nobody@example.org")
    before = Throttle.objects.count()
    actions.unlock(anna.sub, by="system", why="test")
    assert Browser().sign_in("anna@example.org").status_code == 303
    assert 0 < Throttle.objects.count() < before
    assert Browser().sign_in("nobody@example.org").status_code == 429


def test_second_steps_are_counted_over_all_sessions_of_a_person():
    anna = Account.objects.get()
    for _ in range(10):
        assert isinstance(actions.reserve_second(anna.sub, ""), actions.Try)
    held = actions.reserve_second(anna.sub, "")
    assert isinstance(held, rules.Held)
    for turn in range(40):
        later("13 hours")
        assert isinstance(actions.reserve_second(anna.sub, ""), actions.Try), turn
    later("30 days")
    closed = actions.reserve_second(anna.sub, "")
    assert isinstance(closed, rules.Held)
    assert closed.closed
