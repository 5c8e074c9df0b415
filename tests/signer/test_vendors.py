"""Анна signs with КриптоПро's or Рутокен's plug-in: scripted stand-ins only, neither program has ever been here."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import accessible, fits
from tests.journeys.signer_programs import CADESPLUGIN, RUTOKEN, CadesPlugin, Programs, Rutoken
from tests.journeys.signer_tokens import PIN, Held, Token
from tests.signer.page import new_site

ANNA = Held.of("Орлова", "Анна")
CLINIC = Held.of("Орлова", "Анна", organisation="ГБУЗ «Городская больница № 7»", ogrn="1027700132195")
SIGN = "[data-signer-sign]"
FIELD = "#signer-pin"


def plugged(*held: Held, **more: object) -> Token:
    return Token("Рутокен ЭЦП 3.0", "0123456789", list(held or (ANNA,)), **more)


@pytest.fixture
def anna(window):
    """anna(programs) opens the page in Анна's browser."""
    sites = []

    def come(programs, **more):
        site = new_site(window(), programs, **more)
        sites.append(site)
        page = site.open()
        expect(page.locator("[data-signer]")).not_to_have_attribute("aria-busy", "true")
        return site, page

    yield come
    for site in sites:
        assert site.complaints == []


def told(page, code):
    problem = page.locator("[data-signer-problem]")
    expect(problem).to_have_attribute("data-code", code)
    expect(problem).to_be_focused()
    return problem


# --- КриптоПро


def test_cadesplugin_signs_detached_cades_bes_over_the_exact_bytes(anna):
    programs = CadesPlugin([plugged(ANNA, CLINIC)], installed=[ANNA])
    site, page = anna(programs)
    expect(page.locator(".signer__owner")).to_have_count(2)
    expect(page.locator(FIELD)).to_be_hidden()
    accessible(page)
    fits(page)
    page.get_by_text("Городская больница").click()
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([CLINIC.loaded]).code == "good"
    verbs = [call["verb"] for call in programs.asked]
    assert verbs.count("open") == verbs.count("close") == 4  # two stores, looked into twice


def test_an_old_cadesplugin_shows_what_is_installed(anna):
    site, page = anna(CadesPlugin([plugged(ANNA, CLINIC)], installed=[CLINIC], old=True))
    expect(page.locator(".signer__owner")).to_have_count(1)
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([CLINIC.loaded]).code == "good"


def test_a_token_gone_since_the_list_is_told_from_a_missing_certificate(anna):
    programs = CadesPlugin([plugged()])
    site, page = anna(programs)
    programs.tokens.clear()
    page.click(SIGN)
    told(page, "UNPLUGGED")
    assert site.sent == []


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("Введен неправильный PIN-код. (0x8010006B)", "WRONG_PIN"),
        ("Карта заблокирована. (0x8010006C)", "LOCKED"),
        ("Действие было отменено пользователем. (0x8010006E)", "CANCELLED"),
        ("Операция была отменена пользователем. (0x800704C7)", "CANCELLED"),
        ("The operation was canceled by the user. (0x000004C7)", "CANCELLED"),
        ("Набор ключей не существует. (0x80090016)", "NO_KEY"),
        ("Cannot find the certificate and private key. (0x8009200B)", "NO_KEY"),
        ("Смарт-карта была извлечена. (0x80100069)", "UNPLUGGED"),
        ("Истек срок действия сертификата. (0x800B0101)", "EXPIRED"),
        ("Цепочка сертификатов не может быть построена. (0x800B010A)", "CHAIN"),
        ("Internal error. (0x8007065B)", "LICENCE"),
        ("Внутренняя ошибка. (0x80090020)", "TOKEN_FAULT"),
        ("Что-то новое. (0x8BADF00D)", "OTHER"),
    ],
    ids=lambda one: re.sub(r".*(0x\w+).*", r"\1", one),
)
def test_each_number_of_cadesplugin_is_explained(anna, answer, code):
    programs = CadesPlugin([plugged()], prompts=[answer])
    site, page = anna(programs)
    page.click(SIGN)
    problem = told(page, code)
    expect(problem.locator("code")).to_contain_text(re.search("0x[0-9A-F]{8}", answer)[0])
    expect(problem.locator("[data-slot=left]")).to_have_count(0)  # it does not say how many tries are left
    accessible(page)
    fits(page)
    assert site.sent == []
    assert [call["verb"] for call in programs.asked].count("sign") == 1


def test_cadesplugin_counts_on_the_token_until_it_locks(anna):
    site, page = anna(CadesPlugin([plugged(left=2)], prompts=["0000", "1111"]))
    page.click(SIGN)
    told(page, "WRONG_PIN")
    page.click("[data-do=sign]")
    told(page, "LOCKED")
    assert site.sent == []


def test_an_empty_store_and_an_absent_program_are_told_apart(anna):
    _, page = anna(CadesPlugin())
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_TOKEN")
    _, page = anna(CadesPlugin(missing=True))
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_PLUGIN")


def test_the_operators_copy_of_a_vendors_script_is_loaded_under_the_strict_policy(anna):
    class Plain(CadesPlugin):
        script = ""

    site, page = anna(Plain([plugged()]), vendors={"/vendor/cadesplugin_api.js": CADESPLUGIN})
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_a_script_the_operator_named_and_lost_is_no_program(anna):
    _, page = anna(Programs(), vendors={"/vendor/a.js": "", "/vendor/b.js": ""})
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", "NO_PLUGIN")


# --- Рутокен


def test_rutoken_takes_the_pin_from_the_page_once_and_the_page_forgets_it(anna):
    programs = Rutoken([plugged()])
    site, page = anna(programs)
    expect(page.locator(FIELD)).to_be_visible()
    expect(page.locator(FIELD)).to_have_attribute("type", "password")
    accessible(page)
    fits(page)
    page.fill(FIELD, PIN)
    page.press(FIELD, "Enter")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"
    assert programs.verbs("login") == [[0, PIN]]
    assert len(programs.verbs("logout")) == 1
    assert not programs.logged_in
    assert PIN.encode() not in b"".join(site.sent[0].values())


def test_a_wrong_pin_of_rutoken_is_wiped_counted_and_not_repeated(anna):
    programs = Rutoken([plugged(left=3)])
    site, page = anna(programs)
    page.fill(FIELD, "0000")
    page.click(SIGN)
    expect(told(page, "WRONG_PIN").locator("[data-slot=left]")).to_have_text("2")
    expect(page.locator(FIELD)).to_have_value("")
    page.click("[data-do=sign]")
    expect(page.locator(FIELD)).to_be_focused()
    assert programs.verbs("login") == [[0, "0000"]]
    page.keyboard.press("Enter")
    told(page, "PIN_EMPTY")
    accessible(page)
    assert len(programs.verbs("login")) == 1
    page.click("[data-do=pin]")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_rutoken_locks_and_says_so_in_the_list(anna):
    _, page = anna(Rutoken([plugged(left=1)]))
    page.fill(FIELD, "0000")
    page.click(SIGN)
    told(page, "LOCKED")
    expect(page.locator("input[type=radio]")).to_be_disabled()
    expect(page.locator(FIELD)).to_be_hidden()


@pytest.mark.parametrize("when", ["before", "while"])
def test_rutoken_pulled_out_before_or_while_it_signs(anna, when):
    programs = Rutoken([plugged()], fails=[12])
    site, page = anna(programs)
    if when == "before":
        programs.tokens.clear()
    page.fill(FIELD, PIN)
    page.click(SIGN)
    told(page, "UNPLUGGED")
    expect(page.locator("input[type=radio]")).to_have_count(0)
    assert site.sent == []


@pytest.mark.parametrize(
    ("number", "code"), [(40, "NO_KEY"), (50, "CANCELLED"), (60, "TOKEN_FAULT"), (999, "OTHER")]
)
def test_each_number_of_rutoken_is_explained(anna, number, code):
    programs = Rutoken([plugged()], fails=[number])
    _, page = anna(programs)
    page.fill(FIELD, PIN)
    page.click(SIGN)
    told(page, code)
    assert len(programs.verbs("logout")) == 1


def test_a_session_somebody_left_open_does_not_sign_without_the_pin(anna):
    programs = Rutoken([plugged()], logged_in=True)
    _, page = anna(programs)
    page.fill(FIELD, "0000")
    page.click(SIGN)
    told(page, "WRONG_PIN")
    assert programs.verbs("sign") == []


@pytest.mark.parametrize(
    ("programs", "code"),
    [
        (Rutoken(missing="extension"), "NO_PLUGIN"),
        (Rutoken(missing="plugin"), "NO_PLUGIN"),
        (Rutoken(), "NO_TOKEN"),
        (Rutoken([Token("Пустой", "7", [])]), "NO_CERT"),
    ],
    ids=["no extension", "no program", "no token", "empty token"],
)
def test_what_rutoken_lacks_is_said(anna, programs, code):
    _, page = anna(programs)
    expect(page.locator("[data-signer-notice]")).to_have_attribute("data-code", code)


def test_the_field_for_the_pin_comes_and_goes_with_the_choice(anna):
    _, page = anna(Rutoken([plugged(), Token("Второй", "2", [CLINIC])]))
    expect(page.locator(FIELD)).to_be_hidden()
    page.get_by_text("Городская больница").click()
    expect(page.locator(FIELD)).to_be_visible()
    page.fill(FIELD, PIN)
    page.click("[data-password-toggle=signer-pin]")
    expect(page.locator(FIELD)).to_have_attribute("type", "text")


# --- both at once


class Both(Programs):
    """КриптоПро and Рутокен in one browser, each asked by itself."""

    script = CADESPLUGIN + RUTOKEN

    def __init__(self, cadesplugin, rutoken):
        super().__init__()
        self.cadesplugin, self.rutoken = cadesplugin, rutoken

    def said(self, call):
        return (self.rutoken if "args" in call else self.cadesplugin).answer(call)


def test_programs_side_by_side_list_together_and_one_that_lacks_its_token_is_mentioned(anna):
    site, page = anna(Both(CadesPlugin([plugged()]), Rutoken()))
    expect(page.locator("input[type=radio]")).to_be_checked()
    notice = page.locator("[data-signer-notice]")
    expect(notice).to_contain_text("Рутокен")
    accessible(page)
    fits(page)
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_the_same_certificate_through_two_programs_is_two_choices(anna):
    site, page = anna(Both(CadesPlugin([plugged()]), Rutoken([plugged()])))
    expect(page.locator(".signer__group")).to_have_count(2)
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    page.get_by_role("group", name="Рутокен").get_by_role("radio").check()
    page.fill(FIELD, PIN)
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"
