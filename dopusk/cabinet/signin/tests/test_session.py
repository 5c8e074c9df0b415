"""A session ends twelve hours after sign-in, however busy Анна is, and takes nothing typed with it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from dopusk.cabinet.signin import access, kept, portal
from dopusk.cabinet.signin.models import KeptForm
from dopusk.cabinet.signin.tests.provider import Provider

pytestmark = pytest.mark.django_db
FORM = "/applications/00000000-0000-4000-8000-000000000001/steps/contacts/"


@pytest.fixture
def later(monkeypatch):
    """Let time go on: `later(hours=1)`."""
    real, gone = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: real() + gone[0])

    def go_on(**step):
        gone[0] += timedelta(**step)

    return go_on


def busy(client, later, hours):
    """Open a page every half an hour; whether every one of them was let in."""
    seen = []
    for _ in range(2 * hours):
        later(minutes=30)
        seen.append(client.get("/journal/").status_code)
    return set(seen) == {200}


def test_use_does_not_prolong_the_session_beyond_twelve_hours(anna, at_browser, later):
    client = at_browser(anna)
    assert busy(client, later, 11)
    later(minutes=59)
    assert client.get("/journal/").status_code == 200
    later(minutes=2)
    assert client.get("/journal/").url == "/signin/?next=%2Fjournal%2F"


def test_what_was_typed_at_the_end_is_kept(anna, at_browser, later):
    client = at_browser(anna)
    busy(client, later, 12)
    later(minutes=1)
    answer = client.post(FORM, {"phone": "900"}, headers={"referer": f"http://testserver{FORM}"})
    assert answer.url == f"/signin/?next={FORM.replace('/', '%2F')}"
    assert KeptForm.objects.count() == 1
    assert client.cookies[kept.COOKIE].value


def test_a_new_sign_in_begins_twelve_new_hours(anna, at_browser):
    client = at_browser(anna)
    session = client.session
    session[access.BEGAN] -= int(access.LONGEST.total_seconds()) + 1
    session.save()
    assert client.get("/journal/").status_code == 302
    provider = Provider().install()
    try:
        query = parse_qs(urlsplit(client.get("/signin/").url).query)
        client.get("/signin/callback/", {"code": provider.code_for(query), "state": query["state"][0]})
    finally:
        portal._portals.clear()
    assert timezone.now().timestamp() - client.session[access.BEGAN] < 30
    assert client.get("/journal/").status_code == 200


def test_a_session_begun_before_beginnings_were_written_ends_too(anna, at_browser, later):
    client = at_browser(anna)
    session = client.session
    del session[access.BEGAN]
    session.save()
    assert busy(client, later, 12)
    later(minutes=31)
    assert client.get("/journal/").status_code == 302
