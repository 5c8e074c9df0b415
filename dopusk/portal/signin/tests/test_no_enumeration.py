"""A stranger does not learn who has an account: neither from what is answered nor from how long it takes."""

import gc
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from django.db import connection

from dopusk.kernel import sandbox
from dopusk.portal.signin import actions
from dopusk.portal.signin.actions import Place
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")

# known and unknown identifiers, kind by kind; the unknown ones are as well formed
PAIRS = {
    "email": (ANNA.email, "vera@example.org"),
    "phone": (ANNA.phone, "+79000000999"),
    "snils": (ANNA.snils, "00000069999"),
    "inn": (ANNA.inn, "770000000081"),
}


@pytest.fixture(autouse=True)
def _anna():
    known("anna")


def shape(answer: httpx.Response) -> tuple[int, list[str], str]:
    """Status, names of headers, and the body without what differs from one answer to the next anyway: values of
    fields (tokens, what was typed), trace ids, times of day."""
    body = re.sub(
        r'value="[^"]*"|<code>[0-9a-f]{32}</code>|\b\d\d:\d\d\b|(?<=[?&])[a-z]+=[^"&]+', "", answer.text
    )
    return answer.status_code, sorted(answer.headers), body


@dataclass(frozen=True)
class Case:
    """Something a stranger does with an identifier he is curious about; its last answer is looked at."""

    name: str
    ask: Callable[[str], httpx.Response]


def _wrong_password(times: int) -> Callable[[str], httpx.Response]:
    def ask(identifier: str) -> httpx.Response:
        return [Browser().sign_in(identifier, "wrong") for _ in range(times)][-1]

    return ask


def _from_everywhere(identifier: str) -> httpx.Response:
    for turn in range(50):
        Browser(f"203.0.{turn}.9").sign_in(identifier, "wrong")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE signin_throttle SET held_until = now() - interval '1 s' WHERE failures < 50"
            )
    return Browser("192.0.2.1").sign_in(identifier, "wrong")


CASES = [
    Case("a wrong password", _wrong_password(1)),
    Case("the fifth wrong password", _wrong_password(5)),
    Case("one too early", _wrong_password(6)),
    Case("one after fifty from everywhere", _from_everywhere),
]


@pytest.mark.parametrize("kind", PAIRS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_answer_is_the_same_whether_or_not_there_is_an_account(case, kind):
    there, not_there = PAIRS[kind]
    answer = case.ask(there)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM signin_throttle")
    assert shape(case.ask(not_there)) == shape(answer)


@pytest.mark.parametrize("state", ["locked_at", "closed_at"])
def test_a_locked_or_closed_account_answers_a_stranger_as_any(state):
    from django.utils import timezone

    from dopusk.portal.accounts.models import Account

    before = shape(CASES[0].ask(ANNA.email))
    Account.objects.update(**{state: timezone.now()})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM signin_throttle")
    assert shape(CASES[0].ask(ANNA.email)) == before


def test_one_persons_two_identifiers_answer_as_two_strangers_do():
    """A wait for one must not show at the other: it would tell that both are one person's."""
    for turn in range(10):
        Browser(f"203.0.{turn}.9").sign_in(ANNA.email, "wrong")
    assert Browser().sign_in(ANNA.email, "wrong").status_code == 429
    assert Browser().sign_in(ANNA.phone, "wrong").status_code == 422


# time


def auc(first: list[float], second: list[float]) -> float:
    """How often one of the first took longer than one of the second (Mann–Whitney): 0.5 tells nothing."""
    ranked = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    ranks = sum(rank for rank, (_, whose) in enumerate(ranked, start=1) if whose == 0)
    return (ranks - len(first) * (len(first) + 1) / 2) / (len(first) * len(second))


def test_the_measure_itself_tells_a_difference_from_none():
    rolls = random.Random(1)  # noqa: S311 - no secret
    same = [[rolls.random() for _ in range(500)] for _ in range(2)]
    assert 0.45 < auc(*same) < 0.55
    assert auc([one + 0.2 for one in same[0]], same[1]) > 0.6


def by_the_page() -> Callable[[str], None]:
    """The whole answer, as a stranger's browser gets it."""
    browser = Browser()
    browser.get("/signin/")
    token = browser.cookies["portal_csrf"]

    def attempt(identifier: str) -> None:
        form = {"identifier": identifier, "password": "wrong", "next": "/", "csrfmiddlewaretoken": token}
        assert browser.post("/signin/", data=form).status_code == 422

    return attempt


def by_the_act() -> Callable[[str], None]:
    """The act alone, without the page, which would hide a small difference under its own work."""
    place = Place("198.51.100.0/24", "Firefox, Linux")

    def attempt(identifier: str) -> None:
        assert isinstance(actions.sign_in(identifier, "wrong", place), actions.Mismatch)

    return attempt


def compared(attempt: Callable[[str], None], tries: int = 1000) -> float:
    """So many tries, known and unknown by turns in random order, after a warm-up; counts are wiped between them."""
    there = [one.email for one in sandbox.PEOPLE]
    not_there = [f"{name}x@example.org" for name in (one.key for one in sandbox.PEOPLE)]
    rolls = random.Random(time.monotonic_ns())  # noqa: S311 - no secret
    order = [True, False] * (tries // 2)
    rolls.shuffle(order)
    took: dict[bool, list[float]] = {True: [], False: []}
    for number, exists in enumerate([True, False] * 20 + order):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM signin_throttle")
        identifier = rolls.choice(there if exists else not_there)
        began = time.perf_counter()
        attempt(identifier)
        if number >= 40:
            took[exists].append(time.perf_counter() - began)
    return auc(took[True], took[False])


@pytest.mark.parametrize(("way", "apart"), [(by_the_page, 0.05), (by_the_act, 0.10)])
def test_the_time_is_the_same_whether_or_not_there_is_an_account(way, apart):
    """1,000 tries at test-cost Argon2; AUC within 0.45–0.55. The one exception to «no timed assertions».

    The act alone, which nobody outside can time, may lie within 0.40–0.60: an account's row is read where there is
    one, some microseconds of a millisecond and a half. On a busy machine one run may be disturbed: it passes if one
    of three is inside, and fails if all are out.
    """
    for one in sandbox.PEOPLE:
        known(one.key)
    seen = []
    gc.disable()
    try:
        for _ in range(3):
            seen.append(compared(way()))
            if abs(seen[-1] - 0.5) <= apart:
                return
    finally:
        gc.enable()
    pytest.fail(f"AUC {seen}")
