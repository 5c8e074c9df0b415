"""Дарья registers, proves who she is and enters the cabinet she was going to; others whose number is taken."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.letters import Letters
from tests.journeys.portal import PASSWORD, Somebody, look, onward, said

Window = Callable[..., BrowserContext]


def test_daria_registers_on_her_way_to_the_cabinet_is_confirmed_and_arrives(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, daria, page = homeland, sandbox.newcomer("daria"), window().new_page()

    # the cabinet sends her to sign in; she has no account
    page.goto(f"{stand.cabinet}/signin/")
    page.locator("main a[href^='/registration/']").click()
    look(page)
    onward(page)
    said(page, "required")
    with page.expect_popup() as opened:
        page.locator("a[href='/registration/consent/']").click()
    expect(opened.value.locator("h1")).to_be_visible()
    look(opened.value)
    opened.value.close()
    page.locator("[name=consent]").check()
    onward(page)

    portal.fill_about(page, daria)
    look(page)
    page.locator("[name=phone]").fill("12345")
    onward(page)
    expect(portal.wrong(page, "phone")).to_have_value("12345")
    expect(page.locator("[name=last_name]")).to_have_value(daria.last_name)
    page.locator("[name=phone]").fill("8 (900) 000-00-21")
    onward(page)

    code = letters.code(daria.phone, "registration.phone")
    look(page)
    page.locator("[name=code]").fill("000000" if code != "000000" else "111111")
    onward(page)
    said(page, "code_wrong")
    look(page)
    page.locator("[name=code]").fill(code)
    onward(page)

    look(page)
    for bad, why in (("korotkiy", "password_short"), ("masterdragon2026", "password_listed")):
        page.locator("[name=new_password]").fill(bad)
        onward(page)
        said(page, why)
    look(page)
    page.locator("[name=new_password]").fill(PASSWORD)
    onward(page)
    page.wait_for_url(re.compile("/registration/done/"))
    look(page)
    way_back = page.locator("main a[href^='/oidc/authorize']").get_attribute("href")
    assert way_back

    # the link of the letter changes nothing by being opened; the button does
    link = letters.link(daria.email, "registration.email")
    other = page.context.new_page()
    for _ in range(2):
        other.goto(link)
        look(other)
    other.goto(f"{stand.portal}/contacts/")
    expect(other.locator("[data-waits=email]")).to_be_visible()
    other.goto(link)
    onward(other)
    expect(other.locator("main form")).to_have_count(0)
    look(other)
    other.goto(f"{stand.portal}/contacts/")
    expect(other.locator("[data-waits=email]")).to_have_count(0)
    expect(other.locator("main")).to_contain_text(daria.email)
    other.close()

    # she goes on to the cabinet and is stopped with the step that lacks
    page.goto(f"{stand.portal}{way_back}")
    expect(said(page, "level")).to_have_attribute("data-step", "begin")
    look(page)
    page.locator("[data-code=level] a.govuk-button").click()
    look(page)
    page.locator("main a[href='/proofing/data/']").click()
    portal.fill_data(page, daria)
    page.locator("[name=scan]").set_input_files(portal.PASSPORT)
    look(page)
    onward(page)
    page.wait_for_url(f"{stand.portal}/proofing/questions/")
    look(page)
    page.goto(f"{stand.portal}/proofing/")
    said(page, "questions")  # the registers agreed: standard by now
    look(page)
    assert level_of_the_newest(stand) == "standard"

    portal.open_questions(stand, page)
    look(page)
    portal.answer_truly(stand, page)
    page.wait_for_url(f"{stand.portal}/proofing/")
    assert level_of_the_newest(stand) == "confirmed"
    assert letters.text(daria.email, "notices.confirmed")
    look(page)

    # and arrives where she was going
    page.locator("main a[href^='/oidc/authorize']").click()
    page.locator("button[name=decision][value=allow]").click()
    page.wait_for_url(f"{stand.cabinet}/**")
    expect(page.get_by_text("Фролова Д. А.").first).to_be_visible()


def level_of_the_newest(stand: RunningStand) -> str:
    """Of the account opened last."""
    found: str = portal.Database(stand).one(
        "SELECT level FROM accounts_account WHERE NOT demo ORDER BY created_at DESC LIMIT 1"
    )
    return found


def test_marina_is_told_of_a_taken_number_only_when_she_has_proved_it_hers(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    anna = sandbox.person("anna")
    taken = Somebody("Ильина", "Марина", "Петровна", anna.phone, "marina@example.org")
    page = window().new_page()
    page.goto(f"{homeland.portal}/registration/")
    page.locator("[name=consent]").check()
    onward(page)
    portal.fill_about(page, taken)
    onward(page)
    expect(page.locator("[name=code]")).to_be_visible()  # as for anybody
    expect(page.locator("[data-code=phone_taken]")).to_have_count(0)
    page.locator("[name=code]").fill(letters.code(anna.phone, "registration.phone"))
    onward(page)
    told = said(page, "phone_taken")
    look(page)
    expect(told.locator("a[href^='/recovery/']")).to_be_visible()
    assert anna.email not in page.content()
