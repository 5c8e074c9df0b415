"""The operator's list of workers."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import names, sandbox
from dopusk.registers.population import actions
from dopusk.registers.workers.models import Person

LIST = reverse("workers:index")


@pytest.fixture
def crowd(people):
    """The known people and 120 synthetic ones."""
    actions.populate(120, 1, timezone.localdate(), lambda done, whole: None)


def _walk(query=""):
    """All pages of the list from the first: the people on them, page by page."""
    pages, address = [], f"{LIST}?query={query}"
    while address:
        answer = Browser().get(address)
        assert answer.status_code == 200
        pages.append(answer.context["people"])
        last = answer.context["more"]
        address = f"{LIST}?query={query}&after={last.pk}|{last.name_key}" if last else ""
    return pages


def test_everybody_is_shown_once_in_the_order_of_names(crowd):
    pages = _walk()
    shown = [person for page in pages for person in page]
    assert [len(page) for page in pages] == [50, 50, 30]
    assert [person.pk for person in shown] == [p.pk for p in sorted(shown, key=lambda p: (p.name_key, p.pk))]
    assert {person.pk for person in shown} == set(Person.objects.values_list("pk", flat=True))


def test_namesakes_are_not_lost_between_pages(people):
    orlova = Person.objects.get(snils=sandbox.person("anna").snils)
    for number in range(60):
        orlova.pk, orlova.snils = None, f"00000061{number:03d}"
        orlova.save(force_insert=True)
    assert sum(len(page) for page in _walk("Орлова")) == 61


@pytest.mark.parametrize("query", ["Орлова", "орлова а", "ОРЛОВА АННА", "000-000-600 03", "00000060003"])
def test_anna_is_found_by_the_beginning_of_her_name_and_by_her_number(crowd, query):
    assert sandbox.person("anna").snils in {person.snils for page in _walk(query) for person in page}
    assert all(names.sort_key(query)[:1] in {"о", "0"} for _page in _walk(query))


def test_numbers_are_masked_in_the_list(people):
    page = Browser().get(LIST).content.decode()
    assert "***-***-600 03" in page
    assert "000-000-600 03" not in page
    assert "00000060003" not in page


def test_a_wrong_number_is_said_beside_the_field_and_kept(people):
    answer = Browser().get(LIST, {"query": "112-233-445 96"})
    assert answer.status_code == 422
    assert answer.context["form"].has_error("query", "snils_checksum")
    assert "112-233-445 96" in answer.content.decode()


@pytest.mark.parametrize("after", ["x", "1", "|", "9" * 30 + "|а", "-1|а", "1|" + "я" * 500])
def test_a_spoilt_bookmark_does_no_harm(people, after):
    assert Browser().get(LIST, {"after": after}).status_code in {200, 422}


def test_nobody_found_says_so(people):
    answer = Browser().get(LIST, {"query": "Ъъъ"})
    assert list(answer.context["people"]) == []


def test_annas_record_is_shown_masked(people):
    anna = Person.objects.get(snils=sandbox.person("anna").snils)
    page = Browser().get(reverse("workers:show", args=[anna.pk])).content.decode()
    assert "Безопасность пациентов" in page
    assert "00000060003" not in page
    assert anna.inn not in page
    assert anna.passport_number not in page


def test_a_worker_who_is_not_there_is_not_found(people):
    assert Browser().get(reverse("workers:show", args=[987_654_321])).status_code == 404


def test_outside_the_sandbox_there_is_no_such_page(people, settings):
    settings.SANDBOX = False
    anna = Person.objects.get(snils=sandbox.person("anna").snils)
    assert Browser().get(LIST).status_code == 404
    assert Browser().get(reverse("workers:show", args=[anna.pk])).status_code == 404


def test_a_page_far_down_the_list_is_read_off_the_index(crowd):
    far = Person.objects.order_by("name_key", "id")[60]
    page = Person.objects.all().after(far.name_key, far.pk).order_by("name_key", "id")[:51]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = page.explain()
    assert "person_by_name" in plan
    assert "Sort" not in plan
