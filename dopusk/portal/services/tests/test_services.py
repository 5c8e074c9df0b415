"""The service page knows what this very person lacks."""

import pytest
from django.urls import reverse

from dopusk.portal.services.rules import Need, Portrait, accreditation_needs
from dopusk.portal.tests.browser import CABINET, Browser, known

IN_ORDER = Portrait("confirmed", snils=True, phone_verified=True, email_verified=True)


@pytest.mark.parametrize(
    ("portrait", "lacking"),
    [
        (IN_ORDER, []),
        (Portrait("standard", snils=True, phone_verified=True, email_verified=False), ["confirmed"]),
        (
            Portrait("simplified", snils=False, phone_verified=False, email_verified=True),
            ["snils", "confirmed"],
        ),
        (Portrait("confirmed", snils=True, phone_verified=False, email_verified=False), ["contact"]),
        (
            Portrait("confirmed", snils=True, phone_verified=True, email_verified=True, cooling=True),
            ["cooling"],
        ),
        (None, ["signed_in", "contact", "snils", "confirmed"]),
    ],
)
def test_what_is_lacking(portrait, lacking):
    assert [need.code for need in accreditation_needs(portrait) if not need.met] == lacking


def test_all_needs_are_always_named():
    assert [need.code for need in accreditation_needs(IN_ORDER)] == [
        need.code for need in accreditation_needs(None)
    ]
    assert Need("snils", met=True) in accreditation_needs(IN_ORDER)


@pytest.mark.django_db
def test_anna_goes_on_and_ksenia_is_not_sent_where_nobody_lets_her_in():
    pages = {}
    for who in ("anna", "ksenia"):
        known(who)
        browser = Browser()
        browser.sign_in(f"{who}@example.org")
        pages[who] = browser.get(reverse("services:accreditation")).text
    assert pages["anna"].count(f'href="{CABINET}/signin/"') == 1
    assert f'href="{CABINET}/signin/"' not in pages["ksenia"]
    assert "dk-tag--yellow" not in pages["anna"]
    assert pages["ksenia"].count("dk-tag--yellow") == 1
    assert pages["ksenia"].count('href="/proofing/?next=/services/accreditation/"') == 2


@pytest.mark.django_db
def test_a_stranger_sees_what_is_needed():
    assert Browser().get(reverse("services:list")).status_code == 200
    page = Browser().get(reverse("services:accreditation")).text
    assert (page.count("dk-tag--grey"), "dk-tag--yellow" in page) == (4, False)
