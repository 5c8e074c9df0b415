"""The authority's pages in a real browser: accessible, within 320 px, and whole without scripts."""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, sync_playwright

from dopusk.kernel import sandbox
from dopusk.registers.pki import actions
from dopusk.registers.pki.models import Issued
from dopusk.registers.pki.rules import Branch, Reason
from dopusk.trust import keys
from dopusk.trust.authority import request, subject
from dopusk.trust.subjects import Subject

pytestmark = pytest.mark.django_db(transaction=True)

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
WCAG = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
LONG = "ГБУЗ «Учебная областная клиническая больница имени первого врача»"[:64]


def in_browser(look, *, width=1280, scheme="light", scripts=True):
    """`look(page)` in a thread of its own: Playwright's loop must not meet Django's database calls."""

    def work():
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=scheme,
                java_script_enabled=scripts,
                accept_downloads=True,
            )
            page = context.new_page()
            complaints: list[str] = []
            page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            try:
                return look(page), complaints
            finally:
                browser.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def several() -> list[str]:
    """Certificates in every state; their serial numbers."""
    made = []
    for key, state in (("anna", None), ("boris", Reason.CERTIFICATE_HOLD), ("vera", Reason.KEY_COMPROMISE)):
        one = sandbox.person(key)
        whose = Subject(
            one.last_name, one.first_name, one.patronymic, one.snils, one.inn, one.email, LONG, title="Врач"
        )
        csr = request(keys.new(), subject("Анна", "УЦ")).encode()
        issued = actions.issue_to_person(csr, Branch.EC, whose, "operator")
        made.append(issued.serial_number)
        if state:
            actions.revoke(issued.serial_number, "operator", state)
    return made


def faults(page: Page) -> list[object]:
    """What axe finds, and how far the page juts out."""
    found: list[object] = [
        (one["id"], one["nodes"][0]["target"]) for one in Axe().run(page, options=WCAG).response["violations"]
    ]
    over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, ("overflow", over)] if over > 0 else found


def filled(page: Page, url: str) -> None:
    """Anna's data and a PIN, nothing sent yet."""
    page.goto(f"{url}{reverse('pki:new')}?person=anna")
    page.locator("[name=pin]").fill("12345678")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_every_page_is_accessible_and_fits(live_server, width, scheme, tmp_path) -> None:
    serials = several()
    shots = tmp_path

    def look(page: Page) -> dict[str, list[object]]:
        said = {}

        def see(name: str) -> None:
            page.screenshot(path=f"{shots}/{name}-{width}.png", full_page=True)
            said[name] = faults(page)

        for language in ("ru", "en"):
            page.goto(f"{live_server.url}{reverse('pki:index')}")
            if language == "en":
                page.get_by_role("button", name="English").click()
            see(f"index-{language}")
            page.goto(f"{live_server.url}{reverse('pki:index')}?query=12")
            see(f"wrong-{language}")
            for number, serial in enumerate(serials):
                page.goto(f"{live_server.url}{reverse('pki:show', args=[serial])}")
                see(f"show-{number}-{language}")
            filled(page, live_server.url)
            see(f"new-{language}")
            page.locator("[name=snils]").fill("112-233-445 96")
            page.locator("[name=key][value=csr]").check()
            page.locator("main button.govuk-button").last.click()
            page.locator(".govuk-error-summary").wait_for()
            see(f"refused-{language}")
            filled(page, live_server.url)
            page.locator("main button.govuk-button").last.click()
            page.locator("[data-file=p12]").wait_for()
            see(f"made-{language}")
        return {name: found for name, found in said.items() if found}

    assert in_browser(look, width=width, scheme=scheme) == ({}, [])


def test_without_scripts_a_person_issues_carries_away_and_revokes(live_server, tmp_path: Path) -> None:
    def look(page: Page) -> str:
        page.goto(f"{live_server.url}{reverse('pki:index')}")
        page.get_by_role("link", name="Выпустить сертификат").click()
        page.locator("select[name=person]").select_option("anna")
        page.get_by_role("button", name="Подставить данные").click()
        assert page.locator("[name=last_name]").input_value() == "Орлова"
        page.locator("[name=pin]").fill("12345678")
        page.get_by_role("button", name="Выпустить сертификат").click()
        for kind, name in (("p12", "anna.p12"), ("folder", "anna.zip")):
            with page.expect_download() as coming:
                page.locator(f"[data-file={kind}]").click()
            coming.value.save_as(tmp_path / name)
        page.get_by_role("link", name="Сведения о сертификате").click()
        page.locator("[name=reason]").select_option("certificateHold")
        page.get_by_role("button", name="Внести в список").click()
        assert page.locator("[data-state=suspended]").is_visible()
        page.get_by_role("button", name="Возобновить").click()
        return str(page.locator("[data-state]").get_attribute("data-state"))

    assert in_browser(look, width=320, scripts=False) == ("good", [])
    opened = subprocess.run(
        ["openssl", "pkcs12", "-in", "anna.p12", "-passin", "pass:12345678", "-nodes"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Issued.objects.get().pem in opened.stdout
    assert (tmp_path / "anna.zip").read_bytes().startswith(b"PK")
