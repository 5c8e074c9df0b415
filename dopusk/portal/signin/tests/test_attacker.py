"""The attacker's side: how many guesses he gets, whatever networks, identifiers, threads and patience he has."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.signin import actions, rules
from dopusk.portal.signin.actions import Place
from dopusk.portal.signin.models import Throttle
from dopusk.portal.tests.browser import Browser, known

ANNA = sandbox.person("anna")
DOCUMENTED = 50  # docs/security.md: guesses at one password from unknown devices, all together


@pytest.fixture
def looked_at(monkeypatch):
    """The passwords that were really compared with Anna's hash."""
    kept_hash = known("anna").password
    found: list[str] = []
    real = actions.passwords.fits

    def fits(password: str, kept: str | None) -> bool:
        if kept == kept_hash:
            found.append(password)
        return real(password, kept)

    monkeypatch.setattr(actions.passwords, "fits", fits)
    return found


def time_passes(interval: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE signin_throttle SET last_at = last_at - %(i)s, held_until = held_until - %(i)s, "
            "forgotten_at = forgotten_at - %(i)s",
            {"i": interval},
        )


@pytest.mark.django_db
def test_ten_thousand_bad_sign_ins_from_many_networks_get_fifty_guesses_and_anna_enters_at_once(looked_at):
    """He knows all four of her identifiers, owns 2,500 networks, and waits out every wait of up to a day."""
    own = Browser("192.0.2.1")
    assert own.sign_in(ANNA.email).status_code == 303
    own.cookies.delete("portal_session")
    looked_at.clear()
    waited = timedelta(0)
    identifiers = (ANNA.email, ANNA.phone, ANNA.snils, ANNA.inn)
    for number in range(10_000):
        place = Place(f"203.{number // 4 % 250}.{number // 1000}.0/24", "curl")
        outcome = actions.sign_in(identifiers[number % 4], f"guess {number}", place)
        assert isinstance(outcome, actions.Mismatch | rules.Held), number
        if isinstance(outcome, rules.Held) and not outcome.closed:
            wait = outcome.until - timezone.now() + timedelta(seconds=1)
            waited += wait
            time_passes(wait)
    assert len(looked_at) == DOCUMENTED == rules.STRANGERS_TRIES
    assert timedelta(hours=14) < waited < timedelta(hours=15)  # 5 min, 30 min, 2 h, 12 h; then closed

    guessed = actions.sign_in(ANNA.email, ANNA.password, Place("203.0.113.0/24", "curl"))
    assert isinstance(guessed, rules.Held)
    assert guessed.closed
    before = Throttle.objects.count()
    assert own.sign_in(ANNA.email).status_code == 303
    assert own.get("/journal/").status_code == 200
    assert Throttle.objects.count() == before


@pytest.mark.django_db
def test_an_identifier_nobody_has_is_closed_by_the_same_number():
    known("anna")
    closed_at = {}
    for who in (ANNA.email, "nobody@example.org"):
        for number in range(200):
            outcome = actions.sign_in(who, "wrong", Place(f"203.0.{number}.0/24", "curl"))
            if isinstance(outcome, rules.Held) and outcome.closed:
                closed_at[who] = number
                break
            if isinstance(outcome, rules.Held):
                time_passes(outcome.until - timezone.now() + timedelta(seconds=1))
    assert closed_at[ANNA.email] == closed_at["nobody@example.org"]


@pytest.mark.django_db(transaction=True)
def test_attempts_at_one_moment_do_not_overshoot(looked_at):
    """Counted before they are looked at: of forty at once from forty networks ten are heard."""
    ready = threading.Barrier(40)
    outcomes: list[object] = []

    def attempt(number: int) -> None:
        try:
            ready.wait()
            outcomes.append(actions.sign_in(ANNA.email, "wrong", Place(f"203.0.{number}.0/24", "curl")))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked_at) == 10
    assert sum(isinstance(one, rules.Held) for one in outcomes) == 30


@pytest.mark.django_db(transaction=True)
def test_guessing_at_the_very_moment_of_sign_in_and_unlocking_stops_neither():
    """Nobody waits for a row whose holder waits for his: whatever happens at once, every statement ends."""
    anna = known("anna")
    failed: list[BaseException] = []
    entered: list[object] = []

    def run(work: Callable[[int], object], number: int) -> None:
        try:
            entered.extend(work(number * 100 + turn) for turn in range(15))
        except BaseException as error:  # noqa: BLE001 - of a thread: told below
            failed.append(error)
        finally:
            connection.close()

    def guess(number: int) -> object:
        return actions.sign_in(ANNA.email, "wrong", Place(f"203.{number}.0.0/24", "curl"))

    def enter(number: int) -> object:
        return actions.sign_in(ANNA.email, ANNA.password, Place(f"198.{number}.0.0/24", "Firefox"))

    def unlock(_: int) -> object:
        return actions.unlock(anna.sub, by="system", why="test")

    works = [guess, guess, guess, enter, enter, unlock]
    threads = [threading.Thread(target=run, args=(work, number)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert any(isinstance(one, actions.SignedIn) for one in entered)


@pytest.mark.django_db
def test_who_stole_a_known_device_gets_ten_guesses_more_than_strangers(looked_at):
    own = Browser("192.0.2.1")
    own.sign_in(ANNA.email)
    looked_at.clear()
    cookie = own.cookies["portal_device"]
    for number in range(500):
        place = Place(f"203.0.{number % 250}.0/24", "curl", device_cookie=cookie)
        outcome = actions.sign_in(ANNA.email, f"guess {number}", place)
        if isinstance(outcome, rules.Held) and not outcome.closed:
            time_passes(outcome.until - timezone.now() + timedelta(seconds=1))
    assert len(looked_at) == rules.DEVICE_TRIES + DOCUMENTED
