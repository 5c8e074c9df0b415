"""The gallery in a real browser: accessible in both schemes and at 320 px, and the script does its part."""

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

pytestmark = [pytest.mark.urls("dopusk.web.design.tests.urls"), pytest.mark.django_db(transaction=True)]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


def in_browser(look, *, width=1280, scheme="light", scripts=True):
    """Do `look(page)` in a thread of its own: Playwright's loop must not meet Django's database calls."""

    def work():
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                locale="ru-RU",
                java_script_enabled=scripts,
            )
            page = context.new_page()
            complaints = []
            page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            try:
                return look(page), complaints
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.fixture
def site(live_server, settings):
    settings.SANDBOX = True
    return live_server.url


@pytest.mark.parametrize("path", ["/design/", "/design/review/", "/nothing/"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
def test_a_page_is_accessible_and_fits(site, path, scheme, width):
    def look(page):
        page.goto(site + path)
        found = Axe().run(page, options=WCAG).response["violations"]
        return [(one["id"], one["nodes"][0]["target"]) for one in found], page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )

    (violations, overflow), complaints = in_browser(look, width=width, scheme=scheme)
    assert violations == []
    assert overflow <= 0
    assert complaints == []


def test_the_summary_of_errors_is_read_first_and_leads_into_the_field(site):
    def look(page):
        page.goto(f"{site}/design/")
        first = page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
        page.click(".govuk-error-summary a")
        return first, page.evaluate("document.activeElement.id")

    (first, then), _ = in_browser(look)
    assert first
    assert then == "id_birth_date_0"


def test_a_password_can_be_looked_at(site):
    def look(page):
        page.goto(f"{site}/design/")
        page.fill("#id_password", "тайна")
        kinds = [page.get_attribute("#id_password", "type")]
        for _ in range(2):
            page.click("[data-password-toggle=id_password]")
            kinds.append(page.get_attribute("#id_password", "type"))
        return kinds

    assert in_browser(look)[0] == ["password", "text", "password"]


def test_without_scripts_no_button_is_offered_that_does_nothing(site):
    def look(page):
        page.goto(f"{site}/design/")
        return page.is_visible("[data-password-toggle]")

    assert in_browser(look, scripts=False)[0] is False


LIVE = """<!DOCTYPE html><html lang="ru"><title>т</title><script src="/static/design/dopusk.js" defer></script>
<p id="announcer" role="status" data-changed="Обновилось"></p>
<div id="live" data-live-url="{url}/stream" data-live-ticket="t1" data-live-ticket-url="/ticket/">
<p id="state">{state}</p><a id="stay" href="#">ссылка</a></div>"""


def test_a_live_part_follows_changes_keeps_focus_and_renews_its_ticket(site):
    def look(page):
        states = iter(["рассматривают", "принято", "принято"])
        tickets = []

        def stream(route):
            tickets.append(route.request.url.rpartition("=")[2])
            route.fulfill(content_type="text/event-stream", body="event: changed\ndata: {}\n\n")

        page.route("**/stream*", stream)
        page.route("**/ticket/", lambda route: route.fulfill(json={"ticket": "t2"}))
        page.route(
            "**/page/",
            lambda route: route.fulfill(
                content_type="text/html; charset=utf-8",
                body=LIVE.format(url=site, state=next(states, "принято")),
            ),
        )
        page.goto(f"{site}/page/")
        page.focus("#stay")
        page.wait_for_function("document.getElementById('state').textContent === 'принято'")
        page.wait_for_function("document.getElementById('announcer').textContent !== ''")
        focused = page.evaluate("document.activeElement.id")
        with page.expect_request("**/stream?ticket=t2"):
            pass
        return focused, tickets

    (focused, tickets), complaints = in_browser(look)
    assert focused == "stay"
    assert tickets[:2] == ["t1", "t2"]
    assert complaints == []
