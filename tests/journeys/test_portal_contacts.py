"""A changed telephone, a stranger's change undone, a lost telephone, access given back at the worth it had."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.letters import Letters
from tests.journeys.portal import ANOTHER, Somebody, look, onward, said

Window = Callable[..., BrowserContext]
OLGA = Somebody("Сомова", "Ольга", "Игоревна", "+79000010011", "olga.somova@example.org")
PAVEL = Somebody("Ларин", "Павел", "Ильич", "+79000010013", "pavel.larin@example.org")


def contact(page: Page) -> str:
    """What her contacts say, digits and letters only."""
    return "".join(sign for sign in page.locator("main").inner_text() if sign.isalnum() or sign in "@.+")


def ask_for_access(stand: RunningStand, page: Page, identifier: str, channel: str = "sms") -> None:
    """The first page of recovery."""
    page.goto(f"{stand.portal}/recovery/")
    page.locator("[name=identifier]").fill(identifier)
    page.locator(f"[name=channel][value={channel}]").check()
    onward(page)


def type_code(page: Page, code: str) -> None:
    page.locator("main [name=code]").fill(code)
    onward(page)


def choose_password(stand: RunningStand, page: Page, password: str = ANOTHER) -> None:
    page.locator("main [name=new_password]").fill(password)
    onward(page)
    page.wait_for_url(f"{stand.portal}/recovery/done/")


def test_olgas_new_number_waits_for_its_code_and_the_old_one_undoes_what_a_stranger_changed(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, new, page = homeland, "+79000010012", window().new_page()
    portal.register(stand, letters, page, OLGA)
    portal.confirm_email(letters, page, OLGA)
    page.goto(f"{stand.portal}/contacts/phone/")
    look(page)
    page.locator("[name=phone]").fill(new)
    onward(page)
    code = letters.code(new, "contacts.phone")
    look(page)
    page.goto(f"{stand.portal}/contacts/")
    expect(page.locator("[data-waits=phone]")).to_be_visible()
    assert OLGA.phone in contact(page)  # the old one works on
    look(page)
    page.goto(f"{stand.portal}/contacts/phone/code/")
    type_code(page, "000000" if code != "000000" else "111111")
    said(page, "code_wrong")
    type_code(page, code)
    page.wait_for_url(f"{stand.portal}/contacts/")
    assert new in contact(page)
    assert OLGA.phone not in contact(page)

    # both old contacts hear of it; the link changes nothing by being opened
    assert letters.text(OLGA.phone, "notices.phone_changed")
    link = letters.link(OLGA.email, "notices.phone_changed", "/not-me/")
    hers = window().new_page()
    for _ in range(2):
        hers.goto(link)
        look(hers)
    page.reload()
    assert new in contact(page)

    # the button does
    onward(hers)
    hers.wait_for_url(f"{stand.portal}/recovery/?locked")
    look(hers)
    page.reload()
    assert page.url.startswith(f"{stand.portal}/signin/")
    hers.goto(link)
    said(hers, "link_over")
    look(hers)
    portal.enter(stand, page, OLGA.phone)
    page.wait_for_url("**/signin/locked/**")
    look(page)

    # and the old telephone gives access back
    ask_for_access(stand, hers, OLGA.phone)
    type_code(hers, letters.code(OLGA.phone, "recovery.phone"))
    choose_password(stand, hers)
    look(hers)
    portal.enter(stand, hers, OLGA.phone, ANOTHER, to="/contacts/")
    portal.entered(hers)
    assert OLGA.phone in contact(hers)
    stranger = window().new_page()
    portal.enter(stand, stranger, new)
    said(stranger, "mismatch")


def test_pavel_lost_his_telephone_and_puts_another_in_its_place_by_mail(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    stand, new = homeland, "+79000010014"
    first = window().new_page()
    portal.register(stand, letters, first, PAVEL)
    portal.confirm_email(letters, first, PAVEL)
    page = window().new_page()
    page.goto(f"{stand.portal}/signin/")
    page.locator("main a[href^='/recovery/']").first.click()
    look(page)
    ask_for_access(stand, page, PAVEL.email, "mail")
    look(page)
    type_code(page, letters.code(PAVEL.email, "recovery"))
    look(page)
    page.locator("main a[href='/recovery/phone/']").click()
    look(page)
    page.locator("main [name=phone]").fill(new)
    onward(page)
    type_code(page, letters.code(new, "recovery.phone"))
    page.wait_for_url(f"{stand.portal}/recovery/password/")
    page.locator("main [name=new_password]").fill(portal.PASSWORD)
    onward(page)
    said(page, "password_same")
    look(page)
    choose_password(stand, page)
    assert "/not-me/" in letters.text(PAVEL.phone, "notices.phone_changed")
    assert "/not-me/" in letters.text(PAVEL.email, "notices.phone_changed")
    first.reload()  # what was open is over
    expect(first.locator("form[action='/signout/']")).to_have_count(0)
    portal.enter(stand, page, new, ANOTHER, to="/contacts/")
    portal.entered(page)
    assert new in contact(page)


def test_viktor_is_confirmed_so_one_code_is_not_enough_and_services_open_later(
    homeland: RunningStand, letters: Letters, window: Window
) -> None:
    viktor, page = sandbox.person("viktor"), window().new_page()
    ask_for_access(homeland, page, "8 900 000-00-05")
    type_code(page, letters.code(viktor.phone, "recovery.phone"))
    page.wait_for_url(f"{homeland.portal}/recovery/more/")
    look(page)
    page.locator("main a[href='/recovery/data/']").click()
    look(page)
    for number, code in (("990099", "data_wrong"), (viktor.passport.number, "")):
        page.locator("[name=snils]").fill(viktor.snils)
        page.locator("[name=passport]").fill(f"{viktor.passport.series} {number}")
        portal.fill_date(page, "birth_date", viktor.birth_date)
        onward(page)
        if code:
            expect(page.locator("main form[data-code]:not([data-code=''])")).to_have_count(1)
            look(page)
    page.wait_for_url(f"{homeland.portal}/recovery/password/")
    expect(page.locator("[data-cooling]")).to_be_visible()
    look(page)
    choose_password(homeland, page)
    expect(page.locator("[data-cooling]")).to_be_visible()
    look(page)
    assert "/not-me/" in letters.text(viktor.email, "notices.recovered")

    portal.enter(homeland, page, viktor.email, ANOTHER, to="/security/")
    portal.entered(page)
    expect(page.locator("[data-cooling]")).to_be_visible()
    look(page)
    page.goto(f"{homeland.cabinet}/signin/")
    said(page, "cooling")
    look(page)
