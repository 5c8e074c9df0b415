"""Where sign-in may lead, how long one waits."""

from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.signin import rules
from dopusk.portal.signin.rules import Failures


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


@pytest.mark.parametrize(
    ("here", "everywhere", "seconds"),
    [
        (1, 1, 0),
        (4, 4, 0),
        (5, 5, 30),
        (6, 6, 60),
        (7, 7, 120),
        (9, 9, 480),
        (10, 10, 900),
        (50, 50, 900),
        (1, 99, 0),
    ],
)
def test_the_wait_grows_from_the_fifth_failure_to_a_quarter_of_an_hour(here, everywhere, seconds):
    assert rules.wait_after(Failures(here, everywhere)) == timedelta(seconds=seconds)


def test_after_a_hundred_failures_from_everywhere_the_password_is_closed_for_a_day():
    assert rules.wait_after(Failures(1, 100)) == timedelta(hours=24)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_one_more_failure_never_shortens_the_wait(here, everywhere):
    assert rules.wait_after(Failures(here + 1, everywhere + 1)) >= rules.wait_after(
        Failures(here, everywhere)
    )


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
