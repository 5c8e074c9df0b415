"""Who signed in by a certificate finds what it says in her draft, and what she typed stays hers."""

import pytest

from dopusk.cabinet.applications import actions, rules
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.tests import drafts
from dopusk.cabinet.signin import certificate
from dopusk.cabinet.signin.rules import CertificateTold

pytestmark = pytest.mark.django_db
TOLD = CertificateTold(
    serial="0a1b",
    issuer="Учебный УЦ",
    email="anna@hospital.example.org",
    organisation="Городская больница № 1",
    title="Медицинская сестра",
)


@pytest.fixture
def by_certificate(monkeypatch):
    """She signed in by this certificate."""
    monkeypatch.setattr(certificate, "of", lambda _request: TOLD)


def step_of(application, step):
    return f"/applications/{application.pk}/steps/{step}/"


def initial(client, application, step):
    return client.get(step_of(application, step)).context["form"].initial


@pytest.mark.usefixtures("by_certificate")
def test_place_of_work_and_post_come_from_the_certificate_and_are_kept_with_the_step(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    form = initial(client, application, "report")
    assert (form["organisation"], form["position"]) == (TOLD.organisation, TOLD.title)
    typed = {"organisation": TOLD.organisation, "position": "Старшая сестра", "agreement": "not_working"}
    client.post(step_of(application, "report"), typed, headers={"accept": "application/json"})
    assert Application.objects.get(pk=application.pk).data["report"]["position"] == "Старшая сестра"
    assert initial(client, application, "report")["position"] == "Старшая сестра"


@pytest.mark.usefixtures("by_certificate")
def test_the_mail_of_the_certificate_fills_only_an_empty_field(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    assert initial(client, application, "contacts")["email"] == "anna@example.org"
    Application.objects.filter(pk=application.pk).update(data={"contacts": {"phone": "+79000000003"}})
    assert initial(client, application, "contacts")["email"] == TOLD.email


@pytest.mark.usefixtures("by_certificate")
def test_a_field_she_emptied_stays_empty(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    actions.save_step(application.pk, anna, "report", {"agreement": "agreed"})
    assert "organisation" not in initial(client, application, "report")


def test_who_came_by_a_password_begins_with_an_empty_report(anna, at_browser):
    assert "organisation" not in initial(at_browser(anna), drafts.draft(anna), "report")


@pytest.mark.usefixtures("by_certificate")
def test_what_she_typed_is_not_said_to_be_of_the_certificate(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    hint = str(client.get(step_of(application, "report")).context["form"]["organisation"].help_text)
    typed = {"organisation": "Больница № 2", "agreement": ""}
    again = client.post(step_of(application, "report"), typed)
    assert again.status_code == 422
    field = again.context["form"]["organisation"]
    assert field.value() == "Больница № 2"
    assert str(field.help_text) != hint


@pytest.mark.parametrize(
    ("step", "answers", "told", "taken"),
    [
        ("contacts", {}, {"email": "a@b.org"}, {"email": "a@b.org"}),
        ("contacts", {"email": "own@b.org"}, {"email": "a@b.org"}, {}),
        ("contacts", {"unfinished": {"email": "own@"}}, {"email": "a@b.org"}, {}),
        ("contacts", {}, {"email": ""}, {}),
        (
            "report",
            {},
            {"organisation": "ГБУЗ", "title": "Врач"},
            {"organisation": "ГБУЗ", "position": "Врач"},
        ),
        ("report", {"agreement": "agreed"}, {"organisation": "ГБУЗ"}, {}),
        ("report", {"unfinished": {"refusal_reason": "x"}}, {"organisation": "ГБУЗ"}, {}),
        ("consent", {}, {"organisation": "ГБУЗ", "email": "a@b.org"}, {}),
    ],
)
def test_what_a_step_takes_from_a_certificate(step, answers, told, taken):
    assert rules.from_certificate(step, answers, told) == taken
