"""Яна registers and signs in without a mouse: Tab, Enter, Space, and what she types."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.letters import Letters
from tests.journeys.portal import PASSWORD, Somebody, said

Window = Callable[..., BrowserContext]
LAST = 60  # presses of Tab; nothing is farther away than that
YANA = Somebody("Чернова", "Яна", "Олеговна", "+79000010031", "yana.chernova@example.org")
FOCUS_SEEN = """() => {
  const seen = getComputedStyle(document.activeElement), around = getComputedStyle(document.activeElement, '::before');
  const next = document.activeElement.nextElementSibling;
  const beside = next ? getComputedStyle(next, '::before') : around;
  return [seen, around, beside].some(one => (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) > 0)
    || one.boxShadow !== 'none');
}"""


def tab_to(page: Page, selector: str) -> None:
    """Tab onward until this has the focus, and the focus can be seen there."""
    for _ in range(LAST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(FOCUS_SEEN), f"{page.url}: no visible focus on {selector}"
            return
    raise AssertionError(f"{page.url}: {LAST} tabs do not lead to {selector}")


def type_into(page: Page, name: str, text: str) -> None:
    tab_to(page, f"main [name={name}]")
    page.keyboard.type(text)


def send(page: Page, address: str) -> None:
    """Tab to the button that sends the form, press Enter, arrive."""
    tab_to(page, "main form button[type=submit].govuk-button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(address))


def test_yana_registers_and_signs_in_by_keyboard_alone(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, page = homeland, window().new_page()
    page.goto(f"{stand.portal}/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"  # the way past the menu
    page.keyboard.press("Enter")
    tab_to(page, "a[href^='/registration/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registration/")
    tab_to(page, "[name=consent]")
    page.keyboard.press("Space")
    send(page, "/registration/about/")
    for name in ("last_name", "first_name", "patronymic", "phone", "email"):
        type_into(page, name, getattr(YANA, name))
    send(page, "/registration/code/")
    type_into(page, "code", letters.code(YANA.phone, "registration.phone"))
    send(page, "/registration/password/")

    # a fault takes the focus; its link leads to the field
    type_into(page, "new_password", "korotkiy")
    page.keyboard.press("Enter")
    said(page, "password_short")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    tab_to(page, "[data-error-summary] a")
    page.keyboard.press("Enter")
    expect(page.locator("[name=new_password]")).to_be_focused()
    page.keyboard.type(PASSWORD)
    tab_to(page, "main button[aria-controls], main button[type=button]")
    page.keyboard.press("Enter")
    expect(page.locator("[name=new_password]")).to_have_attribute("type", "text")  # shown
    send(page, "/registration/done/")

    tab_to(page, "form[action='/signout/'] button")
    page.keyboard.press("Enter")
    expect(page.locator("form[action='/signout/']")).to_have_count(0)
    page.goto(f"{stand.portal}/signin/")
    type_into(page, "identifier", YANA.phone)
    type_into(page, "password", "ne tot parol")
    page.keyboard.press("Enter")
    said(page, "mismatch")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    type_into(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("form[action='/signout/'] button").first).to_be_visible()
    portal.entered(page)
