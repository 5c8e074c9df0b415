"""What these tests do again and again: a person's card, her browser, a text taken and its signature brought."""

import re
from datetime import UTC, datetime
from typing import Any

import httpx

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import actions
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.sessions.actions import Place, start
from dopusk.portal.tests.browser import Browser, known
from dopusk.trust.subjects import Subject
from dopusk.web.signing.tests.office import Card, Office

PLACE = Place(network="198.51.100.0/24", device="Firefox, Linux")
SIGNIN, ADD = "/signin/signature/", "/certificates/add/"


def subject(key: str, **changes: str) -> Subject:
    """A known person as an authority names her."""
    who = sandbox.person(key)
    facts = {
        "last_name": who.last_name,
        "first_name": who.first_name,
        "patronymic": who.patronymic,
        "snils": who.snils,
        **changes,
    }
    return Subject(**facts)


def card_of(office: Office, key: str = "anna", **changes: Any) -> Card:
    """Her certificate and key."""
    of_card = {name: changes.pop(name) for name in ("issued", "days", "crl_only") if name in changes}
    return office.card(subject(key, **changes), **of_card)


def browser_of(account: Account, amr: tuple[str, ...] = ("pwd",)) -> Browser:
    """A browser already signed in."""
    opened = start(account.pk, PLACE, amr=list(amr), words="вход")
    browser = Browser()
    browser.cookies.set("portal_session", opened.cookie, domain="localhost.local")
    return browser


def text_of(browser: Browser, page: httpx.Response) -> bytes:
    """The exact bytes the page asks to sign, as the browser downloads them."""
    link = re.search(r'href="([^"]+/content/)"', page.text)
    assert link, page.text[:2000]
    return browser.get(link[1]).content


def bring(browser: Browser, page: httpx.Response, signature: bytes, **fields: str) -> httpx.Response:
    """Send the form with a file, as without any script."""
    action = re.search(r'<form[^>]*action="([^"]+)"[^>]*data-signing', page.text)
    assert action
    form = re.search(r"<form[^>]*data-signing.*?</form>", page.text, re.DOTALL)
    assert form
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]))
    hidden = {name: value.replace("&amp;", "&").replace("&#x27;", "'") for name, value in hidden.items()}
    return browser.post(
        action[1], data={**hidden, **fields}, files={"signature_file": ("text.p7s", signature)}
    )


def code_of(page: httpx.Response) -> str:
    """The code of the refusal on a page, without its why."""
    found = re.search(r"<code>([a-z_]+)(:[a-z_]+)?</code>", page.text)
    return found[1] if found else ""


def sign_in(browser: Browser, card: Card, next_path: str = "/", **fields: str) -> httpx.Response:
    """Open the page, sign what it shows, send it."""
    page = browser.get(SIGNIN, params={"next": next_path})
    return bring(browser, page, card.sign(text_of(browser, page)), **fields)


def add(browser: Browser, card: Card, next_path: str = "/") -> httpx.Response:
    """The same in the cabinet of certificates."""
    page = browser.get(ADD, params={"next": next_path})
    assert page.status_code == 200, page.headers.get("location")
    return bring(browser, page, card.sign(text_of(browser, page)))


def added(office: Office, key: str = "anna", **changes: Any) -> tuple[Card, Certificate]:
    """Her card, put into her cabinet."""
    card = card_of(office, key, **changes)
    answer = add(browser_of(known(key)), card)
    assert answer.status_code == 303, code_of(answer)
    return card, Certificate.objects.get(sha256=actions.sha256_of(card.certificate))


def now() -> datetime:
    """Of the clock."""
    return datetime.now(UTC)
