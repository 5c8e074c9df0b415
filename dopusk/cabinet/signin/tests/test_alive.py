"""Open pages ask whether Анна is still in; asking prolongs nothing, sets nothing and is answered to her alone."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from dopusk.cabinet.signin import access, alive

pytestmark = pytest.mark.django_db


def ask(client, person):
    """As an open page of the person's does: the status, and the code if she is out."""
    answer = client.get(reverse("signin:alive"), {"owner": alive.owner(person.pk)})
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    return answer.status_code, answer.json()["code"] if answer.content else ""


def shift(client, **changes):
    session = client.session
    for key, by in changes.items():
        session[key] -= int(by.total_seconds())
    session.save()


def test_her_open_page_stays(anna, at_browser):
    assert ask(at_browser(anna), anna) == (204, "")


def test_a_stranger_and_who_left_are_out(anna, at_browser):
    client = at_browser(anna)
    assert ask(Client(), anna) == (401, "left")
    Session.objects.all().delete()  # as the portal's word and her own sign-out do
    assert ask(client, anna) == (401, "left")


def test_another_person_who_signed_in_there_does_not_uncover_it(anna, maria, at_browser):
    assert ask(at_browser(maria), anna) == (401, "other")
    assert at_browser(anna).get(reverse("signin:alive")).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {access.SEEN: access.IDLE + timedelta(seconds=2)},
        {access.BEGAN: access.LONGEST + timedelta(seconds=2)},
    ],
    ids=["an hour unused", "twelve hours"],
)
def test_a_session_that_has_run_out_is_over(anna, at_browser, changes):
    client = at_browser(anna)
    shift(client, **changes)
    assert ask(client, anna) == (401, "idle")


def test_asking_is_no_use_of_the_session(anna, at_browser):
    client = at_browser(anna)
    shift(client, **{access.SEEN: access.IDLE - timedelta(minutes=1)})
    before = Session.objects.get()
    assert ask(client, anna) == (204, "")
    after = Session.objects.get()
    assert (after.session_data, after.expire_date) == (before.session_data, before.expire_date)


def test_asking_costs_one_query(anna, at_browser, django_assert_num_queries):
    client = at_browser(anna)
    with django_assert_num_queries(1):
        ask(client, anna)


def test_a_late_answer_about_the_old_session_does_not_end_a_new_one(anna):
    """The cookie of a session that is gone is not deleted: the browser may have a new one by now."""
    client = Client()
    client.cookies["cabinet_session"] = "a" * 32
    assert ask(client, anna) == (401, "left")


def test_only_her_pages_ask(anna, at_browser, client):
    asking = f'data-alive-url="{reverse("signin:alive")}?owner={alive.owner(anna.pk)}"'
    assert asking in at_browser(anna).get("/journal/").content.decode()
    assert "data-alive-url" not in client.get("/verify/").content.decode()


def test_the_mark_of_an_owner_is_hers_alone(anna, maria):
    assert alive.owner(anna.pk) == alive.owner(anna.pk) != alive.owner(maria.pk)
