"""A real Chromium, one window a person."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dopusk.stand.running import RunningStand
from tests.journeys.letters import Letters

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SLOWEST_MS = 60_000  # for what the worker does by itself on a busy machine

Person = Callable[[str], Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium on PATH, else the one Playwright has downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """window() opens a window of its own, with its own cookies; keyword arguments as Playwright's new_context."""
    opened = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow", **options)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def person(stand: RunningStand, window: Callable[..., BrowserContext]) -> Person:
    """person("anna") is Анна's window, signed in to the cabinet through the portal."""
    pages: dict[str, Page] = {}

    def sign_in(key: str) -> Page:
        if key not in pages:
            pages[key] = window().new_page()
            enter_cabinet(stand, pages[key], key)
        return pages[key]

    return sign_in


def enter_cabinet(stand: RunningStand, page: Page, key: str, to: str = "/") -> None:
    """Sign a demo person in to the cabinet through the portal and agree to what it asks."""
    page.goto(f"{stand.cabinet}/signin/?next={to}")
    enter_portal(stand, page, key)
    page.wait_for_url(f"{stand.cabinet}/**")


def enter_portal(stand: RunningStand, page: Page, key: str) -> None:
    """The portal's own pages, from the one that asks who she is."""
    identifier = f"{key}@example.org"
    page.locator("[name=identifier]").fill(identifier)
    page.locator("[name=password]").fill(stand.password(identifier))
    page.locator("form[action='/signin/'] button[type=submit]").last.click()
    second = page.locator("form[action='/signin/second/'] [name=code]")
    expect(page.locator("main")).to_be_visible()
    if second.count():
        second.fill(stand.code(key))
        second.press("Enter")
        page.wait_for_url(lambda url: "/signin/second/" not in url)
    later = page.locator("form[action='/signin/offer/'] button")  # of a passkey, to who signs in again
    if later.count():
        later.first.click()
    allow = page.locator("button[name=decision][value=allow]")
    expect(page.locator("main")).to_be_visible()
    if allow.count():
        allow.click()


@pytest.fixture(scope="session")
def homeland() -> Iterator[RunningStand]:
    """A stand for those who register, lose telephones and lock themselves out: what they do must meet nobody else."""
    running = RunningStand()
    yield running
    running.close()


@pytest.fixture(scope="session")
def letters(homeland: RunningStand) -> Letters:
    """What the portal writes to people there."""
    return Letters(homeland)


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A or AA that axe can find on the page in view."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    problems = [
        f"{v['id']}: {[node['html'][:160] for node in v['nodes']]}" for v in found.response["violations"]
    ]
    assert problems == [], f"{page.url}: {problems}"


def fits(page: Page) -> None:
    """At 320 px nothing makes the page scroll sideways; the window goes back to what it was."""
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before:
        page.set_viewport_size(before)
    assert wide <= 320, f"{page.url} is {wide} px wide at 320"
