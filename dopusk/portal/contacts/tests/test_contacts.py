"""Contacts as Anna changes them, loses them and gets them back."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.codes import actions as codes
from dopusk.portal.codes.tests.letters import last_code, last_path, texts, wrong
from dopusk.portal.contacts import actions, tasks
from dopusk.portal.contacts.models import Change
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
ANNA, BORIS, DARIA = sandbox.person("anna"), sandbox.person("boris"), sandbox.newcomer("daria")
NETWORK = "198.51.100.0/24"


@pytest.fixture
def anna():
    return known("anna").sub


@pytest.fixture
def browser(anna):
    made = Browser()
    assert made.sign_in(ANNA.email).status_code == 303
    return made


def code_of(page):
    """The stable code of a page's refusal."""
    found = re.search(r'data-code="([^"]*)"', page.text)
    return found[1] if found else ""


def post(browser, at, action=None, **fields):
    return browser.submit(browser.get(at), action or at, **fields)


def asks_for(browser, phone):
    return post(browser, "/contacts/phone/", phone=phone)


def changed_phone(sub, new):
    actions.ask_phone(sub, new, network=NETWORK)
    assert isinstance(actions.prove_phone(sub, last_code(new)), actions.Done)
    return Change.objects.filter(account_id=sub, kind="phone", state="done").latest("done_at")


def changed_email(sub, new):
    actions.ask_email(sub, new)
    token = last_path(new).split("/")[3]
    assert isinstance(actions.confirm_email(token, "contacts.email"), actions.Done)
    return Change.objects.filter(account_id=sub, kind="email", state="done").latest("done_at")


def not_me(to):
    """The change that the latest letter to this address can undo."""
    token = last_path(to).split("/")[2]
    return codes.peek(token, "not_me").detail["change"]


def test_the_addresses_have_names():
    names = ["contacts:contacts", "contacts:phone", "contacts:phone_code", "contacts:phone_again",
             "contacts:email", "contacts:email_again"]  # fmt: skip
    assert [reverse(one) for one in names] == [
        "/contacts/", "/contacts/phone/", "/contacts/phone/code/", "/contacts/phone/again/", "/contacts/email/",
        "/contacts/email/again/"]  # fmt: skip
    assert reverse("contacts:confirm", args=["t"]) == "/contacts/email/t/"
    assert reverse("contacts:cancel", args=["phone"]) == "/contacts/cancel/phone/"
    assert reverse("contacts:remove", args=["email"]) == "/contacts/remove/email/"


def test_anna_changes_her_telephone(browser, anna):
    assert path_of(asks_for(browser, "8 (900) 000-00-21")) == "/contacts/phone/code/"
    assert "+7 900 000-00-21" in browser.get("/contacts/").text
    assert actions.contacts_of(anna).phone == ANNA.phone
    assert Browser().sign_in(ANNA.phone).status_code == 303
    answer = post(browser, "/contacts/phone/code/", code=last_code(DARIA.phone))
    assert path_of(answer) == "/contacts/"
    contacts = actions.contacts_of(anna)
    assert (contacts.phone, contacts.waiting) == (DARIA.phone, ())
    assert (Browser().sign_in(DARIA.phone).status_code, Browser().sign_in(ANNA.phone).status_code) == (
        303,
        422,
    )
    acts = list(Entry.objects.about(str(anna)).values_list("act", flat=True))
    assert {"contacts.asked", "contacts.phone_changed"} <= set(acts)


def test_the_old_telephone_and_the_mail_are_told_and_can_undo_it(anna):
    change = changed_phone(anna, DARIA.phone)
    assert not_me(ANNA.phone) == not_me(ANNA.email) == str(change.id)
    assert texts(DARIA.phone)[-1].count("/not-me/") == 0
    assert actions.revert(change.id)
    assert actions.contacts_of(anna).phone == ANNA.phone
    assert Browser().sign_in(ANNA.phone).status_code == 303
    assert not actions.revert(change.id)


def test_a_thief_who_changed_it_twice_undoes_nothing_with_his_own_letters(anna):
    first = changed_phone(anna, DARIA.phone)
    second = changed_phone(anna, "+79000000025")
    actions.ask_phone(anna, "+79000000026", network=NETWORK)
    assert not_me(DARIA.phone) == str(second.id)
    assert actions.revert(first.id)
    assert not actions.revert(second.id)
    contacts = actions.contacts_of(anna)
    assert (contacts.phone, contacts.waiting) == (ANNA.phone, ())


def test_after_ten_days_a_change_stays(anna):
    change = changed_phone(anna, DARIA.phone)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_change SET done_at = now() - interval '10 days 1 second'")
    assert not actions.revert(change.id)
    assert actions.contacts_of(anna).phone == DARIA.phone


def test_what_has_become_anothers_meanwhile_does_not_come_back_and_the_new_one_goes(anna):
    change = changed_phone(anna, DARIA.phone)
    change_sealed(known("boris").sub, phone=ANNA.phone)
    assert actions.revert(change.id)
    assert (actions.contacts_of(anna).phone, actions.contacts_of(known("boris").sub).phone) == (
        "",
        ANNA.phone,
    )


def test_the_telephone_is_asked_for_until_it_is_one(browser):
    for typed, code in (
        ("", "required"),
        ("12345", "phone_format"),
        ("+7 495 123-45-67", "phone_not_mobile"),
        ("8 900 000-00-03", "contact_same"),
    ):
        page = asks_for(browser, typed)
        assert (page.status_code, code_of(page)) == (422, code)
        assert typed in page.text
    assert texts(ANNA.phone) == []


def test_wrong_codes_are_counted_and_the_new_number_stays_unproved(browser, anna):
    asks_for(browser, DARIA.phone)
    bad = wrong(last_code(DARIA.phone))
    codes_seen = [code_of(post(browser, "/contacts/phone/code/", code=bad)) for _ in range(11)]
    assert codes_seen == ["code_wrong"] * 9 + ["code_locked"] * 2
    assert code_of(post(browser, "/contacts/phone/code/", code="")) == "code_required"
    assert code_of(post(browser, "/contacts/phone/code/", code="12")) == "code_format"
    assert actions.contacts_of(anna).phone == ANNA.phone


def test_another_code_comes_after_a_minute_and_the_page_says_when(browser):
    asks_for(browser, DARIA.phone)
    page = browser.get("/contacts/phone/code/")
    early = browser.submit(page, "/contacts/phone/again/")
    assert (early.status_code, code_of(early)) == (429, "too_soon")
    assert path_of(asks_for(browser, DARIA.phone)) == "/contacts/phone/code/"
    assert len(texts(DARIA.phone)) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_counter SET sent = ARRAY[now() - interval '61 seconds']")
    assert path_of(browser.submit(page, "/contacts/phone/again/")) == "/contacts/phone/code/"
    assert len(texts(DARIA.phone)) == 2
    assert path_of(post(browser, "/contacts/phone/code/", code=last_code(DARIA.phone))) == "/contacts/"


def test_a_taken_number_is_told_only_to_whoever_holds_it(browser, anna):
    known("boris")
    free, taken = asks_for(browser, DARIA.phone), asks_for(browser, BORIS.phone)
    assert (free.status_code, free.headers["location"]) == (taken.status_code, taken.headers["location"])
    assert "учётная запись уже есть" in texts(BORIS.phone)[-1].lower()
    assert code_of(post(browser, "/contacts/phone/code/", code=wrong(last_code(BORIS.phone)))) == "code_wrong"
    page = post(browser, "/contacts/phone/code/", code=last_code(BORIS.phone))
    assert (page.status_code, code_of(page)) == (422, "contact_taken")
    assert "/recovery/" in page.text
    contacts = actions.contacts_of(anna)
    assert (contacts.phone, contacts.waiting) == (ANNA.phone, ())
    assert actions.contacts_of(known("boris").sub).phone == BORIS.phone


def test_anna_changes_her_mail_by_a_link_that_does_nothing_until_she_presses(browser, anna):
    assert path_of(post(browser, "/contacts/email/", email="Anna.New@Example.ORG")) == "/contacts/"
    path, elsewhere = last_path("Anna.New@example.org"), Browser()
    for _ in range(2):
        assert elsewhere.get(path).status_code == 200
    assert actions.contacts_of(anna).email == ANNA.email
    answer = elsewhere.submit(elsewhere.get(path), path)
    assert answer.status_code == 200
    assert actions.contacts_of(anna).email == "Anna.New@example.org"
    assert Browser().sign_in("anna.new@example.org").status_code == 303
    over = elsewhere.get(path)
    assert (over.status_code, code_of(over)) == (410, "link_over")
    assert not_me(ANNA.email) == not_me(ANNA.phone)


def test_the_link_of_mail_ends_with_its_day_its_change_and_its_purpose(browser, anna):
    post(browser, "/contacts/email/", email="a@example.org")
    path = last_path("a@example.org")
    assert Browser().get(path.replace("/contacts/email/", "/contacts/email/x")).status_code == 410
    post(browser, "/contacts/", "/contacts/cancel/email/")
    assert Browser().get(path).status_code == 410
    post(browser, "/contacts/email/", email="b@example.org")
    path = last_path("b@example.org")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_change SET made_at = made_at - interval '24 hours'")
    assert Browser().get(path).status_code == 410
    assert actions.contacts_of(anna).waiting == ()
    assert actions.contacts_of(anna).email == ANNA.email


def test_a_newer_address_takes_the_place_of_the_one_that_waited(browser, anna):
    post(browser, "/contacts/email/", email="a@example.org")
    old = last_path("a@example.org")
    post(browser, "/contacts/email/", email="b@example.org")
    assert Browser().get(old).status_code == 410
    assert [one.to for one in actions.contacts_of(anna).waiting] == ["b@example.org"]


def test_mail_is_sent_again_no_sooner_than_in_a_minute(browser):
    post(browser, "/contacts/email/", email="a@example.org")
    post(browser, "/contacts/", "/contacts/email/again/")
    assert len(texts("a@example.org")) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_counter SET sent = ARRAY[now() - interval '61 seconds']")
    post(browser, "/contacts/", "/contacts/email/again/")
    assert len(texts("a@example.org")) == 2


def test_a_taken_address_is_told_only_by_the_letter_to_it(browser, anna):
    known("boris")
    free = post(browser, "/contacts/email/", email="free@example.org")
    taken = post(browser, "/contacts/email/", email=BORIS.email)
    assert (free.status_code, free.headers["location"]) == (taken.status_code, taken.headers["location"])
    page = Browser().get(last_path(BORIS.email))
    assert (page.status_code, code_of(page)) == (200, "contact_taken")
    assert actions.confirm_email(last_path(BORIS.email).split("/")[3], "contacts.email") == actions.Taken(
        BORIS.email
    )
    assert actions.contacts_of(anna).email == ANNA.email


@pytest.mark.parametrize(
    "typed", ["", "anna", "anna@", "anna@example", "a b@example.org", ANNA.email.upper()]
)
def test_what_is_no_new_address_is_said_beside_the_field(browser, typed):
    page = post(browser, "/contacts/email/", email=typed)
    assert page.status_code == 422
    assert code_of(page) in {"required", "email_format", "contact_same"}


def test_one_contact_can_go_and_the_last_one_stays(browser, anna):
    assert path_of(post(browser, "/contacts/remove/phone/")) == "/contacts/"
    assert actions.contacts_of(anna).phone == ""
    assert not_me(ANNA.phone) == str(Change.objects.get(state="done").id)
    page = browser.get("/contacts/remove/email/")
    assert (page.status_code, code_of(page)) == (422, "contact_last")
    with pytest.raises(actions.NotPossible, match="contact_last"):
        actions.remove(anna, "email")
    assert Browser().sign_in(ANNA.phone).status_code == 422
    assert browser.get("/contacts/remove/other/").status_code == 404


def test_without_a_confirmed_contact_the_page_warns(browser, anna):
    Identifier.objects.filter(account_id=anna, kind__in=["phone", "email"]).update(verified_at=None)
    assert code_of(browser.get("/contacts/")) == "contact_none"


def test_a_lost_telephone_is_replaced_by_recovery_and_the_contacts_are_told(anna):
    assert actions.replace_phone(anna, DARIA.phone) == actions.Done(anna, DARIA.phone)
    change = Change.objects.get(state="done")
    assert (change.by, not_me(ANNA.phone), not_me(ANNA.email)) == ("recovery", str(change.id), str(change.id))
    assert actions.replace_phone(known("boris").sub, DARIA.phone) == actions.Taken(DARIA.phone)


@pytest.mark.parametrize(
    "at", ["/contacts/phone/", "/contacts/phone/code/", "/contacts/email/", "/contacts/remove/phone/"]
)
def test_changing_asks_for_identity_proved_within_half_an_hour(browser, at):
    Session.objects.update(proved_at=Session.objects.get().proved_at - timedelta(minutes=31))
    answer = browser.get(at)
    assert (answer.status_code, path_of(answer)) == (302, "/signin/again/")
    assert browser.get("/contacts/").status_code == 200


def test_a_stranger_is_sent_to_sign_in():
    assert path_of(Browser().get("/contacts/")) == "/signin/"
    assert Browser().post("/contacts/cancel/phone/").status_code == 403


@pytest.mark.parametrize("what", ["closed_at", "locked_at", "password_set_at"])
def test_a_link_asked_for_before_a_lock_or_a_new_password_does_nothing(anna, what):
    """A thief in her session asks for his own address; she gets in again by recovery; his link comes too late."""
    actions.ask_email(anna, "thief@example.org")
    actions.ask_phone(anna, DARIA.phone, network=NETWORK)
    Account.objects.update(**{what: timezone.now()})
    token = last_path("thief@example.org").split("/")[3]
    assert Browser().get(f"/contacts/email/{token}/").status_code == 410
    assert actions.confirm_email(token, "contacts.email") is None
    with pytest.raises(actions.NotPossible, match="nothing_waits"):
        actions.prove_phone(anna, last_code(DARIA.phone))
    contacts = actions.contacts_of(anna)
    assert (contacts.email, contacts.phone, contacts.waiting) == (ANNA.email, ANNA.phone, ())


def test_what_waited_a_day_is_given_up_and_what_is_a_month_old_goes(anna):
    changed_phone(anna, DARIA.phone)
    actions.ask_email(anna, "new@example.org")
    assert actions.purge() == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_change SET made_at = made_at - interval '25 hours'")
    assert actions.purge() == 0
    assert set(Change.objects.values_list("state", flat=True)) == {"done", "cancelled"}
    with connection.cursor() as cursor:
        cursor.execute("UPDATE contacts_change SET made_at = made_at - interval '30 days'")
    tasks.purge(0)
    assert Change.objects.count() == 0
