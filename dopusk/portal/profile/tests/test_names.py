"""A confirmed name changes by a document that an operator has seen, and is confirmed anew."""

import pytest

from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.profile import actions
from dopusk.portal.profile.models import Document, NameChange
from dopusk.portal.profile.tests.test_pages import _csrf, codes, send, signed_in, simplified, sub_of
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import known, path_of
from dopusk.web.files.tests.papers import exe, pdf
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    settings.STATE = tmp_path


def files_for(browser, last_name: str = "Соколова", content: bytes | None = None):
    page = browser.get("/profile/name/")
    data = {**_csrf(page), "last_name": last_name, "first_name": "Анна", "patronymic": "Сергеевна"}
    return browser.post("/profile/name/", data=data, files={"file": ("брак.pdf", content or pdf())})


def operator(who: str = "boris"):
    """Boris reviews, signed in with two factors."""
    known(who)
    browser = signed_in(who)
    appoint(sub_of(who), Role.REVIEWER, by="system")
    Session.objects.filter(account_id=sub_of(who)).update(amr=["pwd", "otp", "mfa"])
    return browser


def test_a_new_name_typed_small_is_kept_with_its_capitals():
    assert files_for(signed_in(), "соколова").status_code == 302
    assert NameChange.objects.get().opened()["last_name"] == "Соколова"


def test_a_name_once_kept_without_its_capitals_can_be_put_right():
    Account.objects.filter(pk=known("anna").pk).update(last_name="орлова")
    assert files_for(signed_in(), "Орлова").status_code == 302
    assert NameChange.objects.get().opened()["last_name"] == "Орлова"


def test_anna_files_a_marriage_certificate_and_waits():
    """profile:name_change"""
    anna = signed_in()
    assert files_for(anna).status_code == 302
    change = NameChange.objects.get()
    assert (change.state, change.opened()["last_name"]) == ("waiting", "Соколова")
    assert "Соколова".encode() not in bytes(change.sealed)
    assert known("anna").last_name == "Орлова"
    again = files_for(anna)
    assert (again.status_code, codes(again)) == (422, {"waits_already"})


@pytest.mark.parametrize(
    ("last_name", "content", "code"),
    [("орлова", None, "same_name"), ("Sokolova", None, "name_characters"), ("Соколова", exe(), "file_type")],
)
def test_what_cannot_be_filed_keeps_what_was_typed(last_name, content, code):
    answer = files_for(signed_in(), last_name, content)
    assert (answer.status_code, codes(answer)) == (422, {code})
    assert last_name in answer.text
    assert not NameChange.objects.exists()
    assert not Document.objects.exists()


def test_she_may_take_the_request_back_and_its_scan_is_then_hers_to_delete():
    """profile:withdraw_name"""
    anna = signed_in()
    files_for(anna)
    document = Document.objects.get()
    with pytest.raises(actions.NotDone, match="in_review"):
        actions.remove_document(sub_of("anna"), document.pk, session="")
    page = anna.get("/profile/name/")
    anna.submit(page, "/profile/name/withdraw/")
    assert NameChange.objects.get().state == "withdrawn"
    actions.remove_document(sub_of("anna"), document.pk, session="")


def test_a_newcomer_needs_no_document():
    simplified()
    assert path_of(signed_in().get("/profile/name/")) == "/profile/"


def test_boris_sees_the_document_approves_and_the_name_is_confirmed_anew():
    """profile:names profile:name profile:name_document"""
    files_for(signed_in())
    change = NameChange.objects.get()
    boris = operator()
    assert f"/desk/names/{change.pk}/" in boris.get("/desk/names/").text
    unseen = send(boris, f"/desk/names/{change.pk}/", decision="approve")
    assert path_of(unseen) == f"/desk/names/{change.pk}/"
    assert known("anna").last_name == "Орлова"
    scan = boris.get(f"/desk/names/{change.pk}/document/")
    assert scan.content[:5] == b"%PDF-"
    read = Entry.objects.get(act="profile.document_read")
    assert (read.actor, read.subject) == (str(sub_of("boris")), str(sub_of("anna")))
    assert send(boris, f"/desk/names/{change.pk}/", decision="approve").status_code == 302
    anna = Account.objects.get(pk=sub_of_account(change))
    assert (anna.last_name, anna.level) == ("Соколова", "standard")
    change.refresh_from_db()
    assert (change.state, change.decided_by) == ("approved", str(sub_of("boris")))
    assert Notice.objects.filter(account=anna, kind="name_changed").exists()
    assert boris.get(f"/desk/names/{change.pk}/document/").status_code == 404


def sub_of_account(change: NameChange):
    return change.account_id


def test_a_refusal_has_a_reason_that_anna_reads():
    anna = signed_in()
    files_for(anna)
    change = NameChange.objects.get()
    boris = operator()
    wrong = send(boris, f"/desk/names/{change.pk}/", decision="refuse")
    assert wrong.status_code == 422
    send(boris, f"/desk/names/{change.pk}/", decision="refuse", reason="unreadable")
    assert codes(anna.get("/profile/name/")) == {"unreadable"}
    assert (known("anna").last_name, known("anna").level) == ("Орлова", "confirmed")
    with pytest.raises(actions.NotDone, match="decided_already"):
        actions.approve_name_change(change.pk, by=sub_of("boris"), session="")


def test_nobody_decides_her_own_request_or_without_the_post():
    anna = signed_in()
    files_for(anna)
    change = NameChange.objects.get()
    assert anna.get("/desk/names/").status_code == 403
    assert signed_in("boris").get(f"/desk/names/{change.pk}/").status_code == 403
    anna = operator("anna")
    page = anna.get(f"/desk/names/{change.pk}/")
    assert codes(page) == {"own_request"}
    anna.post(f"/desk/names/{change.pk}/", data={**_csrf(page), "decision": "approve"})
    assert known("anna").last_name == "Орлова"
    with pytest.raises(actions.NotDone, match="gone"):
        actions.approve_name_change(sub_of("anna"), by=sub_of("boris"), session="")
