"""The console in English: nothing Russian is left on it but what came with the request."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.tests.signed_requests import (
    OWN,
    REFRESH,
    V1,
    VALUES,
    Case,
    stamp,
    v1_ac,
    v1_te,
    v2_ac,
)

RUSSIAN = re.compile("[а-яё]{2,}", re.IGNORECASE)
UNSAID = re.compile(r"<(style|script|footer)\b.*?</\1>|<[^>]+lang=\"ru\"[^>]*>[^<]*<|<[^>]*>", re.DOTALL)
SUBJECT = "Система регистратуры"  # of the certificates, as their owner named himself
JUDGED = {
    "v1": lambda: v1_ac().judged(),
    "string of v1 at v2": lambda: v2_ac().judged(v2_ac().signature(v2_ac().joined(*V1))),
    "other attached string": lambda: v1_ac().judged(
        OWN.pkcs7(v1_ac().joined(*V1, scope="openid"), attached=True)
    ),
    "detached string": lambda: v1_te().judged(OWN.pkcs7(v1_te().string)),
    "hash of the PEM": lambda: v2_ac().judged(client_certificate_hash=OWN.hashes["pem_sha256"]),
    "another hash": lambda: v2_ac().judged(client_certificate_hash="0" * 64),
    "clock behind": lambda: v1_ac().of(timestamp=stamp(-90_000)).judged(),
    "clock ahead": lambda: v1_ac().of(timestamp=stamp(400)).judged(),
    "literal": lambda: v2_ac().judged("clientSecret"),
    "refresh": lambda: Case("v3/te", OWN).of(**REFRESH).judged("no"),
    "lenient": lambda: Case("v2/ac", OWN, lenient=True).judged(OWN.pkcs7(Case("v2/ac", OWN).string)),
}
TOLD = {
    "redirect": {
        "redirect_uri": {"given": "https://example.org/x", "registered": [VALUES["redirect_uri"]]},
    },
    "scope": {"scope": {"given": ["openid", "inn"], "granted": ["openid"]}},
    "data": {"path": "/rs/prns/1", "needed": "inn", "scopes": ["openid"], "parameters": ["client_id"]},
}


def russian_on(address):
    browser = Client()
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    answer = browser.get(address)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert '<html lang="en"' in text
    main = text[text.index("<main") : text.index("</main>")]
    return RUSSIAN.findall(UNSAID.sub(" ", main).replace(SUBJECT, ""))


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.SANDBOX = True


@pytest.mark.django_db
@pytest.mark.parametrize("name", JUDGED)
def test_a_judged_signature_is_told_in_english(name):
    verdict = JUDGED[name]()
    kept = diagnosis.record("v2/ac", "DOPUSK", verdict.fault, verdict.report)
    assert russian_on(reverse("esia:console_diagnosis", args=[kept])) == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", TOLD)
def test_another_refusal_is_told_in_english(name):
    fault = EsiaFault("007023", "redirect_unregistered", "redirect_uri")
    kept = diagnosis.record("v2/ac", "DOPUSK", fault, TOLD[name])
    assert russian_on(reverse("esia:console_diagnosis", args=[kept])) == []


@pytest.mark.django_db
def test_the_list_is_in_english_empty_and_full():
    assert russian_on(reverse("esia:console")) == []
    verdict = v2_ac().judged("no")
    diagnosis.record("v2/ac", "", verdict.fault, verdict.report)
    assert russian_on(reverse("esia:console")) == []


@pytest.mark.django_db
def test_the_page_of_test_people_is_in_english():
    assert russian_on(reverse("esia:people")) == []
