"""Ксения makes a passkey in a real browser with a virtual authenticator, and enters by it without a name."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from dopusk.stand.running import RunningStand
from tests.journeys.conftest import Person, accessible, fits

OPTIONS = "**/signin/passkey/options/"
WHO = "ksenia@example.org"  # she has no business at the cabinet, so no other journey meets her passkey


class Device:
    """The authenticator of a laptop: verifies its user, keeps passkeys, answers without being touched."""

    def __init__(self, page: Page) -> None:
        self.line = page.context.new_cdp_session(page)
        self.line.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.line.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows_its_user(self, knows: bool) -> None:
        """Whether the finger fits."""
        self.line.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": knows})

    def answers(self, at_once: bool) -> None:
        """Whether it is touched as soon as it is asked."""
        asked = {"authenticatorId": self.id, "enabled": at_once}
        self.line.send("WebAuthn.setAutomaticPresenceSimulation", asked)

    def is_touched_from_now_on(self, route: Route) -> None:
        """For a request the page sends before it asks: a request already at the device is not touched any more."""
        self.answers(True)
        route.continue_()

    def keys(self) -> list[dict[str, Any]]:
        """What it keeps."""
        found: list[dict[str, Any]] = self.line.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found


def by_password(stand: RunningStand, page: Page) -> None:
    page.goto(f"{stand.portal}/signin/?next=/security/factors/")
    page.locator("[name=identifier]").fill(WHO)
    page.locator("[name=password]").fill(stand.password(WHO))
    page.locator("[name=password]").press("Enter")


def refused(page: Page) -> str | None:
    problem = page.locator("[data-passkey-problem]:visible")
    expect(problem).to_be_focused()
    return problem.get_attribute("data-code")


@pytest.fixture
def page(window: Callable[..., BrowserContext]) -> Page:
    return window().new_page()


def test_a_passkey_is_made_shown_and_taken_away(stand: RunningStand, page: Page) -> None:
    device = Device(page)
    by_password(stand, page)
    page.wait_for_url(f"{stand.portal}/security/factors/")
    accessible(page)
    page.locator("#passkeys a").last.click()
    expect(page.locator("[data-passkey-register] button")).to_be_visible()
    expect(page.locator("[data-passkey-problem]")).to_be_hidden()  # nothing has gone wrong yet

    device.knows_its_user(False)
    page.locator("[name=name]").fill("Ноутбук")
    page.locator("[name=name]").press("Enter")
    assert refused(page) == "cancelled"
    accessible(page)
    fits(page)
    device.knows_its_user(True)
    page.locator("[name=name]").press("Enter")
    page.wait_for_url(f"{stand.portal}/security/factors/codes/")
    (key,) = device.keys()
    assert (key["isResidentCredential"], key["rpId"]) == (True, "localhost")

    page.goto(f"{stand.portal}/security/factors/passkeys/add/")
    page.locator("[data-passkey-register] button").click()
    assert refused(page) == "already_registered"

    page.locator("form[action='/signout/'] button").click()
    page.goto(f"{stand.portal}/signin/?next=/security/factors/")
    page.wait_for_url(
        "**/security/factors/"
    )  # the field for the name suggested the key, and the device agreed
    expect(page.locator("#passkeys")).to_contain_text("Ноутбук")
    assert device.keys()[0]["signCount"] > key["signCount"]

    page.locator("form[action='/signout/'] button").click()
    device.answers(False)
    with page.expect_response(OPTIONS):  # of the quiet request behind the field, which waits for a touch
        page.goto(f"{stand.portal}/signin/?next=/services/")
    page.route(OPTIONS, device.is_touched_from_now_on)
    page.locator("[data-passkey-button]").click()
    page.wait_for_url(f"{stand.portal}/services/")
    page.unroute(OPTIONS)

    page.locator("form[action='/signout/'] button").click()
    device.answers(False)
    by_password(stand, page)
    page.wait_for_url(f"{stand.portal}/signin/second/")
    device.answers(True)
    page.locator("[data-passkey-button]").click()
    page.wait_for_url(f"{stand.portal}/security/factors/")

    page.locator("#passkeys a[href$='/remove/']").click()
    accessible(page)
    page.locator("main form button").click()
    page.wait_for_url(f"{stand.portal}/security/factors/")
    expect(page.locator("#passkeys dl")).to_have_count(0)
    page.locator("form[action='/signout/'] button").click()
    page.goto(f"{stand.portal}/signin/?next=/security/factors/")
    assert refused(page) == "passkey_unknown"  # the device still suggests it
    accessible(page)

    by_password(stand, page)
    page.wait_for_url("**/signin/offer/**")  # one step again, and in her own browser a passkey is offered
    accessible(page)
    page.locator("form[action='/signin/offer/'] button").click()
    page.wait_for_url(f"{stand.portal}/security/factors/")


def test_oleg_enters_in_two_steps_and_a_used_code_is_refused(
    stand: RunningStand, person: Person, page: Page
) -> None:
    assert person("oleg").url.startswith(stand.cabinet)
    page.goto(f"{stand.portal}/sandbox/code/")
    accessible(page)
    fits(page)
    code = stand.code("oleg")
    for status in (303, 422):
        page.context.clear_cookies()
        page.goto(f"{stand.portal}/signin/")
        page.locator("[name=identifier]").fill("oleg@example.org")
        page.locator("[name=password]").fill(stand.password("oleg@example.org"))
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(f"{stand.portal}/signin/second/")
        page.locator("[name=code]").fill(code)
        with page.expect_response(f"{stand.portal}/signin/second/") as answer:
            page.locator("[name=code]").press("Enter")
        assert answer.value.status == status
