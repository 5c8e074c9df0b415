"""Token → PIN → sign-in, and token → PIN → a signed application: Анна in Chromium with the agent and SoftHSM2."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from dopusk.stand.tokens import Branch, Registers, new_key
from tests.journeys.conftest import accessible, enter_portal, fits
from tests.journeys.signing import PIN, Machine, Token
from tests.journeys.test_main_job import fill_in

ANNA = "anna"
SIGN = "[data-signer-sign]"


@pytest.fixture(scope="module")
def stand() -> Iterator[RunningStand]:
    """A stand of its own: what is applied for here stands in nobody else's way."""
    running = RunningStand()
    yield running
    running.close()


def issued(machine: Machine, stand: RunningStand, label: str, branch: Branch) -> Token:
    """A token of Анна's with a certificate of the stand's authority."""
    anna = sandbox.person(ANNA)
    key, request = new_key(branch, anna.full_name)
    assert not isinstance(key, bytes)
    chain = Registers.of(stand.state).issue(request, anna, branch).chain
    return machine.token(label, key=key, certificates=chain)


@pytest.fixture(scope="module")
def machine(stand: RunningStand, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Анна's computer with two tokens plugged in."""
    made = Machine(tmp_path_factory.mktemp("anna"))
    issued(made, stand, "Рутокен", "ec")
    issued(made, stand, "Запасной", "rsa")
    return made


@pytest.fixture(scope="module")
def chromium(machine: Machine, browser: Browser) -> Iterator[BrowserContext]:
    context = machine.browser(browser.browser_type)
    yield context
    context.close()


@pytest.fixture(scope="module")
def added(stand: RunningStand, machine: Machine, chromium: BrowserContext) -> None:
    """Анна has added the certificate of her Рутокен, by the token and its PIN."""
    page = chromium.new_page()
    page.goto(f"{stand.portal}/certificates/add/")
    enter_portal(stand, page, ANNA)
    page.wait_for_url("**/certificates/add/**")
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    expect(page.locator("main [data-certificate], main [data-standing=good]").first).to_be_visible()
    page.close()


@pytest.fixture
def page(chromium: BrowserContext, machine: Machine) -> Iterator[Page]:
    """Nobody is signed in, and no wrong PIN is counted."""
    chromium.clear_cookies()
    (machine.home / ".local/state/dopusk-agent/tries.json").unlink(missing_ok=True)
    opened = chromium.new_page()
    yield opened
    opened.close()


def choose(page: Page, label: str) -> Locator:
    """The certificate of this token; the button that signs."""
    group = page.locator("[data-signer-list] [role=group]", has_text=f"{label}")
    group.locator("input[type=radio]").check()
    return page.locator(SIGN)


def sign(page: Page, label: str) -> None:
    choose(page, label).click()


def told(page: Page, code: str) -> Locator:
    """The page says this, and she is taken to it."""
    problem = page.locator("[data-signer-problem]")
    expect(problem).to_have_attribute("data-code", code)
    expect(problem).to_be_focused()
    return problem


def signed_in(page: Page, stand: RunningStand) -> None:
    page.wait_for_url(re.compile(rf"^{re.escape(stand.portal)}/(?!signin)"))
    expect(page.locator("form[action='/signout/'] button").first).to_be_attached()


@pytest.mark.usefixtures("added")
def test_token_pin_and_she_is_signed_in(stand: RunningStand, machine: Machine, page: Page) -> None:
    page.goto(f"{stand.portal}/signin/")
    page.locator("a[href^='/signin/signature/']").click()
    machine.pins.types(PIN)
    choose(page, "Рутокен")
    accessible(page)
    fits(page)
    page.locator(SIGN).click()
    signed_in(page, stand)
    asked = machine.pins.asked()[-1]["SETDESC"]
    assert stand.portal in asked
    assert "Рутокен" in asked


@pytest.mark.usefixtures("added")
def test_a_wrong_pin_says_how_many_tries_are_left_and_the_right_one_enters(
    stand: RunningStand, machine: Machine, page: Page
) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    machine.pins.types("00000000")
    sign(page, "Рутокен")
    expect(told(page, "WRONG_PIN")).to_contain_text("4")
    accessible(page)
    fits(page)
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    signed_in(page, stand)


@pytest.mark.usefixtures("added")
def test_five_wrong_pins_lock_the_token_and_the_page_says_so(
    stand: RunningStand, machine: Machine, page: Page
) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    for left in (4, 3, 2, 1):
        machine.pins.types("00000000")
        sign(page, "Рутокен")
        expect(told(page, "WRONG_PIN")).to_contain_text(str(left))
    machine.pins.types("00000000")
    sign(page, "Рутокен")
    told(page, "LOCKED")
    accessible(page)
    fits(page)
    locked = page.locator("[data-signer-list] [role=group]", has_text="Рутокен")
    expect(locked.locator("input[type=radio]")).to_be_disabled()
    page.reload()
    expect(locked.locator("input[type=radio]")).to_be_disabled()


@pytest.mark.usefixtures("added")
def test_the_token_is_pulled_out_while_the_pin_is_asked(
    stand: RunningStand, machine: Machine, page: Page
) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    windows = len(machine.pins.asked())
    machine.pins.holds(PIN)
    sign(page, "Рутокен")
    machine.pins.wait(windows + 1)
    machine.tokens.unplug()
    machine.pins.go()
    told(page, "UNPLUGGED")
    accessible(page)
    fits(page)
    machine.tokens.plug()
    page.locator("[data-signer-search]").click()
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    signed_in(page, stand)


@pytest.mark.usefixtures("added")
def test_she_closes_the_pin_window(stand: RunningStand, machine: Machine, page: Page) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    machine.pins.refuses()
    sign(page, "Рутокен")
    told(page, "CANCELLED")
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    signed_in(page, stand)


@pytest.mark.usefixtures("added")
@pytest.mark.parametrize("how", ["stops", "leaves"])
def test_she_thinks_better_of_it_and_the_pin_window_goes(
    stand: RunningStand, machine: Machine, page: Page, how: str
) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    windows = len(machine.pins.asked())
    machine.pins.holds(PIN)
    sign(page, "Рутокен")
    machine.pins.wait(windows + 1)
    if how == "stops":
        page.locator("[data-signer-stop]").click()
        told(page, "STOPPED")
    else:
        page.goto(f"{stand.portal}/signin/signature/")
    machine.pins.wait_gone()
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    signed_in(page, stand)


@pytest.mark.usefixtures("added")
def test_of_two_tokens_the_one_that_was_not_added_leads_to_the_cabinet_of_certificates(
    stand: RunningStand, machine: Machine, page: Page
) -> None:
    page.goto(f"{stand.portal}/signin/signature/")
    expect(page.locator("[data-signer-list] [role=group]")).to_have_count(2)
    machine.pins.types(PIN)
    sign(page, "Запасной")
    expect(page.locator("[data-code=certificate_required]")).to_be_visible()
    assert "Запасной" in machine.pins.asked()[-1]["SETDESC"]


@pytest.mark.usefixtures("added")
def test_no_token_is_plugged_in(stand: RunningStand, machine: Machine, page: Page) -> None:
    machine.tokens.unplug()
    page.goto(f"{stand.portal}/signin/signature/")
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_TOKEN")
    machine.tokens.plug()
    page.locator("[data-signer-search]").click()
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    signed_in(page, stand)


def test_the_agent_is_not_installed(stand: RunningStand, browser: Browser, tmp_path: Path) -> None:
    """The page says what is missing, and the way by file is there."""
    context = Machine(tmp_path, agent=False).browser(browser.browser_type)
    page = context.new_page()
    page.goto(f"{stand.portal}/signin/signature/")
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_PLUGIN")
    expect(page.locator(SIGN)).to_be_hidden()
    expect(page.locator("[name=signature_file]")).to_be_visible()
    accessible(page)
    fits(page)
    context.close()


def test_the_extension_is_there_and_the_program_is_not(
    stand: RunningStand, browser: Browser, tmp_path: Path
) -> None:
    machine = Machine(tmp_path)
    (machine.home / ".config/chromium/NativeMessagingHosts/org.dopusk.agent.json").unlink()
    context = machine.browser(browser.browser_type)
    page = context.new_page()
    page.goto(f"{stand.portal}/signin/signature/")
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_HOST")
    expect(page.locator("[name=signature_file]")).to_be_visible()
    context.close()


@pytest.mark.usefixtures("added")
def test_token_pin_and_a_signed_application_that_openssl_checks(
    stand: RunningStand, machine: Machine, page: Page, tmp_path: Path
) -> None:
    page.goto(f"{stand.cabinet}/signin/?next=/applications/new/")
    page.locator("a[href^='/signin/signature/']").click()
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    page.wait_for_url(re.compile(rf"{re.escape(stand.cabinet)}|/consent|/oauth|/authorize"))
    allow = page.locator("button[name=decision][value=allow]")
    expect(page.locator("main")).to_be_visible()
    if allow.count():
        allow.click()
    page.wait_for_url(f"{stand.cabinet}/**")
    page.goto(f"{stand.cabinet}/applications/new/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    found = re.match(r".*/applications/[0-9a-f-]{36}/", page.url)
    assert found
    application = found.group(0)
    fill_in(page, application)

    page.goto(f"{application}submit/?by=signature")
    machine.pins.types("00000000")
    sign(page, "Рутокен")
    expect(told(page, "WRONG_PIN")).to_contain_text("4")
    machine.pins.types(PIN)
    sign(page, "Рутокен")
    expect(page).to_have_url(application)
    asked = machine.pins.asked()[-1]["SETDESC"]
    assert stand.cabinet in asked

    with page.expect_download() as begun:
        page.locator("main a[href*='/signature']").first.click()
    begun.value.save_as(tmp_path / "signed.zip")
    checked(tmp_path)


def checked(folder: Path) -> None:
    """openssl alone, by the very line of the archive."""
    with zipfile.ZipFile(folder / "signed.zip") as archive:
        archive.extractall(folder)
    words = (folder / "ПРОВЕРКА.txt").read_text(encoding="utf-8")
    line = next(line.strip() for line in words.splitlines() if line.strip().startswith("openssl cms -verify"))
    assert shutil.which("openssl")
    done = subprocess.run(line.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
