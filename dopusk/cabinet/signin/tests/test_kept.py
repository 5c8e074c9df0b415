"""A form kept leads back to its page, and to no other site."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["//evil.example/form/", "/\\evil.example/form/", "///evil.example"])
def test_an_old_page_leads_to_no_other_site(path):
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["cabinet_csrf"] = "a" * 32
    answer = browser.post(
        "/i18n/setlang/", {"language": "en"}, headers={"referer": f"http://testserver{path}"}
    )
    assert answer.status_code == 302
    assert answer.url == "/i18n/setlang/"


def test_an_old_page_comes_back_to_itself():
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["cabinet_csrf"] = "a" * 32
    answer = browser.post(
        "/i18n/setlang/", {"language": "en"}, headers={"referer": "http://testserver/profile/"}
    )
    assert answer.url == "/profile/"
