"""The first page and the journal: a person's own, and nobody else's."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.models import Account
from dopusk.portal.contacts.models import Change
from dopusk.portal.home import journal_views
from dopusk.portal.notices.actions import tell
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.proofing.standing import suspend
from dopusk.portal.recovery.tests import steps
from dopusk.portal.recovery.tests.steps import path_of_page
from dopusk.portal.sessions.models import Device
from dopusk.portal.tests.browser import Browser, known, path_of
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry


def codes(answer) -> set[str]:
    return set(re.findall(r'data-code="([^"]+)"', answer.text))


def tellers(page) -> dict[int, str]:
    """Whom the journal names as the doer, by number of entry."""
    found = re.findall(r'<li data-by="(\w+)">.*?№ (\d+)', page.text, re.DOTALL)
    return {int(number): by for by, number in found}


def signed_in(who: str) -> Browser:
    known(who)
    browser = Browser()
    browser.sign_in(f"{who}@example.org")
    return browser


@pytest.mark.django_db
def test_a_stranger_is_welcomed_and_a_person_greeted_by_name():
    assert reverse("home:home") == "/"
    assert "/signin/" in Browser().get("/").text
    page = signed_in("anna").get("/").text
    assert "Анна Сергеевна" in page
    assert "Орлова А. С." in page


@pytest.mark.django_db
def test_ksenia_is_told_that_she_is_not_confirmed_and_anna_only_of_the_second_step():
    assert "not_confirmed" in codes(signed_in("ksenia").get("/"))
    anna = signed_in("anna")
    assert codes(anna.get("/")) == {"no_second_factor"}
    Account.objects.filter(pk=known("anna").sub).update(second_factor=True)
    page = anna.get("/")
    assert (codes(page), "dk-notice--success" in page.text) == (set(), True)


@pytest.mark.django_db
def test_a_month_after_the_beginning_the_profile_is_asked_about_until_answered():
    anna = signed_in("anna")
    Account.objects.update(created_at=timezone.now() - timedelta(days=40), second_factor=True)
    page = anna.get("/")
    assert codes(page) == {"look"}
    answer = anna.submit(page, "/profile/look/", decision="right")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert codes(anna.get("/")) == set()


@pytest.mark.django_db
def test_what_waits_and_what_was_decided_is_read_from_its_slices():
    anna = signed_in("anna")
    sub = known("anna").sub
    known("boris")
    suspend(sub, next(iter(StandingCode)), known("boris").sub, "Проверяем паспорт")
    change = Change(account_id=sub, kind="email", by="owner", made_at=timezone.now())
    change.keep("anna@example.org", "anna@example.net")
    change.save()
    Account.objects.filter(pk=sub).update(cooling_until=timezone.now() + timedelta(hours=5))
    seen = {"cooling", "confirmation_suspended", "email_unverified", "no_second_factor"}
    assert codes(anna.get("/")) == seen
    Account.objects.filter(pk=sub).update(cooling_until=timezone.now() - timedelta(hours=5))
    assert "cooling" not in codes(anna.get("/"))


@pytest.mark.django_db
def test_an_operator_finds_the_way_to_her_desk():
    anna = signed_in("anna")
    assert 'href="/desk/"' not in anna.get("/").text
    appoint(known("anna").sub, Role.SUPPORT, by="system")
    assert 'href="/desk/"' in anna.get("/").text


@pytest.mark.django_db
def test_notices_are_new_once():
    assert reverse("home:notices") == "/notices/"
    anna = signed_in("anna")
    tell(known("anna").sub, "password_changed", to=[])
    assert 'href="/notices/"' in anna.get("/").text
    first, again = anna.get("/notices/"), anna.get("/notices/")
    assert ("dk-tag--blue" in first.text, "dk-tag--blue" in again.text) == (True, False)
    boris = signed_in("boris").get("/notices/")
    assert "Пароль изменён" not in boris.text


@pytest.mark.django_db
def test_the_journal_holds_ones_own_entries_only():
    signed_in("boris")
    anna = signed_in("anna")
    with transaction.atomic():
        record(actor="system", act="x.y", subject=str(known("boris").sub), words="Тайна Бориса")
        record(actor="system", act="x.y", subject=str(known("anna").sub), words="Дело Анны")
    page = anna.get(reverse("home:journal")).text
    assert ("Дело Анны" in page, "Тайна Бориса" in page) == (True, False)


@pytest.mark.django_db
def test_the_journal_is_paged():
    anna = signed_in("anna")
    with transaction.atomic():
        for number in range(60):
            record(actor="system", act="x.y", subject=str(known("anna").sub), words=f"Запись {number:02d}.")
    first, last = anna.get("/journal/"), anna.get("/journal/?page=3")
    assert ("Запись 59." in first.text, "Запись 00." in first.text) == (True, False)
    assert "Запись 00." in last.text
    assert anna.get("/journal/?page=nonsense").status_code == 200
    assert Entry.objects.about(str(known("anna").sub)).count() == 62


@pytest.mark.django_db
def test_a_stranger_has_no_journal_and_comes_back_to_it_after_sign_in():
    answer = Browser().get("/journal/?page=2")
    assert path_of(answer) == "/signin/"
    assert answer.headers["location"] == "/signin/?next=/journal/%3Fpage%3D2"


@pytest.mark.django_db
def test_pages_cost_few_statements(django_assert_max_num_queries):
    anna = signed_in("anna")
    with django_assert_max_num_queries(10):
        anna.get("/")
    with django_assert_max_num_queries(3):
        anna.get("/journal/")
    for _number in range(30):
        tell(known("anna").sub, "password_changed", to=[])
    with django_assert_max_num_queries(4):
        anna.get("/notices/")


def note(act: str, words: str, *, actor: str = "system", who: str = "anna") -> Entry:
    sub = str(known(who).sub)
    with transaction.atomic():
        record(actor=sub if actor == "own" else actor, act=act, subject=sub, words=words)
    return Entry.objects.latest("number")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?kind=signins", {"signin.done"}),
        ("?kind=consents", {"consent.given"}),
        ("?kind=data", {"oidc.entered"}),
        ("?kind=changes", {"account.opened", "profile.fact_added"}),
        (
            "?kind=nonsense&period=nonsense",
            {"signin.done", "consent.given", "oidc.entered", "account.opened"},
        ),
        ("?kind=consents&period=week", {"consent.given"}),
    ],
)
def test_the_journal_is_narrowed_by_kind_and_period(query, seen):
    anna = signed_in("anna")
    for act in ("consent.given", "oidc.entered", "profile.fact_added"):
        note(act, f"Запись {act}", actor="own")
    page = anna.get(f"/journal/{query}").text
    numbers = {int(number) for number in re.findall(r"№ (\d+)", page)}
    acts = set(Entry.objects.filter(number__in=numbers).values_list("act", flat=True))
    assert seen <= acts
    if "nonsense" not in query:
        assert acts <= seen | {"signin.second_asked"}


@pytest.mark.django_db
def test_sign_ins_name_this_session_and_a_local_network():
    anna = signed_in("anna")
    assert "этот сеанс" in anna.get("/journal/?kind=signins").text
    home = Browser(address="192.168.1.7")
    home.sign_in("anna@example.org")
    assert "локальная сеть" in home.get("/journal/?kind=signins").text


@pytest.mark.django_db
def test_the_journal_is_taken_out_as_a_table_and_as_json():
    assert reverse("home:export_journal") == "/journal/export/"
    anna = signed_in("anna")
    note("x.y", "=cmd|' /C calc'!A0")
    page = anna.get("/journal/")
    table = anna.submit(page, "/journal/export/", format="csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";"))
    assert any(cell == "'=cmd|' /C calc'!A0" for row in rows for cell in row)
    told = json.loads(anna.submit(page, "/journal/export/", format="json").content)
    assert len(told) == len(rows)  # the head line, and the export noted meanwhile
    assert told[0]["act"] == "journal.exported"
    assert told[0]["by"] == "own"


@pytest.mark.django_db
def test_failed_sign_ins_are_a_strangers_and_no_operators():
    known("anna")
    Browser("203.0.113.9").sign_in("anna@example.org", "wrong")
    anna = signed_in("anna")
    note("support.looked_up", "Поддержка открыла Вашу учётную запись", actor=str(known("boris").sub))
    page = anna.get("/journal/")
    acts = dict(Entry.objects.values_list("number", "act"))
    told = {acts[number]: by for number, by in tellers(page).items()}
    seen = {"signin.failed": "stranger", "signin.done": "own", "support.looked_up": "operator"}
    assert {act: told[act] for act in seen} == seen
    taken = json.loads(anna.submit(page, "/journal/export/", format="json").content)
    assert {one["act"]: one["by"] for one in taken}["signin.failed"] == "stranger"


@pytest.mark.django_db
def test_what_an_operator_did_about_others_is_hers_to_see_and_not_to_take():
    anna = signed_in("anna")
    sub, boris = str(known("anna").sub), str(known("boris").sub)
    with transaction.atomic():
        record(actor=sub, act="signin.unlocked", subject=boris, words="Вход Бориса снова открыт")
    page = anna.get("/journal/")
    entry = Entry.objects.latest("number")
    assert tellers(page)[entry.number] == "desk"
    assert "Вход Бориса" not in page.text + anna.get("/").text  # that is said to Boris
    assert boris[:8] in page.text
    assert reverse("home:not_me", args=[entry.number]) not in page.text
    assert anna.get(reverse("home:not_me", args=[entry.number])).status_code == 404
    assert "Вход Бориса" not in anna.submit(page, "/journal/export/", format="json").text


@pytest.mark.django_db
def test_it_was_not_me_asks_then_locks_and_leads_to_recovery():
    anna, thief = signed_in("anna"), signed_in("anna")
    entry = Entry.objects.filter(act="signin.done").latest("number")
    address = reverse("home:not_me", args=[entry.number])
    assert address in anna.get("/journal/").text
    page = anna.get(address)
    assert known("anna").locked_at is None
    answer = anna.submit(page, address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/recovery/")
    account = known("anna")
    assert (account.locked_at is not None, account.lock_reason) == (True, "owner")
    for browser in (anna, thief):
        assert path_of(browser.get("/journal/")) == "/signin/"
    assert Entry.objects.filter(act="journal.not_me", object=f"journal:{entry.number}").count() == 1
    assert account.notices.filter(kind="locked").count() == 1


@pytest.mark.django_db
def test_she_is_told_beforehand_that_confirmed_services_will_wait(monkeypatch):
    anna = signed_in("anna")
    address = reverse("home:not_me", args=[Entry.objects.filter(act="signin.done").latest("number").number])
    assert "will_wait" in codes(anna.get(address))
    monkeypatch.setattr(journal_views, "protected", lambda _account: True)
    assert "will_wait" not in codes(anna.get(address))
    monkeypatch.undo()
    Account.objects.filter(pk=known("anna").sub).update(level="standard")
    assert "will_wait" not in codes(anna.get(address))


@pytest.mark.django_db
def test_nobody_disowns_anothers_entry_or_what_the_portal_did():
    anna, boris = signed_in("anna"), signed_in("boris")
    entry = note("profile.fact_added", "Вы добавили в профиль: образование", actor="own")
    assert boris.get(f"/journal/{entry.number}/not-me/").status_code == 404
    theirs = note("profile.name_changed", "Имя изменено", actor=str(known("boris").sub))
    assert anna.get(f"/journal/{theirs.number}/not-me/").status_code == 404
    assert anna.get("/journal/999999/not-me/").status_code == 404


@pytest.mark.django_db
def test_a_recovery_she_disowns_goes_no_further():
    Account.objects.filter(pk=known("anna").sub).update(level="simplified")
    anna, thief = signed_in("anna"), Browser("203.0.113.9")
    assert path_of_page(steps.by_phone(thief, "anna@example.org")) == "/recovery/password/"
    entry = Entry.objects.get(act="recovery.begun")
    address = reverse("home:not_me", args=[entry.number])
    assert anna.submit(anna.get(address), address).status_code == 303
    assert path_of_page(thief.get("/recovery/password/", follow_redirects=True)) == "/recovery/"
    assert known("anna").locked_at is not None
    assert not Device.objects.filter(account=known("anna")).exists()
