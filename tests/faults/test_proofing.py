"""Proofing over real HTTP: registers that are down, slow or talk nonsense, and every refusal by its newcomer."""

import time

import pytest

from dopusk.kernel import sandbox
from dopusk.stand.story import until
from tests.faults.newcomers import (
    TRUE_OF_DARIA,
    answers,
    letter,
    registered,
    says,
    sends_data,
)

REGISTERS = ("snils", "passports", "questions")


@pytest.fixture
def calm(stand):
    """Every register answers again afterwards."""
    yield stand
    for register in REGISTERS:
        stand.fault(register, "on")


def test_daria_waits_for_a_register_and_is_confirmed_when_it_is_back(calm):
    stand, daria = calm, sandbox.newcomer("daria")
    browser = registered(stand, "daria")

    # she was going to the cabinet and is told the missing step
    browser.open(f"{stand.cabinet}/signin/", expect=403)
    assert says(browser.now, "level")
    assert browser.now.document.xpath("//@data-step") == ["begin"]

    stand.fault("passports", "off")
    assert says(sends_data(stand, browser, daria), "waiting")
    assert letter(stand, daria.phone, "notices.proofing_waiting")

    stand.fault("passports", "on")
    page = f"{stand.portal}/proofing/"
    until("the worker asked again", lambda: says(browser.open(page), "questions"))

    stand.fault("questions", "off")
    browser.open(f"{stand.portal}/proofing/questions/")
    browser.submit(action="/proofing/questions/open/", expect=503)
    assert says(browser.now, "questions_down")
    stand.fault("questions", "on")

    def opened():
        """Once the breaker lets one through."""
        browser.open(f"{stand.portal}/proofing/questions/")
        try:
            browser.submit(action="/proofing/questions/open/")
        except Exception:  # noqa: BLE001 - 503 meanwhile
            return False
        return browser.now.heading == "Контрольные вопросы" and bool(
            browser.now.document.xpath("//input[@type='radio']")
        )

    until("the questions lie open", opened)
    answers(browser, TRUE_OF_DARIA)
    back = browser.open(page).document.xpath("//main//a[contains(@href, '/oidc/authorize')]/@href")
    assert back, browser.now.text
    assert letter(stand, daria.phone, "notices.confirmed")

    # and now the cabinet lets her in
    browser.open(f"{stand.cabinet}/signin/")
    browser.submit({"decision": "allow"}, action="/consents/give/")
    assert browser.now.url.startswith(stand.cabinet)


def test_egor_has_a_withdrawn_passport(calm):
    browser = registered(calm, "egor")
    page = sends_data(calm, browser, sandbox.newcomer("egor"), expect=422)
    assert says(page, "passport_invalid")


def test_zhanna_is_told_that_her_surname_differs_and_nothing_is_kept(calm):
    browser = registered(calm, "zhanna")
    page = sends_data(calm, browser, sandbox.newcomer("zhanna"), expect=422)
    assert says(page, "snils_mismatch")
    assert page.document.xpath("//input[@id='id_last_name'][contains(@class, '--error')]")
    fresh = browser.open(f"{calm.portal}/proofing/data/").document
    assert fresh.xpath("string(//input[@name='passport']/@value)") == ""


def test_there_is_nothing_to_ask_igor_so_an_operator_looks(calm):
    browser = registered(calm, "igor")
    sends_data(calm, browser, sandbox.newcomer("igor"))
    browser.submit(action="/proofing/questions/open/")
    assert says(browser.open(f"{calm.portal}/proofing/"), "review")


def test_a_second_account_with_annas_data_learns_nothing_and_anna_hears_of_it(calm):
    browser = registered(calm, "nina")
    page = sends_data(calm, browser, sandbox.person("anna"))
    assert says(page, "identity_taken")
    assert "anna@" not in page.text
    assert letter(calm, "anna@example.org", "notices.second_registration")


# The last one: after it the portal leaves the register of СНИЛС alone for some seconds.
def test_slow_and_garbling_registers_are_unknown_and_the_page_answers_in_time(calm):
    stand, lidia = calm, sandbox.newcomer("lidia")
    browser = registered(stand, "lidia")
    for mode, delay in (("delay", 7000), ("break", 0)):
        stand.fault("snils", mode, delay)
        began = time.monotonic()
        assert says(sends_data(stand, browser, lidia), "waiting")
        assert time.monotonic() - began < 6
        browser.submit(action="/proofing/cancel/")
        stand.fault("snils", "on")
