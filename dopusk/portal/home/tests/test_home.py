"""The first page and the journal: a person's own, and nobody else's."""

import pytest
from django.db import transaction
from django.urls import reverse

from dopusk.portal.home.rules import wants_attention
from dopusk.portal.tests.browser import CABINET, Browser, known, path_of
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry


@pytest.mark.parametrize(
    ("level", "unverified", "codes"),
    [
        ("confirmed", set(), []),
        ("standard", set(), ["not_confirmed"]),
        ("standard", {"email"}, ["not_confirmed", "email_unverified"]),
        ("confirmed", {"email", "phone"}, ["phone_unverified", "email_unverified"]),
    ],
)
def test_what_wants_attention(level, unverified, codes):
    assert [one.code for one in wants_attention(level, frozenset(unverified))] == codes


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
def test_ksenia_is_told_that_she_is_not_confirmed_and_anna_that_all_is_well():
    assert "dk-notice--warning" in signed_in("ksenia").get("/").text
    page = signed_in("anna").get("/").text
    assert ("dk-notice--warning" in page, "dk-notice--success" in page) == (False, True)


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
    with django_assert_max_num_queries(3):
        anna.get("/")
    with django_assert_max_num_queries(3):
        anna.get("/journal/")


@pytest.mark.django_db
def test_who_signs_out_of_the_portal_is_shown_the_cabinet_to_close_too():
    page = signed_in("anna").get("/oidc/logout").text
    assert f'<a class="govuk-link" href="{CABINET}/">' in page
