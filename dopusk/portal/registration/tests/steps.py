"""The steps of registration as a browser takes them: for tests."""

import re

from django.db import connection

from dopusk.kernel import sandbox
from dopusk.portal.codes.tests.letters import last_code
from dopusk.portal.tests.browser import path_of

DARIA = sandbox.newcomer("daria")
PASSWORD = "три синих трамвая у реки"
START, ABOUT, CODE, SECRET = (
    "/registration/",
    "/registration/about/",
    "/registration/code/",
    "/registration/password/",
)


def code_of(page):
    """The stable code of a page's refusal."""
    found = re.search(r'data-code="([^"]*)"', page.text)
    return found[1] if found else ""


def post(browser, at, action=None, **fields):
    return browser.submit(browser.get(at), action or at, **fields)


def agrees(browser, **fields):
    return post(browser, START, consent="on", **fields)


def tells(browser, **changes):
    fields = {
        "last_name": DARIA.last_name, "first_name": DARIA.first_name, "patronymic": DARIA.patronymic,
        "phone": "8 (900) 000-00-21", "email": DARIA.email,
    }  # fmt: skip
    return post(browser, ABOUT, **(fields | changes))


def comes_to_password(browser, **changes):
    agrees(browser)
    tells(browser, **changes)
    assert path_of(post(browser, CODE, code=last_code(changes.get("phone", DARIA.phone)))) == SECRET


def registers(browser, **changes):
    comes_to_password(browser, **changes)
    return post(browser, SECRET, new_password=PASSWORD)


def pass_a_minute():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_counter SET sent = ARRAY[now() - interval '61 seconds']")
