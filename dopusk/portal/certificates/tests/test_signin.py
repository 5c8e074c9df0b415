"""Анна signs in by her electronic signature, and strangers do not."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import actions, entering, rules
from dopusk.portal.certificates.models import Certificate, Use
from dopusk.portal.certificates.tests.people import (
    ADD,
    SIGNIN,
    added,
    bring,
    browser_of,
    card_of,
    code_of,
    sign_in,
    text_of,
)
from dopusk.portal.factors import rules as codes
from dopusk.portal.factors.actions import begin_totp, finish_totp
from dopusk.portal.factors.models import Totp
from dopusk.portal.notices.models import Notice
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import page as pages
from dopusk.portal.signin import rules as signin
from dopusk.portal.signin.actions import lock
from dopusk.portal.signin.models import Pending
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.journal.models import Entry
from dopusk.web.signing import turns
from dopusk.web.signing.models import Challenge, Signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return known("anna")


def signed_in(browser: Browser) -> bool:
    return browser.get("/security/").status_code == 200


def test_the_page_of_sign_in_leads_there_and_keeps_where_she_goes(client, db):
    page = Browser().get("/signin/", params={"next": "/oidc/authorize?client_id=dopusk-cabinet&x=1"}).text
    assert f'href="{SIGNIN}?next=%2Foidc%2Fauthorize%3Fclient_id%3Ddopusk-cabinet%26x%3D1"' in page


def test_a_stand_in_without_an_authority_does_not_offer_it(db, settings):
    settings.ALONE, settings.SIGNING_ROOTS = True, None
    pages._rendered.cache_clear()
    try:
        assert SIGNIN not in Browser().get("/signin/").text
    finally:
        pages._rendered.cache_clear()


def test_by_a_certificate_she_has_added_anna_is_signed_in(office, anna):
    card, one = added(office)
    browser = Browser()
    answer = sign_in(browser, card, "/journal/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/journal/")
    assert signed_in(browser)
    session = Session.objects.get(pk=Use.objects.get(certificate=one).sid)
    assert (session.account_id, session.amr) == (anna.pk, ["pop"])
    assert "portal_signing" not in browser.cookies
    entry = Entry.objects.get(act="signin.done", object=one.object_key)
    assert entry.words.startswith("Вы вошли на портал по электронной подписи.")
    one.refresh_from_db()
    assert one.used_at is not None
    assert Signature.objects.filter(purpose="signin", owner=str(anna.pk), standing="valid").count() == 1


def test_the_first_sign_in_by_a_certificate_is_told_and_later_ones_are_not(office, anna):
    card, _one = added(office)
    for _ in range(2):
        assert sign_in(Browser(), card).status_code == 303
    assert Notice.objects.filter(account=anna, kind="certificate_signin").count() == 1


@pytest.mark.parametrize("office", ["rsa", "gost"], indirect=True)
def test_keys_of_rsa_and_of_gost_open_the_same_door(office, anna):
    card, _one = added(office)
    browser = Browser()
    assert sign_in(browser, card).status_code == 303
    assert signed_in(browser)


def test_a_replay_in_the_very_same_browser_is_refused_as_such(office, anna):
    card, _one = added(office)
    browser = Browser()
    page = browser.get(SIGNIN)
    signature, bound = card.sign(text_of(browser, page)), browser.cookies["portal_signing"]
    assert bring(browser, page, signature).status_code == 303
    replay = Browser()
    replay.cookies.set("portal_signing", bound, domain="localhost.local", path=SIGNIN)
    assert code_of(bring(replay, page_with_token(replay, page), signature)) == "challenge_used"
    assert not signed_in(replay)


def page_with_token(browser: Browser, page):
    """Another browser's form: its own CSRF token, the challenge of the first."""
    fresh = browser.get(SIGNIN)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', fresh.text)[1]
    old = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    page._content = page.content.replace(old.encode(), token.encode())
    page._text = page.content.decode()
    return page


def test_another_browser_cannot_use_the_text_nor_read_it(office, anna):
    card, _one = added(office)
    hers, thief = Browser(), Browser(address="203.0.113.5")
    page = hers.get(SIGNIN)
    signature = card.sign(text_of(hers, page))
    link = re.search(r'href="([^"]+/content/)"', page.text)[1]
    assert thief.get(link).status_code == 404
    answer = bring(thief, page_with_token(thief, page), signature)
    assert (answer.status_code, code_of(answer)) == (422, "other_session")
    assert not signed_in(thief)


def test_a_text_of_another_address_opens_nothing(office, anna):
    card, _one = added(office)
    browser = Browser()
    page = browser.get(SIGNIN)
    signature = card.sign(text_of(browser, page))
    Challenge.objects.update(origin="https://portal.example.org")
    assert code_of(bring(browser, page, signature)) == "other_origin"
    assert not signed_in(browser)


def test_a_signature_over_other_bytes_opens_nothing_and_the_same_text_can_be_signed_again(office, anna):
    card, _one = added(office)
    browser = Browser()
    page = browser.get(SIGNIN)
    text = text_of(browser, page)
    refused = bring(browser, page, card.sign(text + b"\r\n"))
    assert code_of(refused) == "other_content"
    assert text_of(browser, refused) == text
    assert bring(browser, refused, card.sign(text)).status_code == 303


def test_a_text_for_one_service_leads_to_no_other(office, anna, cabinet):
    card, _one = added(office)
    browser = Browser()
    page = browser.get(SIGNIN, params={"next": "/oidc/authorize?client_id=dopusk-cabinet"})
    text = text_of(browser, page)
    assert "Кабинет аккредитации" in text.decode()
    answer = bring(browser, page, card.sign(text), next="/journal/")
    assert code_of(answer) == "other_act"


def test_after_ten_minutes_the_text_is_over(office, anna):
    card, _one = added(office)
    browser = Browser()
    page = browser.get(SIGNIN)
    signature = card.sign(text_of(browser, page))
    Challenge.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert code_of(bring(browser, page, signature)) == "challenge_expired"


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [("revoked", "revoked_before"), ("suspended", "suspended"), ("expired", "expired_at_signing"),
     ("silent", "revocation_unknown"), ("unknown", "root_unknown"), ("garbage", "signature_unreadable"),
     ("absent", "signature_empty"), ("nameless", "snils_missing")],
)  # fmt: skip
def test_every_refusal_says_its_code_and_the_number_for_support(
    office, anna, settings, tmp_path, spoilt, code
):
    card = card_of(office)
    if spoilt == "expired":
        card = card_of(office, issued=timedelta(days=40), days=39)
    if spoilt == "nameless":
        card = card_of(office, snils="")
    if spoilt in {"revoked", "suspended"}:
        office.revoke(card, reason="certificateHold" if spoilt == "suspended" else "unspecified")
    if spoilt == "silent":
        office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    if spoilt == "unknown":
        others = tmp_path / "others"
        others.mkdir()
        settings.SIGNING_ROOTS = others
    browser = Browser()
    page = browser.get(SIGNIN, params={"next": "/journal/"})
    made = {"garbage": b"no signature at all", "absent": b""}.get(spoilt)
    answer = bring(browser, page, card.sign(text_of(browser, page)) if made is None else made)
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert re.search(r"<code>[0-9a-f]{32}</code>", answer.text)
    assert 'name="next" value="/journal/"' in answer.text
    assert not signed_in(browser)


def test_without_an_account_nobody_is_let_in(office, db):
    answer = sign_in(Browser(), card_of(office, "anna"))
    assert (answer.status_code, code_of(answer)) == (422, "certificate_unknown_person")


def test_nothing_is_told_of_accounts_to_whoever_cannot_sign(office, anna):
    """The same answer whether the СНИЛС in a forged certificate is somebody's or nobody's."""
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    hers, nobodys = card_of(office, "anna"), card_of(office, "anna", snils="08765430300")
    assert code_of(sign_in(Browser(), hers)) == code_of(sign_in(Browser(), nobodys)) == "revocation_unknown"


def test_nobody_is_looked_up_for_a_certificate_nobody_vouches_for(
    office, anna, settings, tmp_path, monkeypatch
):
    looked = []
    monkeypatch.setattr(entering, "_of", looked.append)
    others = tmp_path / "others"
    others.mkdir()
    settings.SIGNING_ROOTS = others
    assert code_of(sign_in(Browser(), card_of(office))) == "root_unknown"
    assert looked == [None]


def test_a_certificate_she_has_not_added_leads_to_the_cabinet_and_back(office, anna):
    browser, wanted = Browser(), "/oidc/authorize?client_id=dopusk-cabinet&x=1"
    answer = sign_in(browser, card_of(office), wanted)
    assert code_of(answer) == "certificate_required"
    assert "#certificate_required" in answer.text  # what it means
    way = re.search(r'class="govuk-button" href="([^"]+)"', answer.text)[1].replace("&amp;", "&")
    page = browser.get(way)
    signed = browser.submit(
        page, "/signin/", identifier=sandbox.person("anna").email, password=sandbox.PASSWORD
    )
    assert signed.headers["location"].startswith(ADD)
    page = browser.get(signed.headers["location"])
    done = bring(browser, page, card_of(office).sign(text_of(browser, page)))
    assert (done.status_code, done.headers["location"]) == (303, wanted)
    assert Certificate.objects.filter(account=anna).count() == 1
    entry = Entry.objects.get(act="signin.signature_refused")
    assert (entry.actor, entry.subject) == ("stranger", str(anna.pk))


def test_where_any_certificate_is_taken_the_first_sign_in_adds_it(office, anna, settings):
    settings.SIGNIN_CERTIFICATES = "any"
    browser = Browser()
    assert sign_in(browser, card_of(office)).status_code == 303
    assert signed_in(browser)
    one = Certificate.objects.get(account=anna)
    assert one.came == "signin"
    kinds = set(Notice.objects.filter(account=anna).values_list("kind", flat=True))
    assert {"certificate_added", "certificate_signin"} <= kinds


@pytest.mark.parametrize("accepted", rules.Accepted)
def test_what_she_has_blocked_stays_blocked_whatever_is_accepted(office, anna, settings, accepted):
    settings.SIGNIN_CERTIFICATES = accepted.value
    card, one = added(office)
    sid = Session.objects.filter(account=anna).latest("created_at").pk
    actions.block(anna.pk, one.pk, rules.Reason.LOST, session="", but=sid)
    answer = sign_in(Browser(), card)
    assert (answer.status_code, code_of(answer)) == (422, "certificate_blocked")


def test_an_account_not_confirmed_is_not_entered(office, anna):
    card, _one = added(office)
    Account.objects.filter(pk=anna.pk).update(level="standard")
    assert code_of(sign_in(Browser(), card)) == "certificate_not_confirmed"


def test_a_locked_account_says_so_to_its_owner(office, anna):
    card, _one = added(office)
    lock(anna.pk, "owner")
    answer = sign_in(Browser(), card)
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin/locked/?why=owner")


def test_a_try_by_a_revoked_certificate_is_in_her_journal(office, anna):
    card, one = added(office)
    office.revoke(card)
    sign_in(Browser(), card)
    entry = Entry.objects.get(act="signin.signature_refused")
    assert (entry.subject, entry.object) == (str(anna.pk), one.object_key)


@pytest.fixture
def app(anna, monkeypatch):
    """Анна asks for two steps; `codes()` is what her app shows next."""
    clock = [1_800_000_000.0]
    monkeypatch.setattr("dopusk.portal.factors.actions.time.time", lambda: clock[0])
    secret = begin_totp(anna.pk)
    assert finish_totp(anna.pk, codes.code_at(secret, codes.step_at(clock[0])))

    def code() -> str:
        clock[0] += 60
        return codes.code_at(secret, codes.step_at(clock[0]))

    return code


def test_whoever_asks_for_two_steps_is_asked_after_a_signature_too(office, anna, app):
    card, one = added(office)
    browser = Browser()
    answer = sign_in(browser, card, "/journal/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/signin/second/")
    assert not signed_in(browser)
    page = browser.get("/signin/second/")
    assert "Подпись верна. Остался второй шаг." in page.text
    done = browser.submit(page, "/signin/second/", code=app())
    assert (done.status_code, done.headers["location"]) == (303, "/journal/")
    session = Session.objects.get(pk=Use.objects.get(certificate=one).sid)
    assert session.amr == ["pop", "otp", "mfa"]
    assert Entry.objects.filter(object=one.object_key, words__contains="и второму шагу").exists()


def test_blocked_between_the_steps_it_opens_nothing(office, anna, app):
    card, one = added(office)
    browser = Browser()
    sign_in(browser, card)
    actions.block(anna.pk, one.pk, rules.Reason.LOST, session="", but=one.pk)
    done = browser.submit(browser.get("/signin/second/"), "/signin/second/", code=app())
    assert done.headers["location"] == "/signin/?over=1"
    assert not signed_in(browser)
    assert not Use.objects.exists()
    assert Pending.objects.get().way == entering.WAY
    assert Totp.objects.filter(account=anna).exists()


def test_a_network_that_brings_too_many_waits_and_is_told_so(office, anna, monkeypatch):
    monkeypatch.setattr(signin, "KNOCKS", 3)
    browser = Browser()
    for _ in range(3):
        answer = bring(browser, browser.get(SIGNIN), b"no signature")
        assert code_of(answer) == "signature_unreadable"
    held = bring(browser, browser.get(SIGNIN), b"no signature")
    assert (held.status_code, code_of(held)) == (429, "signin_held")
    elsewhere = Browser(address="203.0.113.5")
    assert code_of(bring(elsewhere, elsewhere.get(SIGNIN), b"no signature")) == "signature_unreadable"


def test_in_a_living_session_a_service_may_ask_for_a_fresh_one(office, anna):
    """`prompt=login`: she is signed in, and signs in anew; the old session ends."""
    card, _one = added(office)
    browser = browser_of(anna)
    before = Session.objects.filter(account=anna, ended_at=None).latest("created_at")
    answer = sign_in(browser, card, "/oidc/authorize?client_id=dopusk-cabinet&again=1")
    assert answer.headers["location"].startswith("/oidc/authorize?")
    before.refresh_from_db()
    assert before.ended_at is not None
    assert signed_in(browser)


def test_the_cookie_goes_nowhere_but_to_this_page(office, db):
    page = Browser().get(SIGNIN)
    cookie = next(one for one in page.headers.get_list("set-cookie") if "portal_signing=" in one)
    assert "Path=/signin/signature/" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signatures_that_are_right_are_not_counted(office, anna, monkeypatch):
    monkeypatch.setattr(signin, "KNOCKS", 3)
    card, _one = added(office)
    for _ in range(6):
        assert sign_in(Browser(), card).status_code == 303


def test_never_all_threads_wait_for_strangers_servers(office, anna, monkeypatch):
    """While others are looked at she is told so at once, and the same signature is good afterwards."""
    card, _one = added(office)
    monkeypatch.setattr(turns, "PATIENCE", 0.01)
    browser = Browser()
    page = browser.get(SIGNIN)
    text = text_of(browser, page)
    with turns.turn(), turns.turn():
        busy = bring(browser, page, card.sign(text))
    assert (busy.status_code, code_of(busy)) == (503, "signature_busy")
    assert text_of(browser, busy) == text
    assert bring(browser, busy, card.sign(text)).status_code == 303


def test_half_an_hour_later_she_proves_herself_by_signing_in_anew(office, anna):
    card, _one = added(office)
    browser = Browser()
    sign_in(browser, card)
    Session.objects.filter(account=anna).update(proved_at=timezone.now() - timedelta(minutes=31))
    asked = browser.get("/security/password/")
    page = browser.get(asked.headers["location"])
    way = re.search(rf'href="({SIGNIN}[^"]+)"', page.text)[1]
    form = browser.get(way.replace("&amp;", "&"))
    answer = bring(browser, form, card.sign(text_of(browser, form)))
    assert answer.headers["location"] == "/security/password/"
    assert browser.get("/security/password/").status_code == 200


def test_whoever_has_no_certificate_is_not_sent_to_sign(db):
    browser = browser_of(known("boris"))
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=31))
    asked = browser.get("/security/password/")
    assert SIGNIN not in browser.get(asked.headers["location"]).text
