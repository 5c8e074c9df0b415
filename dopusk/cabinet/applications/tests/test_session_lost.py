"""The session ended while Анна was typing: what she typed comes back after sign-in."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from dopusk.cabinet.applications.actions import start
from dopusk.cabinet.signin import access, kept
from dopusk.cabinet.signin.models import KeptForm
from dopusk.cabinet.signin.tests import people

pytestmark = pytest.mark.django_db
TYPED = {"email": "not finished@", "phone": "900 000-00-99", "seen": ""}
OURS = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def step(anna):
    return f"/applications/{start(anna).pk}/steps/contacts/"


def come_back(client, person):
    session = client.session
    session[access.KEY], session[access.SEEN] = person.pk, int(timezone.now().timestamp())
    session.save()


def test_a_form_without_a_session_is_kept_and_comes_back_filled(anna, step, client):
    answer = client.post(step, TYPED, headers={"referer": f"http://testserver{step}"}, **OURS)
    assert answer.url == f"/signin/?next={step.replace('/', '%2F')}"
    come_back(client, anna)
    page = client.get(step).content.decode()
    assert 'value="not finished@"' in page
    assert 'value="900 000-00-99"' in page
    assert "Набранное сохранилось" in page


def test_what_is_kept_cannot_be_read_in_the_database(step, client):
    client.post(step, TYPED)
    assert b"not finished" not in bytes(KeptForm.objects.get().sealed)


def test_once_the_form_has_arrived_nothing_is_kept(anna, step, client):
    client.post(step, TYPED)
    come_back(client, anna)
    client.post(step, {"email": "anna@example.org", "phone": "+79000000003", "seen": ""})
    assert not KeptForm.objects.exists()


def test_after_half_an_hour_it_is_gone(anna, step, client):
    client.post(step, TYPED)
    KeptForm.objects.update(created_at=timezone.now() - kept.LIFETIME - timedelta(seconds=1))
    come_back(client, anna)
    assert "not finished@" not in client.get(step).content.decode()
    assert kept.purge() == 1


def test_another_browser_does_not_get_it(anna, step, client, at_browser):
    client.post(step, TYPED)
    assert "not finished@" not in at_browser(anna).get(step).content.decode()


def test_another_person_at_the_same_browser_does_not_get_it(maria, step, client):
    client.post(step, TYPED)
    come_back(client, maria)
    assert client.get(step).status_code == 404


def test_a_form_of_another_site_is_not_kept(step, client):
    client.post(step, TYPED, HTTP_ORIGIN="https://evil.example")
    assert not KeptForm.objects.exists()


def test_two_forms_of_one_browser_are_both_kept(anna, step, client):
    other = step.replace("contacts", "report")
    client.post(step, TYPED)
    client.post(other, {"agreement": "refused", "refusal_reason": "нет цифр за 2024 год"})
    come_back(client, anna)
    assert "нет цифр за 2024 год" in client.get(other).content.decode()
    assert "not finished@" in client.get(step).content.decode()


def test_a_chosen_file_has_to_be_chosen_again(anna, step, client):
    report = step.replace("contacts", "report")
    scan = SimpleUploadedFile("скан.pdf", b"%PDF-1.7")
    client.post(report, {"agreement": "agreed", "activity_report": scan})
    come_back(client, anna)
    assert "выбрать снова" in client.get(report).content.decode()


def test_a_page_that_saves_itself_is_told_to_sign_in(step, client):
    answer = client.post(step, TYPED, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert not KeptForm.objects.exists()


def test_an_old_page_after_a_new_sign_in_loses_nothing(anna, step):
    client = people.browser(anna, enforce_csrf_checks=True)
    client.get(step)
    old = client.cookies["cabinet_csrf"].value
    client.cookies["cabinet_csrf"] = "a" * 32  # she has signed in again in another tab
    answer = client.post(step, {**TYPED, "csrfmiddlewaretoken": old}, **OURS)
    assert (answer.status_code, answer.url) == (302, step)
    assert 'value="not finished@"' in client.get(step).content.decode()


def test_a_form_without_any_cookie_is_explained(step):
    answer = Client(enforce_csrf_checks=True).post(step, TYPED)
    assert answer.status_code == 403
    assert not KeptForm.objects.exists()
