"""Strangers cannot fill the database with forms, nor sweep out what Анна typed."""

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from dopusk.cabinet.signin import access, kept
from dopusk.cabinet.signin.models import KeptForm

pytestmark = pytest.mark.django_db


def form():
    """The address of some form of the cabinet."""
    return f"/applications/{uuid.uuid4()}/steps/contacts/"


def send(client, path=""):
    return client.post(path or form(), {"phone": "900"})


def shut_out(client):
    """Let the session in this browser run out."""
    session = client.session
    session[access.SEEN] = int(timezone.now().timestamp() - access.IDLE.total_seconds() - 1)
    session.save()
    return client


def kept_of(client, path):
    return KeptForm.objects.filter(handle=kept._index(client.cookies[kept.COOKIE].value, path)).exists()


def test_a_browser_keeps_its_newest_forms(client):
    paths = [form() for _ in range(kept.MOST_OF_BROWSER + 3)]
    for path in paths:
        send(client, path)
    assert [path for path in paths if kept_of(client, path)] == paths[3:]


def test_a_form_sent_again_takes_no_further_place(client):
    first, second = form(), form()
    send(client, first)
    for _ in range(kept.MOST_OF_BROWSER + 1):
        send(client, second)
    assert kept_of(client, first)
    assert KeptForm.objects.count() == 2


def test_browsers_without_a_cookie_fill_no_more_than_the_whole(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 5)
    browsers, path = [Client() for _ in range(8)], form()
    for browser in browsers:
        assert send(browser, path).status_code == 302
    assert [kept_of(browser, path) for browser in browsers] == [False] * 3 + [True] * 5


def test_a_flood_of_strangers_leaves_annas_form(monkeypatch, anna, at_browser):
    monkeypatch.setattr(kept, "MOST", 5)
    browser, path = shut_out(at_browser(anna)), form()
    send(browser, path)
    for _ in range(8):
        send(Client())
    assert kept_of(browser, path)
    assert KeptForm.objects.count() == 5


def test_a_stranger_for_whom_no_room_is_left_is_told_so(monkeypatch, anna, at_browser):
    monkeypatch.setattr(kept, "MOST", 2)
    browser = shut_out(at_browser(anna))
    send(browser)
    send(browser)
    stranger = Client(enforce_csrf_checks=True)
    stranger.cookies["cabinet_csrf"] = "a" * 32
    answer = send(stranger)
    assert answer.status_code == 403
    assert kept.COOKIE not in answer.cookies
    assert KeptForm.objects.filter(known=True).count() == 2 == KeptForm.objects.count()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_do_not_stand_in_each_others_way(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    gate, told = threading.Barrier(6), []

    def come():
        gate.wait()
        try:
            told.extend(send(Client()).status_code for _ in range(8))
        finally:
            connection.close()

    threads = [threading.Thread(target=come) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert told == [302] * 48
    send(Client())
    assert KeptForm.objects.count() == 3
