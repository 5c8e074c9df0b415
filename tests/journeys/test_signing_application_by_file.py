"""Анна applies from a telephone without any script and signs by a file; the authority is the stand's own, over HTTP."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys.conftest import SLOWEST_MS, enter_cabinet, enter_portal
from tests.journeys.test_main_job import look, press, scan
from tests.journeys.test_signing_by_file import Signer

PHONE = {"width": 320, "height": 740}
ANNA = "anna"


@pytest.fixture(scope="module")
def stand() -> Iterator[RunningStand]:
    """A stand of its own: what is applied for here stands in nobody else's way."""
    running = RunningStand()
    yield running
    running.close()


@pytest.fixture
def phone(stand: RunningStand, window: Callable[..., BrowserContext]) -> Page:
    """Анна's telephone: 320 pixels wide, no scripts, signed in to the cabinet."""
    page = window(java_script_enabled=False, viewport=PHONE).new_page()
    enter_cabinet(stand, page, ANNA)
    return page


def apply(page: Page, cabinet: str) -> str:
    """A whole draft; its address."""
    page.goto(f"{cabinet}/applications/new/")
    page.locator("main form button[type=submit]").first.click()
    address = re.match(r".*/applications/[0-9a-f-]{36}/", page.url)
    assert address, page.url
    page.goto(f"{address[0]}steps/contacts/")
    press(page, "Сохранить и продолжить")
    page.goto(f"{address[0]}steps/specialty/")
    page.get_by_role("radio", name=re.compile("^Сестринское дело, 34")).check()
    press(page, "Сохранить и продолжить")
    page.goto(f"{address[0]}steps/report/")
    page.get_by_label("Место работы").fill("Городская больница № 1")
    page.get_by_label("Да, согласовал").check()
    page.locator("[name=activity_report]").set_input_files([scan("отчёт.pdf", "Отчёт")])
    page.locator("[name=agreement_file]").set_input_files([scan("согласие.pdf", "Согласовано")])
    press(page, "Сохранить и продолжить")
    page.goto(f"{address[0]}steps/documents/")
    press(page, "Прикладывать нечего, продолжить")
    page.goto(f"{address[0]}steps/consent/")
    page.locator("[name=given]").check()
    page.locator("main form button[type=submit]").last.click()
    return address[0]


def verified(archive: bytes, folder: Path) -> Path:
    """Unpack and check by the very line the archive's own guide shows; where the files are."""
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        packed.extractall(folder)
    guide = (folder / "ПРОВЕРКА.txt").read_text(encoding="utf-8")
    line = next(line.strip() for line in guide.splitlines() if line.strip().startswith("openssl cms -verify"))
    subprocess.run(line.split(), cwd=folder, check=True, capture_output=True)
    return folder


def test_anna_signs_her_application_by_a_file_and_the_centre_checks_it(
    stand: RunningStand, phone: Page, window: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    signer = Signer(stand, tmp_path, ANNA)
    application = apply(phone, stand.cabinet)
    phone.goto(f"{application}submit/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    phone.locator("a[href='?by=signature']").click()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320

    # with scripts the same page holds for everybody
    wide = window(storage_state=phone.context.storage_state()).new_page()
    wide.goto(f"{application}submit/?by=signature")
    look(wide)

    # a signature over other bytes: told why, and the same text is signed again
    signer.answer(phone, spoil=b"!")
    expect(phone.locator("main .dk-problem__trace code").first).to_have_text("other_content")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    signer.answer(phone)
    expect(phone).to_have_url(application)
    expect(phone.locator("#signature")).to_contain_text("Действительна")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320

    # what she takes away is checked by openssl alone
    with phone.expect_download() as begun:
        phone.locator("a[href$='/signature/']").click()
    folder = verified(Path(begun.value.path()).read_bytes(), tmp_path / "hers")
    said = next(folder.glob("dopusk-*.txt")).read_text(encoding="utf-8")
    assert "Место работы: Городская больница № 1" in said

    # the registrar sees whose signature it is and takes it away too; her journal tells of that
    case = application.rstrip("/").rsplit("/", 1)[1]
    galina = window().new_page()
    enter_cabinet(stand, galina, "galina", f"/review/{case}/")
    for _attempt in range(SLOWEST_MS // 500):
        if galina.locator("#signature").count():
            break
        galina.wait_for_timeout(500)
        galina.goto(f"{stand.cabinet}/review/{case}/")
    look(galina)
    with galina.expect_download() as begun:
        galina.locator("a[href$='/signature/']").click()
    verified(Path(begun.value.path()).read_bytes(), tmp_path / "galina")
    phone.goto(f"{stand.cabinet}/journal/")
    expect(phone.locator("main")).to_contain_text("Сотрудник скачал электронную подпись под заявлением")

    # others begin where she did
    phone.goto(f"{application}withdraw/")
    phone.locator("main form button[type=submit]").click()
    expect(phone.locator("main")).to_contain_text("Отозвано")


def test_viktor_comes_in_by_his_certificate_and_finds_it_in_his_draft(
    stand: RunningStand, window: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    work = {"organisation": "Городская больница № 1", "title": "Врач-терапевт"}
    signer = Signer(stand, tmp_path, "viktor", work)
    phone = window(java_script_enabled=False, viewport=PHONE).new_page()
    phone.goto(f"{stand.portal}/signin/?next=/certificates/add/")
    enter_portal(stand, phone, "viktor")
    phone.wait_for_url("**/certificates/add/**")
    signer.answer(phone)
    phone.wait_for_url(lambda url: "/add/" not in url)
    phone.locator("form[action='/signout/'] button").click()

    phone.goto(f"{stand.cabinet}/signin/?next=/applications/new/")
    phone.locator("a[href^='/signin/signature/']").click()
    signer.answer(phone)
    allow = phone.locator("button[name=decision][value=allow]")
    expect(phone.locator("main")).to_be_visible()
    if allow.count():
        allow.click()
    phone.wait_for_url(f"{stand.cabinet}/applications/new/")
    phone.locator("main form button[type=submit]").first.click()
    address = re.match(r".*/applications/[0-9a-f-]{36}/", phone.url)
    assert address, phone.url
    phone.goto(f"{address[0]}steps/report/")
    expect(phone.get_by_label("Место работы")).to_have_value(work["organisation"])
    expect(phone.get_by_label("Должность")).to_have_value(work["title"])
    expect(phone.locator("main")).to_contain_text("Взято из Вашего сертификата")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320
    phone.goto(f"{address[0]}withdraw/")
    phone.locator("main form button[type=submit]").click()
