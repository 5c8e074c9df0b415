"""The vendors' stand-ins on the real sites: their signature adds a certificate, signs in, and is refused in words.

Neither program has ever been here; the certificates and signatures are real ones of the stand's authority.
"""

import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from dopusk.kernel import sandbox
from dopusk.stand.tokens import Registers, new_key
from tests.journeys.conftest import SLOWEST_MS, accessible, enter_portal, fits
from tests.journeys.signer_programs import CadesPlugin, Rutoken
from tests.journeys.signer_tokens import PIN, Held, Token

WHO = "vera"
SIGN = "[data-signer-sign]"


@pytest.fixture(scope="module")
def held(stand):
    """A key with a certificate the stand's authority issued."""
    person = sandbox.person(WHO)
    key, request = new_key("ec", person.full_name)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Held(key, Registers.of(stand.state).issue(request, person, "ec").chain[0])


def opened(window, programs, width=1280):
    page = window(viewport={"width": width, "height": 900}).new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    programs.move_into(page)
    return page, complaints


def test_a_certificate_is_added_by_cadesplugin_and_rutoken_signs_in_by_it(stand, window, held):
    token = Token("Рутокен ЭЦП 3.0", "0123456789", [held])
    page, complaints = opened(window, CadesPlugin([token]))
    page.goto(f"{stand.portal}/certificates/add/")
    enter_portal(stand, page, WHO)
    page.wait_for_url("**/certificates/add/**")
    expect(page.locator("input[type=radio]")).to_be_checked()
    accessible(page)
    fits(page)
    page.click(SIGN)
    expect(page.locator("main [data-certificate], main [data-standing=good]").first).to_be_visible()
    assert complaints == []

    page, complaints = opened(window, Rutoken([token]), width=320)
    page.goto(f"{stand.portal}/signin/signature/")
    page.fill("#signer-pin", "0000")
    page.press("#signer-pin", "Enter")
    expect(page.locator("[data-signer-problem]")).to_have_attribute("data-code", "WRONG_PIN")
    accessible(page)
    fits(page)
    page.click("[data-do=sign]")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"^{re.escape(stand.portal)}/(?!signin)"))
    expect(page.locator("form[action='/signout/'] button").first).to_be_attached()
    assert complaints == []


def test_a_certificate_of_a_stranger_is_refused_by_the_site_in_words(stand, window):
    page, complaints = opened(window, CadesPlugin([Token("", "1", [Held.of("Чужая", "Анна")])]))
    page.goto(f"{stand.portal}/signin/signature/")
    page.click(SIGN)
    expect(page.locator("main [role=alert] code").first).to_have_text(
        "chain_incomplete:unreachable", timeout=SLOWEST_MS
    )
    expect(page.locator("[data-error-summary]").first).to_be_focused()
    expect(page.locator("input[type=radio]")).to_be_checked()  # the page asks anew, on its own
    accessible(page)
    fits(page)
    assert complaints == []
