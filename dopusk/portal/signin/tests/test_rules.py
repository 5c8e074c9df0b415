"""Where sign-in may lead, how long one waits."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.signin import rules


@pytest.mark.parametrize(
    "path",
    ["/", "/journal/", "/oidc/authorize?client_id=a&redirect_uri=http%3A%2F%2Flocalhost", "/a?b=http://c/"],
)
def test_paths_of_this_site_are_gone_to(path):
    assert rules.safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "journal/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/a\\b",
        "http://evil.example/", "https:evil.example", "javascript:alert(1)", "/\t/evil.example",
        "/\n/evil.example", "\t//evil.example", " /journal/", "/a b", "/a\x00", "/" + "a" * 9000,
        "http:///evil.example", "@evil.example",
    ],
)  # fmt: skip
def test_everything_else_leads_home(path):
    assert rules.safe_next(path) == "/"


@given(st.text(alphabet="/\\.:@?#abc%\t\n\r ", max_size=20))
def test_no_spelling_leaves_the_site(text):
    there = urlsplit(urljoin("http://portal.example/signin/", rules.safe_next(text)))
    assert (there.scheme, there.netloc) == ("http", "portal.example")


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("waits", [rules.NEAR_WAITS, rules.FAR_WAITS])
def test_each_wait_is_longer_than_the_one_before(waits):
    real = [wait for wait in waits if wait]
    assert real == sorted(set(real))


def test_a_slip_of_the_finger_costs_nothing_and_the_fifth_half_a_minute():
    assert [wait / MINUTE for wait in rules.NEAR_WAITS] == [0, 0, 0, 0, 0.5, 1, 2, 4, 8, 15]


def test_guesses_from_everywhere_are_stopped_ever_longer_and_then_for_good():
    stops = {tries: wait / MINUTE for tries, wait in enumerate(rules.FAR_WAITS, start=1) if wait}
    assert stops == {10: 5, 20: 30, 30: 120, 40: 720, 50: rules.CLOSED / MINUTE}


def test_all_guesses_in_a_row_are_no_more_than_nist_allows():
    assert rules.STRANGERS_TRIES == 50
    assert rules.TRIES_IN_ALL == 100  # NIST SP 800-63B-4 §3.2.2


@pytest.mark.parametrize(
    ("second_due", "amr", "must_change", "step"),
    [
        (False, ["pwd"], "", "done"),
        (True, ["pwd"], "", "second"),
        (True, ["pwd"], "ordered", "second"),
        (True, ["pwd", "otp", "mfa"], "ordered", "password"),
        (True, ["pwd", "otp", "mfa"], "", "done"),
        (False, ["pwd"], "listed", "password"),
    ],
)
def test_the_second_step_comes_before_the_new_password(second_due, amr, must_change, step):
    assert rules.next_step(second_due=second_due, amr=amr, must_change=must_change) == step


@pytest.mark.parametrize(
    ("path", "client"),
    [
        ("/oidc/authorize?client_id=dopusk-cabinet&x=1", "dopusk-cabinet"),
        ("/oidc/authorize?x=1&client_id=dopusk-cabinet", "dopusk-cabinet"),
        ("/oidc/authorize?xclient_id=other", ""),
        ("/journal/?client_id=dopusk-cabinet", ""),
        ("/oidc/authorize?client_id=%3Cscript%3E", ""),
    ],
)
def test_the_service_is_read_from_the_request_that_waits(path, client):
    assert rules.client_of(path) == client


@pytest.mark.parametrize(
    ("path", "middle"),
    [
        ("/oidc/authorize?client_id=a&again=x", True),
        ("/oidc/authorize?again=x&client_id=a", True),
        ("/oidc/authorize?client_id=a", False),
        ("/journal/?again=x", False),
    ],
)
def test_a_fresh_sign_in_for_a_service_is_no_moment_for_offers(path, middle):
    assert rules.is_in_the_middle(path) is middle
