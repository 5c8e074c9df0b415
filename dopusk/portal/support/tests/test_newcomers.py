"""Дарья comes to a desk and has no account: Олег opens one, and only her telephone tells its password."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts import passwords
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.tests.letters import texts
from dopusk.portal.operators.tests.people import PLACE, phone
from dopusk.portal.registration.models import Agreement
from dopusk.portal.signin import actions as signin
from dopusk.portal.support import actions
from dopusk.portal.support.models import Look, Temporary
from dopusk.portal.support.rules import LOOKS_AN_HOUR
from dopusk.portal.tests.browser import Browser, path_of
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


NEWCOMER = {
    "last_name": "Петрова",
    "first_name": "Дарья",
    "patronymic": "",
    "phone": "8 (900) 555-01-02",
    "email": "darya@example.org",
    "ticket": "2026-18",
    "consent": "on",
}
HER_PHONE = "+79005550102"


def open_for(browser: Browser, **changes: str):
    return browser.submit(
        browser.get(reverse("support:new")), reverse("support:new"), **{**NEWCOMER, **changes}
    )


def newcomer() -> Account:
    found = Account.objects.by_text(HER_PHONE)
    assert found
    return found


def temporary_password() -> str:
    return texts(HER_PHONE)[-1].split("временный пароль ", 1)[1].split(",")[0]


def test_an_account_is_opened_at_a_desk_and_its_password_only_she_sees(oleg):
    answer = open_for(oleg)
    assert path_of(answer) == reverse("support:person", args=[newcomer().pk])
    page = oleg.get(answer.headers["location"])
    password = temporary_password()
    assert password not in page.text + answer.text
    assert newcomer().must_change == "operator_made"
    assert newcomer().level == "simplified"
    assert Agreement.objects.get(account=newcomer()).device == "paper"
    assert not newcomer().identifiers.filter(kind="email").exists()
    assert texts("darya@example.org")
    words = list(Entry.objects.filter(subject=str(newcomer().pk)).values_list("act", flat=True))
    assert {"account.opened", "support.account_opened", "support.consent_on_paper"} <= set(words)
    assert password not in "".join(Entry.objects.values_list("words", flat=True))
    begun = signin.sign_in(HER_PHONE, password, PLACE)
    assert isinstance(begun, signin.Awaiting)
    assert begun.step == "password"


def test_a_name_typed_small_at_the_desk_is_kept_with_its_capitals(oleg):
    open_for(oleg, last_name="петрова", first_name="ДАРЬЯ")
    assert (newcomer().last_name, newcomer().first_name) == ("Петрова", "Дарья")


def test_she_chooses_her_own_at_her_first_sign_in(oleg):
    open_for(oleg)
    her = Browser()
    answer = her.sign_in(HER_PHONE, temporary_password())
    assert path_of(answer) == "/signin/password/"
    page = her.get(answer.headers["location"])
    done = her.submit(page, "/signin/password/", new_password="четыре лодки у старого причала")
    assert done.status_code in {302, 303}
    assert newcomer().must_change == ""
    assert her.get("/journal/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"phone": "900"}, "phone_format"),
        ({"email": "darya@"}, "email_format"),
        ({"last_name": "Petrova"}, "name_characters"),
        ({"consent": ""}, "required"),
        ({"ticket": ""}, "required"),
    ],
)
def test_what_is_wrong_with_a_newcomer_is_said_beside_the_field(oleg, changes, code):
    answer = open_for(oleg, **changes)
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert not Account.objects.filter(last_name="Петрова").exists()


def test_a_telephone_belongs_to_one_account(oleg):
    answer = open_for(oleg, phone=phone("anna"))
    assert answer.status_code == 422
    assert 'data-code="phone_taken"' in answer.text
    assert texts(phone("anna")) == []


def test_another_temporary_password_puts_the_first_out(oleg):
    open_for(oleg)
    first = temporary_password()
    address = reverse("support:send_password", args=[newcomer().pk])
    page = oleg.get(address)
    token = page.text.split("<main", 1)[1].split('name="csrfmiddlewaretoken" value="', 1)[1].split('"')[0]
    data = {"csrfmiddlewaretoken": token, "why": "asked", "explained": "СМС не дошла"}
    assert oleg.post(address, data=data).status_code == 302
    second = temporary_password()
    assert first != second
    assert isinstance(signin.sign_in(HER_PHONE, first, PLACE), signin.Mismatch)
    assert isinstance(signin.sign_in(HER_PHONE, second, PLACE), signin.Awaiting)


def test_after_three_days_a_temporary_password_fits_no_more(oleg):
    open_for(oleg)
    password = temporary_password()
    now = timezone.now()
    assert actions.put_out(now + timedelta(hours=71)) == 0
    assert passwords.fits(password, newcomer().password)
    assert actions.put_out(now + timedelta(hours=73)) == 1
    assert not passwords.fits(password, newcomer().password)
    assert newcomer().must_change == "operator_made"
    assert Entry.objects.filter(act="support.password_over", subject=str(newcomer().pk)).count() == 1
    assert actions.put_out(now + timedelta(hours=74)) == 0


def test_a_password_of_her_own_is_not_put_out(oleg):
    open_for(oleg)
    her = newcomer()
    actions.set_password(her, "четыре лодки у старого причала")
    assert actions.put_out(timezone.now() + timedelta(hours=73)) == 0
    assert passwords.fits("четыре лодки у старого причала", newcomer().password)
    assert Temporary.objects.get(account=her).over_at


def test_telephones_are_not_tried_out_by_opening_accounts_with_them(oleg):
    for tried in range(LOOKS_AN_HOUR):
        assert code_of(open_for(oleg, phone=phone("anna"))) == "phone_taken", tried
    for number in (phone("anna"), HER_PHONE):
        answer = open_for(oleg, phone=number)
        assert answer.status_code == 429
        assert 'data-code="too_many_looks"' in answer.text
    assert Account.objects.by_text(HER_PHONE) is None
    assert not Look.objects.exclude(account=None).exists(), "a taken number opens nobody's page"


def code_of(page) -> str:
    found = re.search(r'data-code="([^"]+)"', page.text)
    return found[1] if found else ""
