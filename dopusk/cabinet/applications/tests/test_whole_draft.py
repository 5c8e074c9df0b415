"""Анна fills in her application from nothing to submission, over the running registers."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dopusk.cabinet.applications.models import Application
from dopusk.web.files.tests import papers

pytestmark = pytest.mark.django_db


def scan(name="скан.pdf"):
    return SimpleUploadedFile(name, papers.pdf(2), "application/pdf")


def seen(page):
    return re.search(r'name="seen" value="([0-9a-f]*)"', page.content.decode())[1]


def test_anna_applies(registers, anna, at_browser):
    client = at_browser(anna)
    page = client.get("/")
    assert "Подайте заявление" in page.content.decode()
    page = client.get("/applications/new/")
    assert 'value="34.02.01" checked' in page.content.decode()
    answer = client.post("/applications/new/", {"specialty": "34.02.01"})
    application = Application.objects.get()
    assert answer.url == reverse("applications:show", args=[application.pk])
    assert (application.specialty_name, application.education_level) == ("Сестринское дело", "secondary")
    base = f"/applications/{application.pk}/"
    assert client.get(base).status_code == 200
    for step in ("contacts", "specialty", "report", "documents", "consent"):
        assert client.get(f"{base}steps/{step}/").status_code == 200, step
    report = f"{base}steps/report/"
    answer = client.post(
        report,
        {
            "seen": seen(client.get(report)),
            "agreement": "agreed",
            "activity_report": scan(),
            "agreement_file": scan(),
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    assert client.post(f"{base}steps/documents/", {"action": "done"}).status_code == 302
    assert client.post(f"{base}steps/consent/", {"given": "on"}).status_code == 302
    page = client.get(f"{base}preflight/").content.decode()
    assert "Все условия выполнены" in page
    page = client.get(f"{base}submit/").content.decode()
    digest = re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]
    assert client.post(f"{base}submit/", {"digest": digest}).status_code == 302
    application.refresh_from_db()
    assert application.state == "SUBMITTED"
    assert application.snapshot["documents"][0]["title"] == "Орлова А. С. отчёт о деятельности на 2 л."
    page = client.get(base).content.decode()
    assert "Отправлено" in page
    assert client.get("/journal/").status_code == 200
    assert client.get("/profile/").status_code == 200
    assert client.get("/applications/").status_code == 200
