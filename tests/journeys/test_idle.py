"""Борис is called away from an open page: he is asked, may stay by a key, and finds what he typed when he is back."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys.conftest import accessible, enter_portal, fits
from tests.journeys.portal import leave


@pytest.fixture
def boris(stand: RunningStand, window: Callable[..., BrowserContext]) -> Page:
    """His window on the portal, signed in, its clock in our hand."""
    page = window().new_page()
    page.clock.install()
    page.goto(f"{stand.portal}/signin/?next=/security/")
    page.locator("[name=identifier]").fill("boris@example.org")
    page.locator("[name=password]").fill(stand.password("boris@example.org"))
    page.locator("form[action='/signin/'] button[type=submit]").last.click()
    expect(page.locator("h1")).to_be_visible()
    return page


def test_he_is_asked_after_a_quarter_of_an_hour_and_stays_by_a_key(stand, boris):
    boris.goto(f"{stand.portal}/recovery/?page")
    question = boris.locator("dialog#idle")
    expect(question).to_be_hidden()
    boris.clock.fast_forward("15:02")
    expect(question).to_be_visible()
    expect(boris.locator("#idle-left")).not_to_be_empty()
    expect(boris.locator("#idle-stay")).to_be_focused()
    accessible(boris)
    fits(boris)
    boris.keyboard.press("Tab")
    boris.keyboard.press("Tab")
    assert boris.evaluate("document.querySelector('main').contains(document.activeElement)") is False
    with boris.expect_response("**/sessions/stay/") as answer:
        boris.keyboard.press("Escape")
    assert answer.value.status == 200
    expect(question).to_be_hidden()
    boris.clock.fast_forward("14:00")
    expect(question).to_be_hidden()


def test_what_he_typed_is_there_again_and_passwords_are_not(stand, boris):
    boris.goto(f"{stand.portal}/recovery/?page")
    boris.locator("[name=identifier]").fill("то, что он набрал")
    boris.locator("[name=channel][value=mail]").check()
    boris.clock.fast_forward("21:00")
    expect(boris.locator("#idle-restored")).to_be_visible()
    expect(boris.locator("[name=identifier]")).to_have_value("то, что он набрал")
    expect(boris.locator("[name=channel][value=mail]")).to_be_checked()
    accessible(boris)
    boris.reload()
    expect(boris.locator("[name=identifier]")).to_have_value("")
    boris.goto(f"{stand.portal}/security/password/")
    for name in ("current_password", "new_password"):
        boris.locator(f"[name={name}]").fill("скворец у дальней дороги")
    boris.locator("[name=end_others]").uncheck()
    boris.clock.fast_forward("21:00")
    expect(boris.locator("[name=end_others]")).not_to_be_checked()
    for name in ("current_password", "new_password"):
        expect(boris.locator(f"[name={name}]")).to_have_value("")
    assert "скворец" not in boris.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_a_page_open_beside_the_one_he_signs_out_on_does_not_stay_open(stand, boris):
    boris.goto(f"{stand.portal}/recovery/?page")
    boris.locator("[name=identifier]").fill("то, что он набрал")
    elsewhere = boris.context.new_page()
    elsewhere.goto(f"{stand.portal}/")
    leave(elsewhere)
    boris.bring_to_front()
    boris.clock.fast_forward("00:06")
    boris.evaluate("window.dispatchEvent(new Event('focus'))")
    boris.wait_for_url(f"{stand.portal}/signin/?next=%2Frecovery%2F%3Fpage")
    enter_portal(stand, boris, "boris")
    expect(boris.locator("#idle-restored")).to_be_visible()
    expect(boris.locator("[name=identifier]")).to_have_value("то, что он набрал")


@pytest.mark.parametrize(
    "path", ["/security/", "/security/password/", "/security/sessions/", "/recovery/", "/not-me/x/"]
)
def test_the_pages_are_accessible_and_fit_a_narrow_screen(stand, boris, path):
    boris.goto(f"{stand.portal}{path}")
    accessible(boris)
    fits(boris)
