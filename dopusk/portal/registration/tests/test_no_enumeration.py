"""A stranger who registers learns nothing of who has an account: Anna's contacts and free ones get the same pages."""

import re

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.codes import fields
from dopusk.portal.codes.tests.letters import last_code, texts, wrong
from dopusk.portal.registration.tests.test_registration import CODE, agrees, post, tells
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db
ANNA, DARIA, LIDIA = sandbox.person("anna"), sandbox.newcomer("daria"), sandbox.newcomer("lidia")
PAIRS = [
    ({"phone": ANNA.phone, "email": LIDIA.email}, {"phone": DARIA.phone, "email": LIDIA.email}),
    ({"phone": LIDIA.phone, "email": ANNA.email}, {"phone": DARIA.phone, "email": DARIA.email}),
    ({"phone": ANNA.phone, "email": ANNA.email}, {"phone": DARIA.phone, "email": DARIA.email}),
]


def shape(page, given):
    """Status, headers that matter, and the body without what is the stranger's own or random."""
    body = page.text
    for value in (*given.values(), fields.unbroken(given["phone"])):
        body = body.replace(value, "…")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", body)
    body = re.sub(r"\b[0-9a-f]{16,32}\b", "", body)  # the trace
    body = re.sub(r'value="\d{6}"', "", body)  # the code he guessed
    body = re.sub(r"\d\d:\d\d(:\d\d)?|data-again-in=\"\d+\"", "", body)
    body = re.sub(r"через \d+ секунд\w*", "", body)
    headers = {name: page.headers.get(name) for name in ("location", "cache-control", "content-type")}
    return page.status_code, headers, body


def walk(given):
    """Everything a stranger can do with somebody's number and address without reading what is sent there."""
    browser, seen = Browser(), []
    agrees(browser)
    seen += [tells(browser, **given), browser.get(CODE)]
    bad = wrong(last_code(given["phone"]))
    seen += [post(browser, CODE, code=text) for text in ("", "12", bad)]
    seen += [
        browser.submit(browser.get(CODE), "/registration/code/again/"),
        browser.get("/registration/taken/"),
    ]
    seen += [
        browser.get("/registration/password/"),
        tells(browser, **given),
        browser.get("/registration/about/"),
    ]
    seen += [post(browser, CODE, code=bad) for _ in range(10)]
    seen += [tells(browser, **given), browser.submit(browser.get(CODE), "/registration/code/again/")]
    return [shape(page, given) for page in seen]


@pytest.mark.parametrize(("taken", "free"), PAIRS)
def test_taken_and_free_contacts_get_the_same_pages(taken, free):
    known("anna")
    for of_taken, of_free in zip(walk(taken), walk(free), strict=True):
        assert of_taken == of_free


def test_the_same_number_of_messages_leaves_for_both():
    known("anna")
    for given in PAIRS[2]:
        walk(given)
        assert (len(texts(given["phone"])), len(texts(given["email"]))) == (1, 0)
