"""Анна opens many tabs at once: the attempt she is busy with outlives those she left long ago."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from dopusk.cabinet.signin import attempts


class Browser:
    """Carries the cookies from one answer to the next request."""

    def __init__(self):
        self.cookies = {}

    def request(self):
        request = RequestFactory().get("/signin/")
        request.COOKIES = dict(self.cookies)
        return request

    def leave(self, state):
        response = HttpResponse()
        attempts.remember(
            self.request(), response, attempts.Attempt(state, "n", "v", "/", int(attempts.time.time()))
        )
        for name, morsel in response.cookies.items():
            if morsel["max-age"] == 0:
                del self.cookies[name]
            else:
                self.cookies[name] = morsel.value

    def carries(self, state):
        return attempts.recall(self.request(), state) is not None


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by ten milliseconds with each look."""
    at = [attempts.time.time_ns()]

    def look():
        at[0] += 10_000_000
        return at[0]

    monkeypatch.setattr(attempts.time, "time_ns", look)


@pytest.mark.parametrize("states", ["abcdefgh", "hgfedcba", "dhbfaceg"])
def test_the_oldest_attempts_make_room_whatever_their_names(clock, states):
    browser = Browser()
    names = [letter * 12 for letter in states]
    for state in names:
        browser.leave(state)
    assert [state for state in names if browser.carries(state)] == names[-attempts.MOST :]


@pytest.mark.parametrize("value", ["", "no dot", "1" * 5000 + ".x", ".", "x.y"])
def test_a_cookie_without_a_time_goes_first(clock, value):
    browser = Browser()
    browser.cookies[attempts.PREFIX + "zzzzzzzzzz"] = value
    for letter in "abcdef":
        browser.leave(letter * 12)
    assert all(browser.carries(letter * 12) for letter in "abcdef")


def test_an_attempt_begun_before_cookies_bore_a_time_still_counts(clock):
    browser = Browser()
    browser.leave("a" * 12)
    browser.cookies = {name: value.partition(".")[2] for name, value in browser.cookies.items()}
    assert browser.carries("a" * 12)
