"""Every way proofing refuses, waits or asks an operator, in a real browser; operators enter in two steps."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.letters import Letters
from tests.journeys.portal import Somebody, look, onward, said

Window = Callable[..., BrowserContext]
REGISTERS = ("snils", "passports", "questions")


@pytest.fixture
def newcomer(
    homeland: RunningStand, letters: Letters, window: Window
) -> Callable[[sandbox.Person | Somebody], Page]:
    """newcomer(who) is the window of someone who has just registered."""

    def make(who: sandbox.Person | Somebody) -> Page:
        page = window().new_page()
        portal.register(homeland, letters, page, who)
        return page

    return make


@pytest.fixture
def calm(homeland: RunningStand) -> Iterator[RunningStand]:
    """Every register answers again afterwards."""
    yield homeland
    for register in REGISTERS:
        homeland.fault(register, "on")


@pytest.fixture
def oleg(homeland: RunningStand, window: Window) -> Page:
    """Олег at his desk, entered with a code."""
    return portal.operator(homeland, window().new_page())


def decide(stand: RunningStand, oleg: Page, who: sandbox.Person) -> None:
    """Олег finds the person in the queue and takes the case."""
    oleg.goto(f"{stand.portal}/desk/review/")
    look(oleg)
    oleg.locator("main th a", has_text=who.last_name).first.click()
    look(oleg)
    oleg.locator("form[action$='/take/'] button").click()
    expect(oleg.locator(".dk-viewer img")).to_be_visible()
    assert oleg.locator(".dk-viewer img").evaluate("image => image.naturalWidth") > 0
    look(oleg)


def test_what_cannot_be_right_is_said_at_its_field_and_stays_as_typed(
    homeland: RunningStand, newcomer: Callable[..., Page]
) -> None:
    lidia = sandbox.newcomer("lidia")
    page = newcomer(Somebody("Ефимова", "Лидия", "Геннадьевна", "+79000010001"))
    page.goto(f"{homeland.portal}/proofing/data/")
    portal.fill_data(page, lidia, snils="112-233-445 96")
    onward(page)
    said(page, "snils_checksum", "scan_missing")
    for name, value in (("snils", "112-233-445 96"), ("passport", str(lidia.passport))):
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    for name in ("snils", "scan"):
        portal.wrong(page, name)
    look(page)
    page.locator("[name=scan]").set_input_files(
        {"name": "паспорт.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00" + b"\x00" * 5000}
    )
    onward(page)
    expect(page.locator("[data-code=scan_kept]")).to_have_count(0)
    portal.wrong(page, "scan")
    look(page)
    page.locator("[name=scan]").set_input_files(portal.PASSPORT)
    onward(page)
    said(page, "scan_kept")  # the number is wrong still, the scan need not be chosen again
    look(page)


def test_egor_is_refused_for_a_withdrawn_passport(
    homeland: RunningStand, newcomer: Callable[..., Page]
) -> None:
    egor = sandbox.newcomer("egor")
    page = newcomer(egor)
    portal.send_data(homeland, page, egor)
    said(page, "passport_invalid")
    look(page)
    page.goto(f"{homeland.portal}/proofing/data/")
    expect(page.locator("[name=passport]")).to_have_value("")  # nothing of the attempt is kept


def test_zhanna_is_told_that_the_register_knows_another_surname(
    homeland: RunningStand, newcomer: Callable[..., Page]
) -> None:
    zhanna = sandbox.newcomer("zhanna")
    page = newcomer(zhanna)
    portal.send_data(homeland, page, zhanna)
    said(page, "snils_mismatch")
    expect(page.locator("main .govuk-form-group--error")).to_have_count(1)
    expect(portal.wrong(page, "last_name")).to_have_value(zhanna.last_name)
    look(page)


def test_after_five_wrong_dates_of_issue_only_an_operator_says_what_is_wrong(
    homeland: RunningStand, newcomer: Callable[..., Page], letters: Letters, oleg: Page
) -> None:
    nina = sandbox.newcomer("nina")
    page = newcomer(nina)
    for days in range(1, 6):
        portal.send_data(homeland, page, nina, issued=nina.passport_issued + timedelta(days=days))
        said(page, "passport_mismatch")
        portal.wrong(page, "issued_day")
    look(page)
    portal.send_data(homeland, page, nina, issued=nina.passport_issued + timedelta(days=6))
    page.wait_for_url(f"{homeland.portal}/proofing/")
    said(page, "review")  # and not a word about the date
    expect(page.locator("[data-code=passport_mismatch]")).to_have_count(0)
    look(page)

    decide(homeland, oleg, nina)
    oleg.locator("form[action$='/refuse/'] [name=code][value=data_mismatch]").check()
    oleg.locator("form[action$='/refuse/'] [name=words]").fill("Дата выдачи на скане другая")
    oleg.locator("form[action$='/refuse/'] button").click()
    expect(oleg.locator("form[action$='/refuse/']")).to_have_count(0)
    assert letters.text(nina.phone, "notices.proofing_refused")
    page.goto(f"{homeland.portal}/proofing/")
    expect(said(page, "data_mismatch")).to_contain_text("Дата выдачи на скане другая")
    look(page)


def test_of_igor_nothing_is_known_to_ask_so_oleg_looks_and_confirms(
    homeland: RunningStand, newcomer: Callable[..., Page], letters: Letters, oleg: Page
) -> None:
    igor = sandbox.newcomer("igor")
    page = newcomer(igor)
    portal.send_data(homeland, page, igor)
    portal.open_questions(homeland, page)
    page.goto(f"{homeland.portal}/proofing/")
    said(page, "review")
    decide(homeland, oleg, igor)
    oleg.locator("form[action$='/approve/'] button").click()
    expect(oleg.locator("form[action$='/approve/']")).to_have_count(0)
    assert letters.text(igor.phone, "notices.confirmed")
    page.goto(f"{homeland.cabinet}/signin/")
    expect(page.locator("button[name=decision][value=allow]")).to_be_visible()


def test_lidia_waits_for_a_silent_register_and_goes_on_when_it_is_back(
    calm: RunningStand, newcomer: Callable[..., Page], letters: Letters
) -> None:
    lidia = sandbox.newcomer("lidia")
    page = newcomer(lidia)
    calm.fault("passports", "off")
    portal.send_data(calm, page, lidia)
    page.wait_for_url(f"{calm.portal}/proofing/")
    said(page, "waiting")
    look(page)
    assert letters.text(lidia.phone, "notices.proofing_waiting")
    page.goto(f"{calm.cabinet}/signin/")
    expect(said(page, "level")).to_have_attribute("data-step", "waiting")
    look(page)

    calm.fault("passports", "on")
    assert letters.text(lidia.phone, "notices.proofing_questions")
    page.goto(f"{calm.portal}/proofing/")
    said(page, "questions")
    calm.fault("questions", "off")
    portal.open_questions(calm, page)
    said(page, "questions_down")
    look(page)
    calm.fault("questions", "on")
    assert letters.text(lidia.phone, "notices.proofing_questions")  # the worker has asked again
    portal.open_questions(calm, page)
    portal.answer_truly(calm, page)
    assert letters.text(lidia.phone, "notices.confirmed")


def test_with_annas_papers_inna_learns_nothing_and_anna_hears_of_it(
    homeland: RunningStand, newcomer: Callable[..., Page], letters: Letters
) -> None:
    anna = sandbox.person("anna")
    page = newcomer(Somebody("Орлова", "Инна", "Сергеевна", "+79000010002"))
    portal.send_data(homeland, page, anna)
    page.wait_for_url(f"{homeland.portal}/proofing/")
    told = said(page, "identity_taken")
    expect(told.locator("a[href^='/recovery/']")).to_be_visible()
    for secret in (anna.email, "anna", anna.phone[-7:]):
        assert secret not in page.content()
    look(page)
    assert letters.text(anna.email, "notices.second_registration")
