"""Locked out and in again by each of the ways; second steps; passwords changed by wish and by order."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.letters import Letters
from tests.journeys.portal import ANOTHER, PASSWORD, App, Database, Somebody, look, onward, said

Window = Callable[..., BrowserContext]
NEAR_TRIES = 5  # wrong passwords in a row from one network before the first wait
RAISA = Somebody("Гусева", "Раиса", "Павловна", "+79000010021")
TAMARA = Somebody("Котова", "Тамара", "Львовна", "+79000010022")
SOFIA = Somebody("Белкина", "София", "Андреевна", "+79000010023")
FEDOR = Somebody("Юдин", "Фёдор", "Кириллович", "+79000010024")
ULYANA = Somebody("Маслова", "Ульяна", "Денисовна", "+79000010025")


@pytest.fixture
def oleg(homeland: RunningStand, window: Window) -> Page:
    """Олег at his desk, entered with a code."""
    return portal.operator(homeland, window().new_page())


def lock_out(stand: RunningStand, page: Page, who: Somebody) -> None:
    """Somebody tries passwords until the door is shut for a while."""
    for _ in range(NEAR_TRIES):
        portal.enter(stand, page, who.phone, "ne tot parol")
        said(page, "mismatch")
    portal.enter(stand, page, who.phone, "ne tot parol")
    said(page, "held")


def account(stand: RunningStand, oleg: Page, who: Somebody) -> None:
    """Олег opens one account, by its number and for a reason."""
    oleg.goto(f"{stand.portal}/desk/people/")
    look(oleg)
    oleg.locator("main [name=identifier]").fill(who.phone)
    oleg.locator("main [name=reason][value=request]").check()
    oleg.locator("main [name=ticket]").fill("ОБР-17")
    onward(oleg)
    expect(oleg.locator("main h1")).to_contain_text(who.last_name)


def act(oleg: Page, path: str, why: str = "asked") -> None:
    """One act of support, explained."""
    oleg.locator(f"main a[href$='/{path}/']").click()
    look(oleg)
    oleg.locator(f"main [name=why][value={why}]").check()
    oleg.locator("main [name=explained]").fill("ОБР-17: просит сама")
    onward(oleg)
    expect(oleg.locator("main [name=explained]")).to_have_count(0)


def test_raisa_is_locked_out_by_a_stranger_and_enters_by_each_of_the_ways(
    homeland: RunningStand, letters: Letters, window: Window, oleg: Page
) -> None:
    stand, hers, strange = homeland, window().new_page(), window().new_page()
    portal.register(stand, letters, hers, RAISA)
    portal.leave(hers)
    lock_out(stand, strange, RAISA)
    look(strange)

    # the right password does not open here, nor is it said to be right
    portal.enter(stand, strange, RAISA.phone)
    said(strange, "held")

    # her own device enters at once
    portal.enter(stand, hers, RAISA.phone)
    portal.entered(hers)
    portal.leave(hers)

    # waiting
    waited = Database(stand)
    waited.run("UPDATE signin_throttle SET held_until = now() WHERE held_until > now()")
    elsewhere = window().new_page()
    portal.enter(stand, elsewhere, RAISA.phone)
    portal.entered(elsewhere)

    # support
    lock_out(stand, strange, RAISA)
    account(stand, oleg, RAISA)
    expect(oleg.locator("[data-state]")).to_have_attribute("data-state", "held")
    look(oleg)
    act(oleg, "unlock")
    expect(oleg.locator("[data-state]")).to_have_attribute("data-state", "open")
    expect(oleg.locator("input[type=password]")).to_have_count(0)
    assert letters.text(RAISA.phone, "notices.unlocked")
    abroad = window().new_page()
    portal.enter(stand, abroad, RAISA.phone)
    portal.entered(abroad)
    abroad.goto(f"{stand.portal}/journal/")
    expect(abroad.locator("main")).to_contain_text("ОБР-17")

    # recovery
    lock_out(stand, strange, RAISA)
    strange.locator("main a[href^='/recovery/']").last.click()
    strange.locator("[name=identifier]").fill(RAISA.phone)
    onward(strange)
    strange.locator("main [name=code]").fill(letters.code(RAISA.phone, "recovery.phone"))
    onward(strange)
    strange.locator("main [name=new_password]").fill(ANOTHER)
    onward(strange)
    strange.wait_for_url(f"{stand.portal}/recovery/done/")
    portal.enter(stand, strange, RAISA.phone, ANOTHER)
    portal.entered(strange)
    abroad.reload()  # the new password ended every session
    expect(abroad.locator("form[action='/signout/']")).to_have_count(0)


def test_tamara_enrols_an_app_and_no_code_passes_twice(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, page = homeland, window().new_page()
    portal.register(stand, letters, page, TAMARA)
    page.goto(f"{stand.portal}/security/factors/")
    look(page)
    page.locator("#totp a").first.click()
    look(page)
    key = page.locator("[data-secret]").inner_text()
    page.locator("main [name=code]").fill("000000")
    onward(page)
    portal.wrong(page, "code")
    expect(page.locator("[data-secret]")).to_have_text(key)  # which the app has by now
    app = App(key)
    used = app.code()
    page.locator("main [name=code]").fill(used)
    onward(page)
    page.wait_for_url("**/security/factors/codes/**")
    look(page)
    onward(page)
    recovery = page.locator("[data-recovery-codes] code").all_inner_texts()
    assert len(set(recovery)) == 10
    look(page)
    page.goto(f"{stand.portal}/security/factors/codes/")
    expect(page.locator("[data-recovery-codes]")).to_have_count(0)  # shown once

    new = window().new_page()
    portal.enter(stand, new, TAMARA.phone, to="/security/")
    new.wait_for_url("**/signin/second/")
    look(new)
    new.goto(f"{stand.portal}/security/")
    assert new.url.startswith(f"{stand.portal}/signin/")  # a password alone opens nothing
    portal.enter(stand, new, TAMARA.phone, to="/security/")
    new.locator("main [name=code]").fill(used)
    onward(new)
    said(new, "code_wrong")
    look(new)
    new.locator("main [name=code]").fill(app.code())
    onward(new)
    new.wait_for_url(f"{stand.portal}/security/")

    for code, passes in ((recovery[0], True), (recovery[0], False), (recovery[1], True)):
        other = window().new_page()
        portal.enter(stand, other, TAMARA.phone)
        other.locator("main a[href*='how=recovery']").click()
        look(other)
        other.locator("main [name=code]").fill(code)
        onward(other)
        if passes:
            portal.entered(other)
        else:
            said(other, "code_wrong")


def test_sofia_changes_her_password_and_other_browsers_are_out(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, page, other = homeland, window().new_page(), window().new_page()
    portal.register(stand, letters, page, SOFIA)
    portal.enter(stand, other, SOFIA.phone)
    portal.entered(other)
    page.goto(f"{stand.portal}/security/password/")
    look(page)
    page.locator("[name=current_password]").fill("ne tot parol")
    page.locator("[name=new_password]").fill(ANOTHER)
    onward(page)
    said(page, "password_wrong")
    look(page)
    page.locator("[name=current_password]").fill(PASSWORD)
    page.locator("[name=new_password]").fill("Belkina-Sofia")
    onward(page)
    said(page, "password_short")
    page.locator("[name=current_password]").fill(PASSWORD)
    page.locator("[name=new_password]").fill(ANOTHER)
    onward(page)
    page.wait_for_url(f"{stand.portal}/security/")
    assert letters.text(SOFIA.phone, "notices.password_changed")
    other.reload()
    expect(other.locator("form[action='/signout/']")).to_have_count(0)
    portal.enter(stand, other, SOFIA.phone)
    said(other, "mismatch")


def test_fedor_must_change_his_password_by_order_before_anything_opens(
    homeland: RunningStand, letters: Letters, window: Window, oleg: Page
) -> None:
    stand, page = homeland, window().new_page()
    portal.register(stand, letters, page, FEDOR)
    account(stand, oleg, FEDOR)
    act(oleg, "order-password", "leaked")
    assert letters.text(FEDOR.phone, "notices.password_ordered")
    page.reload()
    new = window().new_page()
    portal.enter(stand, new, FEDOR.phone, to="/security/")
    new.wait_for_url("**/signin/password/")
    said(new, "must_change_ordered")
    look(new)
    new.goto(f"{stand.portal}/security/")
    assert new.url.startswith(f"{stand.portal}/signin/")
    portal.enter(stand, new, FEDOR.phone, to="/security/")
    for bad, code in ((PASSWORD, "password_same"), ("Fedor-Yudin-79000010024", "password_personal")):
        new.locator("main [name=new_password]").fill(bad)
        onward(new)
        said(new, code)
    look(new)
    new.locator("main [name=new_password]").fill(ANOTHER)
    onward(new)
    new.wait_for_url(f"{stand.portal}/security/")
    portal.leave(new)
    portal.enter(stand, new, FEDOR.phone, ANOTHER)
    portal.entered(new)


def test_zoya_whose_account_an_operator_opened_chooses_her_own_password_first(
    homeland: RunningStand, letters: Letters, window: Window, oleg: Page
) -> None:
    zoya = Somebody("Рябова", "Зоя", "Сергеевна", "+79000010026")
    oleg.goto(f"{homeland.portal}/desk/people/new/")
    look(oleg)
    portal.fill_about(oleg, zoya)
    oleg.locator("main [name=ticket]").fill("ОБР-18")
    oleg.locator("main [name=consent]").check()
    onward(oleg)
    expect(oleg.locator("main [name=consent]")).to_have_count(0)
    text = letters.text(zoya.phone, "password")
    temporary = next(word.strip(".,:;«»") for word in text.split() if word.count("-") >= 3)
    assert temporary not in oleg.content()
    page = window().new_page()
    portal.enter(homeland, page, zoya.phone, temporary)
    page.wait_for_url("**/signin/password/")
    said(page, "must_change_operator_made")
    look(page)
    page.locator("main [name=new_password]").fill(PASSWORD)
    onward(page)
    portal.entered(page)


def test_ulyana_sees_an_entry_that_is_not_hers_and_locks_everything(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, hers, thief = homeland, window().new_page(), window().new_page()
    portal.register(stand, letters, hers, ULYANA)
    portal.enter(stand, thief, ULYANA.phone)
    portal.entered(thief)
    hers.goto(f"{stand.portal}/journal/")
    look(hers)
    hers.locator("main a[href$='/not-me/']").first.click()
    look(hers)
    hers.locator("main form button[type=submit]").first.click()
    hers.wait_for_url(f"{stand.portal}/recovery/**")
    thief.reload()
    expect(thief.locator("form[action='/signout/']")).to_have_count(0)
    portal.enter(stand, thief, ULYANA.phone)
    thief.wait_for_url("**/signin/locked/**")  # the password alone is no longer enough
    hers.locator("[name=identifier]").fill(ULYANA.phone)
    onward(hers)
    hers.locator("main [name=code]").fill(letters.code(ULYANA.phone, "recovery.phone"))
    onward(hers)
    hers.locator("main [name=new_password]").fill(ANOTHER)
    onward(hers)
    hers.wait_for_url(f"{stand.portal}/recovery/done/")
    portal.enter(stand, hers, ULYANA.phone, ANOTHER)
    portal.entered(hers)
