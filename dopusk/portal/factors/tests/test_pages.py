"""The pages of second factors as Анна and Олег use them."""

import base64
import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.factors import actions, forms, rules
from dopusk.portal.factors.models import Passkey, Totp
from dopusk.portal.factors.rules import Ask, Kind
from dopusk.portal.factors.tests.authenticator import Authenticator
from dopusk.portal.operators.access import SecondFactorMissing, right_required
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Right, Role
from dopusk.portal.sessions.actions import Place, start
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.errors import forbidden

pytestmark = pytest.mark.django_db
MFA = ["pwd", "otp", "mfa"]


def browser_of(account, amr=("pwd",)):
    """A browser already signed in, proved in this way."""
    opened = start(
        account.pk, Place(network="198.51.100.0/24", device="Firefox, Linux"), amr=list(amr), words="вход"
    )
    browser = Browser()
    browser.cookies.set("portal_session", opened.cookie, domain="localhost.local")
    return browser


@pytest.fixture
def anna():
    return known("anna")


@pytest.fixture
def clock(monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(actions.time, "time", lambda: now[0])
    return now


def with_app(account, clock):
    secret = actions.begin_totp(account.pk)
    assert actions.finish_totp(account.pk, rules.code_at(secret, rules.step_at(clock[0])))
    clock[0] += 60
    return secret


def send(browser, page, url, **fields):
    return browser.submit(page, url, **fields)


def post_json(browser, url, body=None):
    page = browser.get(reverse("factors:add_passkey"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    return browser.post(url, json=body or {}, headers={"X-CSRFToken": token})


def add_passkey(browser, device, **more):
    begun = post_json(browser, reverse("factors:passkey_options")).json()
    body = {**device.create(begun), "name": "Телефон", **more}
    return post_json(browser, reverse("factors:passkey_finish"), body)


def test_the_addresses_have_names():
    assert reverse("factors:list") == "/security/factors/"
    assert reverse("factors:totp") == "/security/factors/totp/"
    assert reverse("factors:sandbox_code") == "/sandbox/code/"


@pytest.mark.parametrize("name", ["list", "totp", "codes", "add_passkey", "remove_totp", "remove_sms"])
def test_a_stranger_is_sent_to_sign_in(name):
    answer = Browser().get(reverse(f"factors:{name}"))
    assert answer.status_code == 302
    assert answer.headers["location"].startswith("/signin/?next=")


def test_an_old_proof_is_asked_for_anew(anna):
    browser = browser_of(anna)
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=31))
    assert browser.get(reverse("factors:list")).headers["location"].startswith("/signin/again/")


def test_a_password_alone_neither_adds_nor_removes_where_there_is_a_factor(anna, clock):
    with_app(anna, clock)
    browser = browser_of(anna)
    for name in ("list", "totp", "codes", "add_passkey", "remove_totp"):
        answer = browser.get(reverse(f"factors:{name}"))
        assert answer.headers["location"].startswith("/signin/again/?next=/security/factors/"), name
    whole = browser_of(anna, MFA)
    assert whole.get(reverse("factors:list")).status_code == 200


def test_anna_enrols_her_app_by_picture_or_by_hand(anna, clock):
    browser = browser_of(anna)
    before = browser.cookies["portal_session"]
    page = browser.get(reverse("factors:totp"))
    assert 'src="data:image/svg+xml' in page.text
    assert 'href="otpauth://totp/' in page.text, "a telephone cannot photograph itself"
    typed = re.search(r"data-secret>([A-Z2-7 ]+)<", page.text)[1]
    assert all(len(part) == 4 for part in typed.split())
    secret = base64.b32decode(typed.replace(" ", ""))
    code = rules.code_at(secret, rules.step_at(clock[0]))
    answer = send(browser, page, reverse("factors:totp"), code=f"{code[:3]} {code[3:]}")
    assert (answer.status_code, answer.headers["location"]) == (303, reverse("factors:codes"))
    assert Session.objects.get().amr == MFA
    assert browser.cookies["portal_session"] != before, "the session has another cookie now"
    assert browser.get(reverse("factors:list")).status_code == 200


@pytest.mark.parametrize(
    ("typed", "code"), [("", "required"), ("12345", "totp_shape"), ("000000", "totp_wrong")]
)
def test_a_wrong_first_code_is_said_beside_the_field(anna, clock, monkeypatch, typed, code):
    seen = []
    original = forms.TotpForm.add_error
    monkeypatch.setattr(
        forms.TotpForm,
        "add_error",
        lambda form, field, error: (seen.append(getattr(error, "code", "")), original(form, field, error))[1],
    )
    browser = browser_of(anna)
    page = browser.get(reverse("factors:totp"))
    before = re.search(r"data-secret>([A-Z2-7 ]+)<", page.text)[1]
    answer = send(browser, page, reverse("factors:totp"), code=typed)
    assert answer.status_code == 422
    assert code in seen
    assert before in answer.text, "the picture is the same"
    assert not Totp.objects.filter(confirmed_at__isnull=False).exists()


def test_recovery_codes_are_shown_once_and_can_be_kept_as_text(anna, clock):
    with_app(anna, clock)
    browser = browser_of(anna, MFA)
    page = browser.get(reverse("factors:codes"))
    assert "data-recovery-codes" not in page.text
    shown = send(browser, page, reverse("factors:codes"))
    codes = re.findall(r"<code class=\"dk-number\">([0-9A-Z-]+)</code>", shown.text)
    assert len(codes) == 10
    assert "data-replaced" not in shown.text, "there were none before"
    assert "download=" in shown.text
    assert all(one in shown.text.split("data:text/plain", 1)[1] for one in codes)
    assert shown.headers["cache-control"] == "no-store"
    assert not any(one in browser.get(reverse("factors:codes")).text for one in codes)
    assert actions.use_recovery_code(anna.pk, codes[3])


def test_a_page_sent_twice_leaves_the_codes_that_may_be_on_paper_already(anna, clock):
    """F5 on the page of codes sends its form again."""
    with_app(anna, clock)
    browser = browser_of(anna, MFA)
    page = browser.get(reverse("factors:codes"))
    shown = send(browser, page, reverse("factors:codes"))
    codes = re.findall(r"<code class=\"dk-number\">([0-9A-Z-]+)</code>", shown.text)
    again = send(browser, page, reverse("factors:codes"))
    assert 'data-code="codes_made"' in again.text
    assert "data-recovery-codes" not in again.text
    assert actions.use_recovery_code(anna.pk, codes[3])


def test_without_a_factor_there_are_no_codes_to_show(anna):
    assert browser_of(anna).get(reverse("factors:codes")).headers["location"] == reverse("factors:list")


def test_anna_makes_a_passkey_on_the_page_and_goes_on_where_she_was_going(anna):
    browser, device = browser_of(anna), Authenticator()
    answer = add_passkey(browser, device, next="/services/")
    assert answer.json() == {"next": "/security/factors/codes/?next=%2Fservices%2F"}
    assert Session.objects.get().amr == ["pwd", "hwk", "mfa"]
    page = browser.get(answer.json()["next"])
    assert 'href="/services/"' in send(browser, page, reverse("factors:codes")).text
    assert add_passkey(browser, Authenticator(), next="/services/").json() == {"next": "/services/"}
    assert add_passkey(browser, Authenticator(), next="//evil.example/").json() == {
        "next": "/security/factors/"
    }


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"name": " "}, "name_required"),
        ({"name": "я" * 101}, "name_max_length"),
        ({"ceremony": "?"}, "challenge_unknown"),
    ],
    ids=["no name", "long name", "no ceremony"],
)
def test_a_passkey_is_refused_by_code(anna, more, code):
    answer = add_passkey(browser_of(anna), Authenticator(), **more)
    assert (answer.status_code, answer.json()) == (422, {"code": code})


def test_a_challenge_of_one_session_does_not_serve_another_of_hers(anna):
    first, second, device = browser_of(anna), browser_of(anna), Authenticator()
    begun = post_json(first, reverse("factors:passkey_options")).json()
    answer = post_json(second, reverse("factors:passkey_finish"), {**device.create(begun), "name": "x"})
    assert answer.json() == {"code": "challenge_unknown"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"a"', b"\xff", b" " * 70_000], ids=repr)
def test_a_body_that_is_no_answer_is_refused_calmly(anna, body):
    browser = browser_of(anna)
    page = browser.get(reverse("factors:add_passkey"))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    answer = browser.post(reverse("factors:passkey_finish"), content=body, headers={"X-CSRFToken": token})
    assert (answer.status_code, answer.json()["code"]) == (422, "name_required")


def test_passkeys_have_names_of_their_own_and_go_one_by_one(anna):
    browser, device = browser_of(anna), Authenticator()
    add_passkey(browser, device)
    key = Passkey.objects.get()
    url = reverse("factors:rename_passkey", args=[key.pk])
    assert send(browser, browser.get(url), url, name="").status_code == 422
    assert send(browser, browser.get(url), url, name="Рабочий компьютер").status_code == 303
    assert "Рабочий компьютер" in browser.get(reverse("factors:list")).text
    url = reverse("factors:remove_passkey", args=[key.pk])
    page = browser.get(url)
    assert Passkey.objects.count() == 1, "asking takes nothing away"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    assert browser.post(url, data={"csrfmiddlewaretoken": token}).status_code == 303
    assert Passkey.objects.count() == 0
    anna.refresh_from_db()
    assert not anna.second_factor


@pytest.mark.parametrize("name", ["rename_passkey", "remove_passkey"])
def test_boris_does_not_reach_the_passkey_of_anna(anna, name):
    add_passkey(browser_of(anna), Authenticator())
    url = reverse(f"factors:{name}", args=[Passkey.objects.get().pk])
    assert browser_of(known("boris")).get(url).status_code == 404


def test_anna_is_asked_on_new_devices_only_if_she_likes(anna, clock):
    with_app(anna, clock)
    browser = browser_of(anna, MFA)
    page = browser.get(reverse("factors:list"))
    assert reverse("security:sessions") in page.text, "and other sessions can be ended from here"
    assert send(browser, page, reverse("factors:ask"), ask="sometimes").status_code == 422
    assert send(browser, page, reverse("factors:ask"), ask="new_devices").status_code == 303
    assert actions.policy(anna.pk).ask == Ask.NEW_DEVICES


def test_sms_is_added_and_removed_by_its_own_buttons(anna):
    browser = browser_of(anna)
    answer = send(browser, browser.get(reverse("factors:list")), reverse("factors:add_sms"))
    assert answer.status_code == 303
    assert actions.methods(anna.pk).sms
    reached = browser.get(answer.headers["location"])
    assert reached.status_code == 200, "no second step is asked for just to see that it is on"
    assert 'data-second="on"' in reached.text
    url = reverse("factors:remove_sms")
    whole = browser_of(anna, ["pwd", "sms", "mfa"])
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', whole.get(url).text)[1]
    assert whole.post(url, data={"csrfmiddlewaretoken": token}).status_code == 303
    anna.refresh_from_db()
    assert not anna.second_factor


def test_an_operator_is_told_why_the_last_factor_stays(clock):
    oleg = known("oleg")
    with_app(oleg, clock)
    appoint(oleg.pk, Role.SUPPORT, by="system")
    browser = browser_of(oleg, MFA)
    answer = browser.get(reverse("factors:remove_totp"))
    assert (answer.status_code, 'data-code="operator_last_factor"' in answer.text) == (422, True)
    page = browser.get(reverse("factors:list"))
    assert reverse("factors:ask") not in page.text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    for name, fields, code in (
        ("ask", {"ask": "new_devices"}, "operator_always"),
        ("add_sms", {}, "operator_no_sms"),
        ("remove_totp", {}, "operator_last_factor"),
    ):
        answer = browser.post(reverse(f"factors:{name}"), data={"csrfmiddlewaretoken": token, **fields})
        assert (answer.status_code, f'data-code="{code}"' in answer.text) == (422, True)
    assert actions.methods(oleg.pk).totp


def test_an_operator_without_a_second_factor_is_told_where_to_get_one(rf):
    oleg = known("oleg")
    appoint(oleg.pk, Role.SUPPORT, by="system")
    request = rf.get("/desk/deliveries/")
    request.COOKIES["portal_session"] = browser_of(oleg).cookies["portal_session"]
    with pytest.raises(SecondFactorMissing) as caught:
        right_required(Right.DELIVERIES)(lambda request, person: None)(request)
    answer = forbidden(request, caught.value)
    text = answer.content.decode()
    assert answer.status_code == 403
    assert 'data-code="second_factor_missing"' in text
    assert "/security/factors/" in text
    assert "/signin/again/" not in text, "she has nothing to show there"


def test_the_stand_shows_the_code_of_oleg_until_it_is_used(clock):
    known("oleg")
    actions.seed_known_factors()
    secret = base64.b32decode(sandbox.person("oleg").totp_secret)
    code = rules.code_at(secret, rules.step_at(clock[0]))
    assert f'data-totp="oleg">{code}<' in Browser().get(reverse("factors:sandbox_code")).text
    assert actions.check_totp(known("oleg").pk, code)
    assert "data-totp" not in Browser().get(reverse("factors:sandbox_code")).text


def test_outside_the_sandbox_no_code_is_shown(settings):
    settings.SANDBOX = False
    assert Browser().get(reverse("factors:sandbox_code")).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "[" * 60_000,
        '{"a": ' * 9_000,
        '{"ceremony": "\\u0000"}',
        "null",
        "\xff",
        '{"name": "\\ud800", "next": "/\\ud800"}',
    ],
)
def test_what_no_browser_sends_is_refused_and_breaks_nothing(anna, body):
    stranger, hers = Browser(), browser_of(anna)
    stranger.get("/signin/")
    hers.get(reverse("factors:add_passkey"))
    for browser, address in ((stranger, "/signin/passkey/"), (hers, reverse("factors:passkey_finish"))):
        headers = {"X-CSRFToken": browser.cookies["portal_csrf"], "Content-Type": "application/json"}
        assert browser.post(address, content=body.encode("latin-1"), headers=headers).status_code == 422


def test_half_a_sign_is_no_name_of_a_passkey(anna):
    browser = browser_of(anna)
    browser.get(reverse("factors:add_passkey"))
    token = {"X-CSRFToken": browser.cookies["portal_csrf"]}
    options = browser.post(reverse("factors:passkey_options"), json={}, headers=token).json()
    body = json.dumps({**Authenticator().create(options), "name": "телефон \ud800"})
    answer = browser.post(reverse("factors:passkey_finish"), content=body, headers=token)
    assert (answer.status_code, Passkey.objects.count()) == (422, 0)


def test_new_recovery_codes_say_that_the_earlier_ones_are_over(anna, clock):
    with_app(anna, clock)
    actions.make_recovery_codes(anna.pk)
    browser = browser_of(anna, MFA)
    shown = send(browser, browser.get(reverse("factors:codes")), reverse("factors:codes"))
    assert "data-replaced" in shown.text


def test_sms_that_came_along_with_the_app_is_called_a_spare_and_can_be_declined(anna, clock):
    with_app(anna, clock)
    browser = browser_of(anna, MFA)
    page = browser.get(reverse("factors:list")).text
    assert 'data-sms="spare"' in page
    assert reverse("factors:remove_sms") in page
    actions.remove(anna.pk, Kind.SMS)
    assert 'data-sms="off"' in browser.get(reverse("factors:list")).text
    assert actions.methods(anna.pk).strong
