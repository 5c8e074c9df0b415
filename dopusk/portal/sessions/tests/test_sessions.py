"""How long a session lives, what it is proved by, which browser it belongs to."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.sessions import access, actions
from dopusk.portal.sessions.actions import Place
from dopusk.portal.sessions.models import Device, Session
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA = "anna@example.org"


@pytest.fixture(autouse=True)
def _anna():
    known("anna")


@pytest.fixture
def browser():
    browser = Browser()
    browser.sign_in(ANNA)
    return browser


def change(statement: str, **values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def unused_for(interval: timedelta) -> None:
    change("UPDATE sessions_session SET seen_at = now() - %(i)s", i=interval)


def test_an_idle_session_ends_after_twenty_minutes_and_a_used_one_is_noted(browser):
    unused_for(timedelta(minutes=19))
    assert browser.get("/journal/").status_code == 200
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    unused_for(timedelta(minutes=21))
    assert path_of(browser.get("/journal/")) == "/signin/"


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(browser):
    assert Session.objects.get().expires_at - timezone.now() <= timedelta(hours=12)
    change("UPDATE sessions_session SET expires_at = now() - interval '1 second'")
    assert path_of(browser.get("/journal/")) == "/signin/"


def test_entering_a_service_is_using_the_session(browser, cabinet):
    from dopusk.portal.tests.browser import code_for

    code_for(browser)
    unused_for(timedelta(minutes=19))
    code_for(browser)
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)


def test_the_deployment_sets_when_an_idle_session_ends(browser, settings):
    settings.SESSION_IDLE_END = timedelta(minutes=5)
    unused_for(timedelta(minutes=6))
    assert path_of(browser.get("/journal/")) == "/signin/"


def test_who_says_she_is_here_stays_and_learns_how_long(browser):
    unused_for(timedelta(minutes=19))
    token = {"X-CSRFToken": browser.cookies["portal_csrf"]}
    answer = browser.post(reverse("sessions:stay"), headers=token)
    assert answer.json() == {"warning_in": 900, "end_in": 1200}
    assert Session.objects.get().seen_at > timezone.now() - timedelta(minutes=1)
    change("UPDATE sessions_session SET expires_at = now() + interval '10 minutes'")
    near = browser.post("/sessions/stay/", headers=token).json()
    assert (295 <= near["warning_in"] <= 300, 595 <= near["end_in"] <= 600) == (True, True)
    unused_for(timedelta(minutes=21))
    over = browser.post("/sessions/stay/", headers=token)
    assert (over.status_code, over.json()["code"]) == (401, "session_over")


def test_another_site_cannot_keep_a_session_alive(browser):
    assert browser.post("/sessions/stay/").status_code == 403
    assert browser.get("/sessions/stay/").status_code == 405


# devices


def test_a_browser_becomes_known_at_the_first_whole_sign_in_and_its_cookie_rests_as_a_hash(browser):
    device = Device.objects.get()
    cookie = browser.cookies["portal_device"]
    assert cookie.encode() not in bytes(device.token_hash)
    assert Session.objects.get().known_device == device
    assert device.told_at is not None  # the first one: nobody to be surprised
    Browser().sign_in(ANNA)
    assert list(Device.objects.order_by("first_seen_at").values_list("told_at", flat=True))[1] is None


def test_the_device_cookie_is_shut_to_scripts_and_lasts(browser):
    own = Browser()
    answer = own.sign_in(ANNA)
    given = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("portal_device="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"} <= {p.strip() for p in given.split(";")}


def test_two_people_at_one_browser_are_each_known_by_one_cookie(browser):
    known("boris")
    cookie = browser.cookies["portal_device"]
    browser.cookies.delete("portal_session")
    browser.sign_in("boris@example.org")
    assert browser.cookies["portal_device"] == cookie
    assert Device.objects.count() == 2


def test_a_device_cookie_of_another_form_is_not_taken_over():
    browser = Browser()
    browser.cookies.set("portal_device", "x", domain="localhost.local")
    browser.sign_in(ANNA)
    assert not Device.objects.filter(token_hash=access.cookie_hash("x")).exists()


def test_devices_unused_for_400_days_are_forgotten(browser):
    assert actions.purge() == 0
    change("UPDATE sessions_device SET seen_at = now() - interval '401 days'")
    assert actions.purge() == 0  # its session is still there
    change("UPDATE sessions_session SET expires_at = now() - interval '2 days'")
    assert actions.purge() == 2


# accounts nobody signs in to


@pytest.mark.parametrize("shut", ["locked_at", "closed_at"])
def test_no_session_opens_on_an_account_that_is_locked_or_closed(shut):
    Account.objects.update(**{shut: timezone.now()})
    with pytest.raises(actions.Shut):
        actions.start(Account.objects.get().sub, Place("-", "-"), amr=["pwd"], words="-")
    assert not Session.objects.exists()
    assert not Entry.objects.filter(act="signin.done").exists()


def test_no_session_opens_by_a_password_that_has_just_been_changed():
    with pytest.raises(actions.Shut):
        actions.start(Account.objects.get().sub, Place("-", "-"), amr=["pwd"], words="-", kept="another hash")
    assert not Session.objects.exists()


# proof of identity


def test_proving_again_keeps_what_was_proved_before(browser):
    session = Session.objects.get()
    change("UPDATE sessions_session SET proved_at = now() - interval '1 hour'")
    actions.prove_again(session.pk, ["otp"])
    session.refresh_from_db()
    assert session.amr == ["pwd", "otp", "mfa"]
    assert session.proved_at > timezone.now() - timedelta(minutes=1)


def guarded(method: str, minutes: int, **headers: str):
    """What a sensitive address answers, proof being so old."""
    session = Session.objects.get()
    change("UPDATE sessions_session SET proved_at = now() - %(i)s", i=timedelta(minutes=minutes))
    cookie = "c" * 43
    Session.objects.filter(pk=session.pk).update(token_hash=access.cookie_hash(cookie))
    request = RequestFactory(headers={"host": "localhost:8000", **headers}).generic(method, "/sensitive/?a=1")
    request.COOKIES["portal_session"] = cookie
    return access.proof_required(lambda *_: "shown")(request)


@pytest.mark.parametrize(("method", "minutes"), [("GET", 19), ("POST", 29)])
def test_a_sensitive_form_is_shown_with_ten_minutes_to_spare_and_taken_for_thirty(browser, method, minutes):
    assert guarded(method, minutes) == "shown"


def test_older_proof_leads_to_the_step_up_and_back(browser):
    assert guarded("GET", 21)["Location"] == "/signin/again/?next=%2Fsensitive%2F%3Fa%3D1"


def test_a_form_that_comes_too_late_leads_back_to_the_page_it_stood_on(browser):
    came_from = guarded("POST", 31, referer="http://localhost:8000/form/?b=2")
    assert came_from["Location"] == "/signin/again/?next=%2Fform%2F%3Fb%3D2&late=1"
    foreign = guarded("POST", 31, referer="http://evil.example/form/")
    assert foreign["Location"] == "/signin/again/?next=%2Fsensitive%2F%3Fa%3D1&late=1"


# proxies


def test_a_proxy_we_trust_speaks_for_the_client(settings):
    from dopusk.portal.sessions import rules

    settings.TRUSTED_PROXIES = (rules.ipaddress.ip_network("198.51.100.7"),)
    Browser().sign_in(ANNA, "wrong")  # without the header: the proxy itself
    browser = Browser()
    browser.headers["X-Forwarded-For"] = "1.2.3.4, 203.0.113.9"
    browser.sign_in(ANNA, "wrong")
    client = Client(headers={"x-forwarded-for": "1.2.3.4, 203.0.113.9"}, REMOTE_ADDR="198.51.100.7")
    client.post("/signin/", {"identifier": ANNA, "password": "wrong"})
    told = Entry.objects.filter(act="signin.failed").order_by("number")
    assert [json.loads(entry.detail)["network"] for entry in told] == [
        "198.51.100.0/24",
        "203.0.113.0/24",
        "203.0.113.0/24",
    ]


def test_nobody_speaks_for_the_client_unless_we_trust_him():
    browser = Browser()
    browser.headers["X-Forwarded-For"] = "203.0.113.9"
    browser.sign_in(ANNA, "wrong")
    told = Entry.objects.get(act="signin.failed")
    assert json.loads(told.detail)["network"] == "198.51.100.0/24"
