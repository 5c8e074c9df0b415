"""Анна signs in the browser with the agent: whatever her token does, the page says what happened and what to do."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from dopusk.agent.refusals import CODES
from tests.journeys.conftest import accessible, fits
from tests.journeys.signer_programs import Agent, Nothing
from tests.journeys.signer_tokens import PIN, Held, Token
from tests.signer.page import CHALLENGE, new_site

ANNA = Held.of("Орлова", "Анна")
CLINIC = Held.of("Орлова", "Анна", organisation="ГБУЗ «Городская больница № 7»", ogrn="1027700132195")
PAST = Held.of("Смирнова", "Анна", days_ago=500)
COMING = Held.of("Орлова", "Анна", days_ago=-40)


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
        if not isinstance(programs, Nothing) and not more:
            expect(page.locator("[data-signer]")).not_to_have_attribute("aria-busy", "true")
        return site, page

    yield come
    for site in sites:
        assert site.complaints == []


def told(page, code):
    """The problem is on the page, and she was taken to it."""
    problem = page.locator("[data-signer-problem]")
    expect(problem).to_have_attribute("data-code", code)
    expect(problem).to_be_visible()
    expect(problem).to_be_focused()
    expect(problem.locator("[role=alert]")).not_to_be_empty()
    expect(problem.locator("p")).not_to_have_count(0)
    return problem


def informed(page, code):
    notice = page.locator("[data-signer-notice]")
    expect(notice).to_be_visible()
    expect(notice).to_have_attribute("data-code", code)
    return notice


SIGN = "[data-signer-sign]"


def test_one_token_and_its_pin_sign_the_exact_bytes(anna):
    agent = Agent([plugged()])
    site, page = anna(agent)
    expect(page.locator(".signer__owner")).to_have_text("Орлова Анна Петровна")
    expect(page.locator(".signer__token")).to_contain_text("Рутокен ЭЦП 3.0")
    expect(page.locator("input[type=radio]")).to_be_checked()
    accessible(page)
    fits(page)
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"
    assert set(site.sent[0]) == {"challenge", "signature", "signature_file"}
    assert site.sent[0]["challenge"].decode() == str(CHALLENGE)
    assert len(agent.signings) == 1


@pytest.mark.parametrize("code", sorted(CODES))
def test_each_refusal_of_the_agent_is_explained_where_she_is(anna, code):
    agent = Agent([plugged()], prompts=[{"code": code, "left": 3} if code == "WRONG_PIN" else {"code": code}])
    site, page = anna(agent)
    page.click(SIGN)
    problem = told(page, code)
    assert len(problem.locator("p").all()) >= 2
    expect(problem.locator(".signer__code code")).to_have_text(code)
    expect(page.locator("[data-signer]")).not_to_have_attribute("aria-busy", "true")
    accessible(page)
    fits(page)
    assert site.sent == []
    assert len(agent.signings) == 1


def test_the_browsers_own_english_is_not_shown(anna):
    said = "Specified native messaging host not found."
    _, page = anna(Agent([plugged()], prompts=[{"code": "NO_HOST", "detail": said}]))
    page.click(SIGN)
    expect(told(page, "NO_HOST").locator(".signer__code code")).to_have_text("NO_HOST")
    expect(page.locator("main")).not_to_contain_text(said)


def test_the_button_waits_with_her_while_the_pin_is_asked(anna):
    _, page = anna(Agent([plugged()], prompts=["hold"]))
    button = page.locator(SIGN)
    looks = "(one) => { const { color, backgroundColor } = getComputedStyle(one); return [color, backgroundColor]; }"
    ready = button.evaluate(looks)
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_class(re.compile("signer__waits"))
    expect(button).to_be_focused()
    pressed = button.evaluate(looks)
    page.mouse.move(0, 0)
    expect(button).to_have_js_property("disabled", value=False)  # or the focus would be lost
    assert pressed == button.evaluate(looks)
    assert all(one != other for one, other in zip(ready, pressed, strict=True))
    accessible(page)
    page.click("[data-signer-stop]")
    expect(button).to_have_attribute("aria-disabled", "false")
    expect(button).not_to_have_class(re.compile("signer__waits"))


def test_an_unknown_refusal_is_not_hidden(anna):
    _, page = anna(Agent([plugged()], prompts=[{"code": "NEW_THING"}]))
    page.click(SIGN)
    expect(told(page, "OTHER").locator("code")).to_have_text("OTHER NEW_THING")


def test_a_wrong_pin_is_counted_and_never_repeated_by_the_page(anna):
    agent = Agent([plugged()], prompts=["0000", "1111"])
    site, page = anna(agent)
    page.click(SIGN)
    expect(told(page, "WRONG_PIN").locator("[data-slot=left]")).to_have_text("4")
    page.wait_for_timeout(1500)
    assert len(agent.signings) == 1
    page.click("[data-do=sign]")
    expect(page.locator("[data-slot=left]").first).to_have_text("3")
    told(page, "WRONG_PIN")
    assert len(agent.signings) == 2
    page.click("[data-do=sign]")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_the_list_says_as_many_tries_as_the_message(anna):
    _, page = anna(Agent([plugged(left=4)], prompts=["0000", "1111"]))
    few = page.locator(".signer__token strong")
    expect(few).to_have_count(0)
    page.click(SIGN)
    told(page, "WRONG_PIN")
    expect(few).to_have_text("3")
    page.click("[data-do=sign]")
    expect(few).to_have_text("2")


def test_the_last_wrong_pin_locks_the_token_and_the_list_shows_it(anna):
    agent = Agent([plugged(left=1)], prompts=["0000"])
    _, page = anna(agent)
    expect(page.locator(".signer__token strong")).to_have_text("1")
    page.click(SIGN)
    told(page, "LOCKED")
    expect(page.locator("input[type=radio]")).to_be_disabled()
    expect(page.locator(SIGN)).to_be_hidden()
    expect(page.locator(".signer__why")).to_be_visible()
    expect(page.locator("[data-signer-notice]")).to_be_hidden()
    accessible(page)


def test_a_token_pulled_out_is_found_again_when_it_is_back(anna):
    token = plugged()
    agent = Agent([token], prompts=["unplug"])
    site, page = anna(agent)
    page.click(SIGN)
    told(page, "UNPLUGGED")
    expect(page.locator("input[type=radio]")).to_have_count(0)
    expect(page.locator("[data-signer-notice]")).to_be_hidden()
    accessible(page)
    agent.tokens.append(token)
    page.click("[data-do=search]")
    expect(page.locator("input[type=radio]")).to_be_focused()
    expect(page.locator("[data-signer-problem]")).to_be_hidden()
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_what_comes_after_she_stopped_is_not_sent(anna):
    agent = Agent([plugged()], prompts=["hold"])
    site, page = anna(agent)
    page.click(SIGN)
    expect(page.locator("[data-signer-status]")).not_to_be_empty()
    page.click("[data-signer-stop]")
    told(page, "STOPPED")
    late = ANNA.sign("0KLQtdC60YHRgg==")
    page.evaluate("(signature) => window.release({ ok: true, signature })", late)
    page.wait_for_timeout(300)
    assert site.sent == []
    assert agent.asked[-1]["message"] == {"v": 1, "do": "cancel"}  # its window goes
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert len(site.sent) == 1


def test_a_second_press_does_no_harm(anna):
    agent = Agent([plugged()], prompts=["hold"])
    _, page = anna(agent)
    page.click(SIGN)
    expect(page.locator(SIGN)).to_have_attribute("aria-disabled", "true")
    page.locator(SIGN).dispatch_event("click")
    page.locator("input[type=radio]").press("Enter")
    page.wait_for_timeout(300)
    assert len(agent.signings) == 1


def test_of_two_tokens_she_chooses_one_by_keyboard(anna):
    second = Token("Запасной", "42", [CLINIC])
    agent = Agent([plugged(), second])
    site, page = anna(agent)
    expect(page.locator(".signer__group")).to_have_count(2)
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    accessible(page)
    fits(page)
    page.focus(SIGN)
    page.keyboard.press("Enter")
    told(page, "NO_CHOICE")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[type=radio]").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[type=radio]").last).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.locator(SIGN)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([CLINIC.loaded]).code == "good"
    assert site.signature([ANNA.loaded]).code == "signer_unknown"


def test_what_cannot_sign_stands_last_with_the_reason(anna):
    _, page = anna(Agent([plugged(PAST, COMING, ANNA)]))
    radios = page.locator("input[type=radio]")
    expect(radios).to_have_count(3)
    expect(radios.nth(0)).to_be_checked()
    assert [radios.nth(place).is_disabled() for place in range(3)] == [False, True, True]
    reasons = page.locator(".signer__why")
    expect(reasons).to_have_count(2)
    expect(reasons.first).to_have_text(re.compile(r"\d{1,2} \S+ \d{4}$"))
    accessible(page)
    fits(page)


def test_only_expired_certificates_leave_nothing_to_press(anna):
    _, page = anna(Agent([plugged(PAST)]))
    informed(page, "NO_USABLE")
    expect(page.locator(SIGN)).to_be_hidden()


@pytest.mark.parametrize(
    ("programs", "code"),
    [
        (Nothing(), "NO_PLUGIN"),
        (Agent(absent=True), "NO_PLUGIN"),
        (Agent(refuses="NO_HOST"), "NO_HOST"),
        (Agent(refuses="ORIGIN_REFUSED"), "ORIGIN_REFUSED"),
        (Agent(), "NO_TOKEN"),
        (Agent([Token("Пустой", "7", [])]), "NO_CERT"),
    ],
    ids=["nothing", "no extension", "no program", "another site", "no token", "empty token"],
)
def test_what_is_missing_is_said_and_the_way_by_file_is_open(anna, programs, code):
    site, page = anna(programs)
    informed(page, code)
    expect(page.locator("[data-signer-problem]")).to_be_hidden()
    assert page.evaluate("document.activeElement === document.body")
    expect(page.locator("#by-file")).to_be_visible()
    accessible(page)
    fits(page)
    page.set_input_files(
        "#by-file", {"name": "текст.p7s", "mimeType": "application/x", "buffer": b"signature"}
    )
    page.click("button[type=submit] >> text=Отправить файл")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.sent[0]["signature_file"] == b"signature"
    assert site.sent[0]["signature"] == b""


def test_an_agent_installed_meanwhile_is_found_without_a_reload(anna):
    agent = Agent([plugged()], absent=True)
    _, page = anna(agent)
    informed(page, "NO_PLUGIN")
    agent.absent = False
    page.click("[data-signer-search]")
    expect(page.locator("input[type=radio]")).to_be_focused()
    expect(page.locator("[data-signer-notice]")).to_be_hidden()


def test_nobody_is_asked_for_a_pin_when_the_text_is_too_old_or_does_not_come(anna):
    agent = Agent([plugged()])
    site, page = anna(agent)
    for status, code in ((404, "STALE"), (410, "STALE"), (503, "OFFLINE"), (0, "OFFLINE")):
        site.content_status = status
        page.click(SIGN)
        told(page, code)
    accessible(page)
    assert agent.signings == []


def test_a_page_left_open_for_too_long_says_so_before_the_pin(anna):
    agent = Agent([plugged()])
    site, page = anna(agent, lasts=timedelta(seconds=-1))
    page.click(SIGN)
    told(page, "STALE")
    assert agent.signings == []
    site.lasts = timedelta(minutes=10)
    page.click("[data-do=reload]")
    expect(page.locator("[data-signer-problem]")).to_be_hidden()
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")


def test_a_long_search_says_that_it_goes_on(anna, window):
    agent = Agent([plugged()])
    site = new_site(window(), agent)
    page = site.page
    page.add_init_script(
        """{
          const { runtime } = window.chrome, ask = runtime.sendMessage;
          runtime.sendMessage = (...all) => setTimeout(() => ask(...all), 1300);
        }"""
    )
    site.open()
    expect(page.locator("[data-signer]")).to_have_attribute("aria-busy", "true")
    assert page.locator("[data-signer-status]").inner_text() == ""
    expect(page.locator("[data-signer-status]")).not_to_be_empty()
    expect(page.locator("[data-signer]")).to_have_attribute("aria-busy", "true")
    expect(page.locator("input[type=radio]")).to_be_checked()


def test_nothing_jumps_while_programs_are_looked_for(anna, window):
    site = new_site(window(viewport={"width": 1280, "height": 900}), Agent([plugged()]))
    site.page.add_init_script(
        """window.shifts = 0;
        new PerformanceObserver((list) => { for (const one of list.getEntries()) window.shifts += one.value; })
          .observe({ type: "layout-shift", buffered: true });"""
    )
    page = site.open()
    expect(page.locator("input[type=radio]")).to_be_checked()
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifts") < 0.01


def test_without_scripts_only_the_way_by_file_stands(window):
    site = new_site(window(java_script_enabled=False), Nothing())
    page = site.open()
    expect(page.locator("[data-signer]")).to_be_hidden()
    expect(page.locator("#by-file")).to_be_visible()


@pytest.mark.parametrize(
    ("lacks", "lost"),
    [
        ("delete HTMLScriptElement.prototype.noModule", ""),
        ("delete Element.prototype.replaceChildren", ""),
        ("", "/static/signing/sign_page.js"),
        ("", "/static/signing/chooser.js"),
    ],
    ids=["no modules", "older than the scripts", "script lost", "part of it lost"],
)
def test_a_browser_that_cannot_run_the_scripts_keeps_the_way_by_file(window, lacks, lost):
    old = new_site(window(), Agent([plugged()]), lost=(lost,))
    if lacks:
        old.page.add_init_script(lacks)
    page = old.open()
    page.wait_for_load_state()
    expect(page.locator("[data-signer]")).to_be_hidden()
    expect(page.locator("#by-file")).to_be_visible()


def test_the_whole_way_by_keyboard_alone(anna):
    site, page = anna(Agent([plugged()], prompts=["cancel"]))
    page.focus("#signer-heading")
    page.keyboard.press("Tab")
    expect(page.locator("input[type=radio]")).to_be_focused()
    page.keyboard.press("Enter")
    told(page, "CANCELLED")
    page.keyboard.press("Tab")
    expect(page.locator("[data-do=sign]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Принято")
    assert site.signature([ANNA.loaded]).code == "good"


def test_every_code_has_its_three_sentences_in_both_languages(anna, window):
    said = {}
    for language in ("ru", "en"):
        site = new_site(window(), Agent([plugged()]), language=language)
        page = site.open()
        said[language] = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('template[data-code]')].map((one) =>"
            " [one.dataset.code, [...one.content.children].map((part) => part.textContent.trim())]))"
        )
        assert page.evaluate(
            "[...document.querySelectorAll('template[data-word]')].every((one) => one.content.textContent.trim())"
        )
    assert set(said["ru"]) == set(said["en"])
    assert set(said["ru"]) >= CODES
    for code, parts in said["ru"].items():
        assert len(parts) >= 3, code
        for ours, theirs in zip(parts, said["en"][code], strict=True):
            assert ours != theirs, (code, ours)
            assert not re.search("[а-яё]", theirs.replace("допуск", "")), (code, theirs)


def test_the_pin_of_the_agent_never_meets_the_page(anna):
    agent = Agent([plugged()])
    site, page = anna(agent)
    expect(page.locator("#signer-pin")).to_be_hidden()
    page.click(SIGN)
    expect(page.locator("h1")).to_have_text("Принято")
    assert PIN not in str(agent.asked)
    assert PIN.encode() not in b"".join(site.sent[0].values())
