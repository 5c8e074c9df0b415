"""Everything about Anna in one file; and how an account ends."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts.actions import known_identity, open_account
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.consents.models import Consent
from dopusk.portal.factors.actions import turn_on_sms
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.profile import actions, closing, export, owned
from dopusk.portal.profile.models import Document, Fact
from dopusk.portal.profile.tests.test_documents import upload
from dopusk.portal.profile.tests.test_pages import _csrf, codes, signed_in, sub_of
from dopusk.portal.profile.tests.test_rules import COLLEGE, HOME
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.proofing.standing import suspend
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import Browser, code_for, exchange, known, parameters, path_of, userinfo
from dopusk.web.delivery.models import Letter
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests.papers import pdf
from dopusk.web.journal.actions import verify
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    settings.STATE = tmp_path


def close(browser, typed: str = "закрыть", password: str = sandbox.PASSWORD):
    page = browser.get("/profile/close/")
    data = {**_csrf(page), "typed": typed, "password": password}
    return browser.post("/profile/close/", data=data)


@pytest.mark.parametrize("address", ["/profile/export/", "/profile/close/"])
def test_both_ask_to_prove_identity_again(address):
    """profile:export profile:close"""
    anna = signed_in()
    Session.objects.update(proved_at=timezone.now() - dt.timedelta(minutes=31))
    for answer in (anna.get(address), anna.post(address)):
        assert answer.status_code in {302, 403}
    asked = anna.get(address)
    assert (path_of(asked), parameters(asked)["next"]) == ("/signin/again/", address)


@pytest.mark.parametrize("address", ["/profile/export/", "/profile/close/"])
def test_whoever_has_a_second_factor_shows_it_too(address):
    anna = signed_in()
    assert anna.get(address).status_code == 200
    turn_on_sms(sub_of("anna"))
    asked = anna.get(address)
    assert (path_of(asked), parameters(asked)["next"]) == ("/signin/again/", address)
    Session.objects.filter(account_id=sub_of("anna")).update(amr=["pwd", "sms", "mfa"])
    assert anna.get(address).status_code == 200


def test_the_export_holds_everything_but_secrets(cabinet):
    anna = Browser()
    code_for(anna)
    sub = sub_of("anna")
    actions.add_fact(sub, "education", COLLEGE, session="")
    actions.add_fact(sub, "residence", HOME, session="")
    upload(anna, pdf())
    page = anna.get("/profile/export/")
    answer = anna.post("/profile/export/", data=_csrf(page))
    assert "attachment" in answer.headers["content-disposition"]
    told = json.loads(answer.content)
    assert set(export.PARTS) <= set(told)
    opened = known("anna").opened()
    assert {name: told["account"][name] for name in opened} == opened
    assert told["profile"]["education"][0]["institution"] == COLLEGE["institution"]
    assert [one["title"] for one in told["documents"]] == ["диплом колледжа"]
    assert [one["client_id"] for one in told["consents"]] == ["dopusk-cabinet"]
    assert len(told["sessions"]) == 1
    assert [one["kind"] for one in told["identifiers"]] == ["email", "inn", "phone", "snils"]
    acts = [one["act"] for one in told["journal"]]
    assert {"signin.done", "consent.given", "oidc.entered", "profile.fact_added"} <= set(acts)
    assert known("anna").password not in answer.text
    assert anna.cookies["portal_session"] not in answer.text
    assert Entry.objects.about(str(sub))[0].act == "profile.exported"


def test_every_table_of_a_person_is_spoken_of_and_no_secret_column_is():
    for model, _owner in owned.tables():
        if model not in export.SPOKEN_OF:
            for name in export._open_fields(model):
                assert not export.WITHHELD.search(name), f"{model.__name__}.{name}"
    told = export.further(sub_of("anna"))
    assert set(told) <= {model._meta.label_lower for model, _owner in owned.tables()}


def test_an_operators_acts_about_others_are_not_in_her_export():
    known("boris")
    appoint(sub_of("anna"), Role.REVIEWER, by=str(sub_of("boris")))
    told = export.journal(sub_of("boris"))
    assert "operator.appointed" not in [one["act"] for one in told]
    assert "operator.appointed" in [one["act"] for one in export.journal(sub_of("anna"))]


def test_the_wrong_word_closes_nothing():
    anna = signed_in()
    answer = close(anna, "да")
    assert (answer.status_code, codes(answer)) == (422, {"not_typed"})
    assert known("anna").closed_at is None


@pytest.mark.parametrize(
    ("password", "code"), [("", "password_missing"), ("не тот пароль", "password_wrong")]
)
def test_a_session_left_open_closes_nothing_without_the_password(password, code):
    answer = close(signed_in(), password=password)
    assert (answer.status_code, code in codes(answer)) == (422, True)
    assert known("anna").closed_at is None


def test_the_password_cannot_be_guessed_there():
    anna = signed_in()
    answers = [close(anna, password=f"догадка {number}") for number in range(12)]
    assert (answers[-1].status_code, "held" in codes(answers[-1])) == (429, True)
    assert close(anna).status_code == 429
    assert known("anna").closed_at is None


def test_whoever_came_by_a_passkey_needs_no_password():
    anna = signed_in()
    Session.objects.filter(account_id=sub_of("anna")).update(amr=["hwk", "user", "mfa"])
    assert close(anna, password="").status_code == 200
    assert Account.objects.filter(closed_at__isnull=False).exists()


def test_an_operator_has_to_leave_her_post_first():
    anna = signed_in()
    appoint(sub_of("anna"), Role.SUPPORT, by="system")
    assert codes(anna.get("/profile/close/")) == {"holds_post"}
    page = anna.get("/profile/")
    answer = anna.post("/profile/close/", data={**_csrf(page), "typed": "закрыть"})
    assert (answer.status_code, known("anna").closed_at) == (422, None)


def test_a_closed_account_is_erased_and_its_phone_is_free(cabinet, django_capture_on_commit_callbacks):
    anna = Browser()
    token = exchange(code_for(anna)).json()["access_token"]
    sub = sub_of("anna")
    actions.add_fact(sub, "education", COLLEGE, session="")
    upload(anna, pdf())
    other = signed_in()
    with django_capture_on_commit_callbacks(execute=True):
        answer = close(anna)
    assert answer.status_code == 200
    account = Account.objects.get(pk=sub)
    assert account.closed_at is not None
    assert (account.last_name, account.birth_date, account.opened()) == ("", None, closing.NOTHING)
    assert not Identifier.objects.filter(account=account).exists()
    assert not Fact.objects.exists()
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()
    assert Consent.objects.get().revoked_at is not None
    assert path_of(other.get("/profile/")) == "/signin/"
    assert userinfo(token).status_code == 401
    assert Letter.objects.filter(about=str(sub), purpose="notices.closed").exists()
    assert Entry.objects.about(str(sub))[0].act == "account.closed"
    assert verify()[1] is None
    stranger = Browser().sign_in("anna@example.org")
    nobody = Browser().sign_in("nobody@example.org")
    assert (stranger.status_code, codes(stranger)) == (nobody.status_code, codes(nobody))
    fresh = open_account(known_identity(sandbox.person("anna")), sandbox.PASSWORD, demo=True)
    assert fresh.sub != sub


def test_nothing_of_a_closed_account_is_left_in_any_slice(cabinet):
    anna = signed_in()
    sub = sub_of("anna")
    actions.add_fact(sub, "education", COLLEGE, session="")
    actions.look_later(sub)
    close(anna)
    left = {
        model._meta.label
        for model, owner in owned.tables()
        if owned.rows(model, owner, sub).exists()
    }  # fmt: skip
    assert left <= closing.KEPT
    for late in (
        lambda: closing.close(sub, session=""),
        lambda: actions.add_fact(sub, "education", COLLEGE, session=""),
        lambda: actions.look_later(sub),
    ):
        with pytest.raises(actions.NotDone, match="gone"):
            late()


def test_who_is_suspended_waits_for_the_decision():
    anna = signed_in()
    known("boris")
    suspend(sub_of("anna"), StandingCode(next(iter(StandingCode))), sub_of("boris"), "Проверяем паспорт")
    assert codes(anna.get("/profile/close/")) == {"suspended"}
    with pytest.raises(actions.NotDone, match="suspended"):
        closing.close(sub_of("anna"), session="")
    told = export.proofing(sub_of("anna"))
    assert [one["words"] for one in told["decisions"]] == ["Проверяем паспорт"]
    assert str(sub_of("boris")) not in json.dumps(export.everything(sub_of("anna")), default=str)


def test_others_keep_what_is_theirs():
    known("boris")
    actions.add_fact(sub_of("boris"), "education", COLLEGE, session="")
    close(signed_in())
    assert Fact.objects.get().account_id == sub_of("boris")
    assert Identifier.objects.filter(account_id=sub_of("boris")).count() == 4
