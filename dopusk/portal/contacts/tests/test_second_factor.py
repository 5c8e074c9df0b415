"""Where codes by SMS go is a matter of the second factor: who has one shows it before a contact changes."""

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.contacts.models import Change
from dopusk.portal.factors import actions as factors
from dopusk.portal.factors.rules import Ask
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin.tests.steps import app_shows, enrol_app
from dopusk.portal.tests.browser import Browser, known, path_of

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")
THIEFS = "+79001112233"


@pytest.fixture
def secret():
    """Anna has an app, and is asked for it on new devices only."""
    account = known("anna")
    made = enrol_app(account)
    factors.set_ask(account.pk, Ask.NEW_DEVICES)
    return made


@pytest.fixture
def at_her_computer(secret):
    """A session of her password alone, in a browser that is known."""
    browser = Browser()
    assert path_of(browser.sign_in(ANNA.email)) == "/signin/second/"
    page = browser.get("/signin/second/")
    browser.submit(page, "/signin/second/", code=app_shows(secret))
    del browser.cookies["portal_session"]
    browser.sign_in(ANNA.email)
    assert Session.objects.latest("created_at").amr == ["pwd"]
    return browser


@pytest.mark.parametrize("page", ["phone/", "phone/code/", "email/", "remove/phone/", "remove/email/"])
def test_a_password_alone_opens_no_page_that_changes_a_contact(at_her_computer, page):
    answer = at_her_computer.get(f"/contacts/{page}")
    assert answer.headers["location"] == f"/signin/again/?next=/contacts/{page}"


def test_a_thief_with_her_password_gives_her_codes_no_other_telephone(at_her_computer):
    token = {"X-CSRFToken": at_her_computer.cookies["portal_csrf"]}
    for page, fields in (("phone/", {"phone": THIEFS}), ("email/", {"email": "thief@example.org"}),
                         ("phone/again/", {}), ("email/again/", {}), ("remove/email/", {})):  # fmt: skip
        answer = at_her_computer.post(f"/contacts/{page}", data=fields, headers=token)
        assert path_of(answer) == "/signin/again/", page
    assert not Change.objects.exists()
    assert Account.objects.get().opened()["phone"] == ANNA.phone
