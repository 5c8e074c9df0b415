"""In a real browser Анна signs without any script, from a phone; the page fits, and says itself to everybody."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from dopusk.web.design.tests.test_browser import WCAG, in_browser
from dopusk.web.signing.models import Signature
from dopusk.web.signing.tests import office as offices

pytestmark = [pytest.mark.urls("dopusk.web.signing.tests.urls"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_server, settings, office):
    settings.SANDBOX = True
    return live_server.url


def downloaded(page) -> tuple[str, bytes]:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Скачайте текст для подписи").click()
    return coming.value.suggested_filename, Path(coming.value.path()).read_bytes()


def uploaded(page, name: str, signature: bytes) -> None:
    file = {"name": f"{name}.p7s", "mimeType": "application/octet-stream", "buffer": signature}
    page.get_by_label("Выберите файл подписи").set_input_files(file)
    page.get_by_role("button", name="Отправить подпись").click()


def test_from_a_phone_without_scripts_she_downloads_signs_elsewhere_and_uploads(site, office):
    card = office.card()

    def look(page):
        page.goto(site)
        name, content = downloaded(page)
        uploaded(page, name, card.sign(content.replace(b"\r\n", b"\n")))
        refused = page.get_by_role("alert").first.inner_text()
        _, again = downloaded(page)
        uploaded(page, name, card.sign(content))
        return content == again, refused, page.get_by_role("heading", level=1).inner_text()

    (same, refused, heading), complaints = in_browser(look, width=320, scripts=False)
    assert "other_content" in refused
    assert same
    assert heading == "Принято"
    assert complaints == []
    assert Signature.objects.get().standing == "valid"


def test_somebody_with_another_authority_is_told_so(site):
    with offices.running(name="nobody knows it") as strange:
        card = strange.card()

        def look(page):
            page.goto(site)
            name, content = downloaded(page)
            uploaded(page, name, card.sign(content))
            return page.get_by_role("alert").first.inner_text()

        refused, _ = in_browser(look, scripts=False)
    assert "root_unknown" in refused
    assert Signature.objects.count() == 0


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
def test_the_page_is_accessible_and_fits_before_and_after_a_refusal(site, width, scheme, scripts):
    def look(page):
        page.goto(site)
        page.get_by_text("Прочитать весь текст").click()
        page.get_by_text("Командой openssl").click()
        before = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        page.get_by_role("button", name="Отправить подпись").click()
        page.get_by_text("signature_absent").wait_for()
        after = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found = Axe().run(page, options=WCAG).response["violations"] if scripts else []
        return [(one["id"], one["nodes"][0]["target"]) for one in found], before, after

    (violations, before, after), complaints = in_browser(look, width=width, scheme=scheme, scripts=scripts)
    assert violations == []
    assert max(before, after) <= 0
    assert complaints == []


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")]
)
def test_the_page_of_help_is_accessible_fits_and_leads_to_the_refusal_asked_for(
    site, settings, width, scheme
):
    settings.PORTAL_URL, settings.CABINET_URL = "https://portal.example.org", "https://cabinet.example.org"
    settings.SIGNING_REGISTERS = site

    def look(page):
        page.goto(f"{site}{reverse('signing:help')}#LOCKED")
        found = Axe().run(page, options=WCAG).response["violations"]
        at = page.locator("#LOCKED").bounding_box()
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        page.get_by_label("Код или слова из сообщения").fill("revoked_before")
        page.keyboard.press("Enter")
        page.get_by_text("Найдено сообщений: 1.").wait_for()
        return [(one["id"], one["nodes"][0]["target"]) for one in found], at["y"], wide, page.url

    (violations, top, wide, url), complaints = in_browser(look, width=width, scheme=scheme)
    assert violations == []
    assert 0 <= top < 900
    assert wide <= 0
    assert url.endswith("?q=revoked_before#messages")
    assert complaints == []


def test_a_refusal_leads_to_what_its_code_means(site, office):
    def look(page):
        page.goto(site)
        page.get_by_role("button", name="Отправить подпись").click()
        with page.expect_popup() as opening:
            page.get_by_role("link", name="что он значит, в новой вкладке").click()
        return opening.value.url, opening.value.locator(":target").inner_text()

    (url, meaning), _ = in_browser(look, scripts=False)
    assert url == f"{site}{reverse('signing:help')}#signature_absent"
    assert "signature_absent" in meaning
