"""Whoever leaves the portal is out of the cabinet too, within seconds, and loses nothing she has typed."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.conftest import Person, accessible, enter_cabinet, enter_portal, fits

Window = Callable[..., BrowserContext]
SOON = 15.0  # seconds for the portal's word to come to the cabinet, on a busy machine


def out_of_the_cabinet(stand: RunningStand, page: Page) -> float:
    """Opens a page of the cabinet again and again until it asks to sign in; the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < SOON:
        page.goto(f"{stand.cabinet}/journal/")
        if page.url.startswith(stand.portal):
            return time.monotonic() - began
        page.wait_for_timeout(200)
    raise AssertionError(f"after {SOON} s she is still in: {page.url}")


def test_maria_leaves_the_portal_in_another_tab_and_finds_what_she_typed(
    stand: RunningStand, person: Person
) -> None:
    maria = person("maria")
    maria.goto(f"{stand.cabinet}/applications/new/")
    maria.locator("main form button[type=submit]").first.click()
    maria.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    application = re.match(r".*/applications/[0-9a-f-]{36}/", maria.url).group(0)
    maria.goto(f"{application}steps/contacts/")
    maria.locator("main [name=email]").fill("maria.novaya@example.org")

    elsewhere = maria.context.new_page()
    elsewhere.goto(f"{stand.portal}/")
    portal.leave(elsewhere)
    out_of_the_cabinet(stand, elsewhere)

    maria.locator("main form button[type=submit]").last.click()
    maria.wait_for_url(f"{stand.portal}/**")
    enter_portal(stand, maria, "maria")
    maria.wait_for_url(f"{application}steps/contacts/")
    expect(maria.locator("main [name=email]")).to_have_value("maria.novaya@example.org")


def test_grigory_presses_it_was_not_me_and_a_stranger_is_out_of_his_cabinet(
    homeland: RunningStand, window: Window
) -> None:
    stand, his, stranger = homeland, window().new_page(), window().new_page()
    enter_cabinet(stand, his, "grigory")
    enter_cabinet(stand, stranger, "grigory")
    stranger.goto(f"{stand.cabinet}/journal/")
    assert stranger.url == f"{stand.cabinet}/journal/"

    his.goto(f"{stand.portal}/journal/")
    his.locator("main a[href$='/not-me/']").first.click()
    his.locator("main form button[type=submit]").first.click()
    his.wait_for_url(f"{stand.portal}/recovery/**")
    out_of_the_cabinet(stand, stranger)
    out_of_the_cabinet(stand, his)


def test_who_leaves_the_portal_in_one_window_stays_in_the_cabinet_in_another(
    stand: RunningStand, window: Window
) -> None:
    here, there = window().new_page(), window().new_page()
    enter_cabinet(stand, here, "vera")
    enter_cabinet(stand, there, "vera")
    elsewhere = here.context.new_page()
    elsewhere.goto(f"{stand.portal}/")
    portal.leave(elsewhere)
    out_of_the_cabinet(stand, here)
    there.goto(f"{stand.cabinet}/journal/")
    assert there.url == f"{stand.cabinet}/journal/"


def draft(stand: RunningStand, page: Page) -> str:
    """A new application of hers at the step where she types; its address."""
    page.goto(f"{stand.cabinet}/applications/new/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    address = re.match(r".*/applications/[0-9a-f-]{36}/", page.url).group(0) + "steps/contacts/"
    page.goto(address)
    return address


def leave_in_another_tab(stand: RunningStand, page: Page) -> Page:
    """She signs out at the portal beside the open page, and its word has come; the tab she did it in."""
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{stand.portal}/")
    portal.leave(elsewhere)
    out_of_the_cabinet(stand, elsewhere)
    return elsewhere


def come_back_to(page: Page) -> None:
    """The page comes to sight again, and has asked at most five seconds ago."""
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_her_open_page_is_covered_and_what_she_typed_comes_back_with_her(
    stand: RunningStand, window: Window
) -> None:
    anna = window().new_page()
    enter_cabinet(stand, anna, "anna")
    place = draft(stand, anna)
    name = anna.locator(".dk-header__person span").inner_text()
    title = anna.title()
    leave_in_another_tab(stand, anna)
    anna.locator("main [name=email]").fill("anna.novaya@example.org")

    come_back_to(anna)
    covered = anna.locator("main#covered")
    expect(covered).to_be_visible()
    expect(covered.locator("h1")).to_be_focused()
    expect(covered.locator("[data-code=left]")).to_be_visible()
    expect(anna.locator("main#main")).to_be_hidden()
    assert name not in anna.locator("body").inner_text()
    assert anna.title() != title
    accessible(anna)
    fits(anna)

    covered.locator("a").click()
    anna.wait_for_url(f"{stand.portal}/**")
    enter_portal(stand, anna, "anna")
    anna.wait_for_url(place)
    expect(anna.locator("main [name=email]")).to_have_value("anna.novaya@example.org")


def test_the_covered_page_is_uncovered_for_her_and_not_for_another(
    stand: RunningStand, window: Window
) -> None:
    anna = window().new_page()
    enter_cabinet(stand, anna, "anna")
    draft(stand, anna)
    elsewhere = leave_in_another_tab(stand, anna)
    anna.locator("main [name=email]").fill("anna.vtoraya@example.org")
    come_back_to(anna)
    expect(anna.locator("main#covered [data-code=left]")).to_be_visible()

    enter_cabinet(stand, elsewhere, "vera")
    come_back_to(anna)
    expect(anna.locator("main#covered [data-code=other]")).to_be_visible()
    expect(anna.locator("main#main")).to_be_hidden()
    elsewhere = leave_in_another_tab(stand, elsewhere)

    enter_cabinet(stand, elsewhere, "anna")
    come_back_to(anna)
    expect(anna.locator("main#main")).to_be_visible()
    expect(anna.locator("#covered")).to_have_count(0)
    expect(anna.locator("main [name=email]")).to_have_value("anna.vtoraya@example.org")


def test_a_page_left_in_sight_is_covered_within_a_minute(stand: RunningStand, window: Window) -> None:
    vera = window().new_page()
    vera.clock.install()
    enter_cabinet(stand, vera, "vera")
    vera.goto(f"{stand.cabinet}/journal/")
    leave_in_another_tab(stand, vera)
    vera.clock.fast_forward("01:01")
    expect(vera.locator("main#covered [data-code=left]")).to_be_visible()
    expect(vera.locator("main#main")).to_be_hidden()
