"""Walking recovery in tests: pages filled in as a person does, codes read from letters."""

import re

import httpx
from django.utils import timezone

from dopusk.portal.codes.models import Code
from dopusk.portal.recovery.models import Recovery
from dopusk.portal.tests.browser import Browser
from dopusk.web.delivery.models import Letter

NEW = "скворец у дальней дороги"


def code_of(response: httpx.Response) -> str:
    """The code of what is wrong on a page; empty when nothing is."""
    found = re.search(r'data-code="([^"]*)"', response.text)
    return found[1] if found else ""


def letters(purpose: str) -> list[Letter]:
    """Letters of a purpose that still hold their text, the newest first."""
    return list(Letter.objects.filter(purpose=purpose).order_by("-created_at"))


def digits(purpose: str) -> str:
    """The code of the newest letter."""
    found = re.search(r"\b(\d{6})\b", letters(purpose)[0].parcel().text)
    assert found
    return found[1]


def begin(browser: Browser, identifier: str, channel: str = "sms") -> httpx.Response:
    """The first page, filled in; the page that follows."""
    page = browser.get("/recovery/")
    answer = browser.submit(page, "/recovery/", identifier=identifier, channel=channel)
    return browser.get(answer.headers["location"]) if answer.is_redirect else answer


def enter(browser: Browser, action: str, **fields: str) -> httpx.Response:
    """Fill in the form of a page and follow it once."""
    answer = browser.submit(browser.get(action), action, **fields)
    return browser.get(answer.headers["location"]) if answer.is_redirect else answer


def by_phone(browser: Browser, identifier: str) -> httpx.Response:
    """One contact shown: the telephone."""
    begin(browser, identifier)
    return enter(browser, "/recovery/code/", code=digits("recovery.phone"))


def by_email(browser: Browser, identifier: str) -> httpx.Response:
    """One contact shown: the mail."""
    begin(browser, identifier, "mail")
    return enter(browser, "/recovery/code/", code=digits("recovery.email"))


def and_email(browser: Browser) -> httpx.Response:
    """The mail as the second contact."""
    page = browser.get("/recovery/more/")
    browser.submit(page, "/recovery/again/", channel="mail")
    return enter(browser, "/recovery/code/", code=digits("recovery.email"))


def set_password(browser: Browser, password: str = NEW) -> httpx.Response:
    """The last page."""
    return enter(browser, "/recovery/password/", new_password=password)


def recover(browser: Browser, identifier: str) -> httpx.Response:
    """A confirmed person gets back in by both contacts."""
    by_phone(browser, identifier)
    and_email(browser)
    return set_password(browser)


def later(delta: object) -> None:
    """Time passes for the recovery and its codes."""
    for one in Recovery.objects.all():
        one.sent_at -= delta  # type: ignore[operator]  # a timedelta
        one.ends_at -= delta  # type: ignore[operator]
        one.started_at -= delta  # type: ignore[operator]
        one.save()
    for code in Code.objects.all():
        code.good_until -= delta  # type: ignore[operator]
        code.save()
    assert timezone.now()


def path_of_page(page: httpx.Response) -> str:
    """Where a person stands."""
    return re.sub(r"^https?://[^/]+", "", str(page.url)).split("?")[0]
