"""What a service may do after she has left the portal ends with whatever throws everybody out who came in before."""

from datetime import timedelta

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.actions import make_link
from dopusk.portal.esia.tests import esia_client
from dopusk.portal.oidc.models import Grant
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
from dopusk.portal.profile import closing
from dopusk.portal.proofing import standing
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.recovery import endings
from dopusk.portal.recovery.tests import steps
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.support import actions as support
from dopusk.portal.support.rules import Act, Why
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.journal.actions import verify
from dopusk.web.journal.models import Entry
from tests.conformance.party import PHARMACY, fault, lasting, opens, pharmacy, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
ANNA, NEW = "anna@example.org", "скворец у дальней дороги"


@pytest.fixture(autouse=True)
def _pharmacy(db):
    pharmacy()


def changes_password(browser: Browser, **fields: str) -> None:
    page = browser.get("/security/password/")
    values = {"current_password": sandbox.PASSWORD, "new_password": NEW, **fields}
    assert browser.submit(page, "/security/password/", **values).status_code in {302, 303}


def changes_it_and_ends_other_entries(browser: Browser) -> None:
    changes_password(browser, end_others="on")
    assert browser.get("/security/").status_code == 200  # her own session stays


def recovers(_: Browser) -> None:
    steps.recover(Browser("203.0.113.9"), ANNA)


def has_to_change_it(_: Browser) -> None:
    Account.objects.filter(pk=known("anna").pk).update(must_change="aged")
    browser = Browser()
    browser.sign_in(ANNA)
    answer = browser.submit(browser.get("/signin/password/"), "/signin/password/", new_password=NEW)
    assert answer.status_code == 303


def by_support(act: Act) -> None:
    operator("oleg", Role.SUPPORT)
    by = support.Operator(known("oleg").sub, "")
    support.do(act, known("anna").sub, by, why=Why.LEAKED, explained="так надо")


def is_ordered_to_change_it(_: Browser) -> None:
    by_support(Act.ORDER_PASSWORD)


def is_locked_by_support(_: Browser) -> None:
    by_support(Act.LOCK)


def is_locked(_: Browser) -> None:
    signin.lock(known("anna").sub, "owner")


def says_it_was_not_she(_: Browser) -> None:
    token = make_link(
        "not_me", "", sub=known("anna").sub, good_for=timedelta(days=1), detail={"act": "recovered"}
    )
    assert endings.disavow(token)


def is_suspended(_: Browser) -> None:
    standing.suspend(
        known("anna").sub, StandingCode.SUSPECTED_FRAUD, known("oleg").sub, "Вход из двух стран."
    )


def has_it_withdrawn(_: Browser) -> None:
    standing.withdraw(known("anna").sub, StandingCode.SUSPECTED_FRAUD, known("oleg").sub, "Чужой паспорт.")


ENDS = [
    changes_it_and_ends_other_entries,
    recovers,
    has_to_change_it,
    is_ordered_to_change_it,
    is_locked_by_support,
    is_locked,
    says_it_was_not_she,
    is_suspended,
    has_it_withdrawn,
]


@pytest.mark.parametrize("anna", ENDS)
@pytest.mark.parametrize("session_lives", [True, False])
def test_what_lasts_ends_with(anna, session_lives, settings):
    settings.RECOVERY_COOLING_HOURS = 0
    browser = Browser()
    told = lasting(browser)
    if not session_lives:  # then there is no session whose end would bring it along
        Session.objects.update(expires_at="2000-01-01T00:00:00Z")
        if anna is changes_it_and_ends_other_entries:
            browser = Browser()
            browser.sign_in(ANNA)
    anna(browser)
    assert opens(told["access_token"]).status_code == 401
    if Account.objects.get(pk=known("anna").pk).locked_at:
        signin.unlock(known("anna").sub, by="system", why="разобрались")
    assert fault(refresh(told["refresh_token"])) == (400, "invalid_grant", "refresh_revoked")
    line = Entry.objects.about(str(known("anna").sub)).get(act="oidc.lasting_ended")
    assert line.object == f"client:{PHARMACY}"
    assert verify()[1] is None


def test_a_closed_account_leaves_nothing_that_lasts():
    told = lasting()
    closing.close(known("anna").sub, session="")
    assert opens(told["access_token"]).status_code == 401
    assert refresh(told["refresh_token"]).status_code == 400
    assert not Grant.objects.filter(revoked_at=None).exists()


def signs_out(browser: Browser) -> None:
    assert browser.submit(browser.get("/"), "/signout/").status_code in {302, 303}


def ends_other_entries(browser: Browser) -> None:
    other = Browser()
    other.sign_in(ANNA)
    page = other.get("/security/sessions/")
    assert other.submit(page, "/security/sessions/end/").status_code in {302, 303}


def changes_it_alone(browser: Browser) -> None:
    changes_password(browser)


def has_her_sessions_ended_by_support(_: Browser) -> None:
    by_support(Act.END_SESSIONS)


@pytest.mark.parametrize(
    "anna", [signs_out, ends_other_entries, changes_it_alone, has_her_sessions_ended_by_support]
)
def test_what_lasts_outlives(anna):
    browser = Browser()
    told = lasting(browser)
    anna(browser)
    assert opens(told["access_token"]).status_code == 200
    assert refresh(told["refresh_token"]).status_code == 200
    assert not Entry.objects.filter(act="oidc.lasting_ended").exists()


def test_one_service_is_named_once_and_not_after_she_has_withdrawn_her_consent():
    from dopusk.portal.consents.actions import revoke
    from dopusk.portal.consents.models import Consent

    lasting()
    revoke(known("anna").sub, Consent.objects.get(client_id=PHARMACY).pk, session="")
    browser = Browser()
    lasting(browser), lasting(browser)
    is_locked(browser)
    assert Entry.objects.filter(act="oidc.lasting_ended").count() == 1
    assert not Grant.objects.filter(offline=True, revoked_at=None).exists()


def test_of_other_people_nothing_ends():
    told = lasting()
    signin.lock(known("boris").sub, "owner")
    assert refresh(told["refresh_token"]).status_code == 200


@pytest.mark.parametrize("generation", [1, 2], ids=["v1", "v2"])
def test_offline_access_by_the_other_dialect_ends_with_it(generation):
    esia_client.registered()
    service = esia_client.Esia(generation)
    told = service.markers(access_type="offline")
    endings.end_everything(known("anna"), "Доступ восстановлен, все прежние входы завершены")
    assert service.post(service.refresh(told["refresh_token"])).status_code == 400
    assert Entry.objects.filter(act="oidc.lasting_ended").count() == 1
