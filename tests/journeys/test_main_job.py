"""Five people in Chromium: Мария's application is returned, mended, accepted, judged; her certificate verifies."""

import re
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from dopusk.stand.scan import scanned_pdf
from tests.journeys.conftest import SLOWEST_MS, Person, accessible, fits

expect.set_options(timeout=15_000)


def scan(name: str, *lines: str) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": scanned_pdf([list(lines), ["Страница 2"]])}


def look(page: Page) -> None:
    """What holds of every page: no barrier axe can find, no sideways scrolling at 320 px, the sandbox ribbon."""
    accessible(page)
    fits(page)
    expect(page.get_by_text("Не является государственным сайтом").first).to_be_visible()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).first.click()


def fill_in(page: Page, application: str) -> None:
    """All steps of a new application, as Мария answers them."""
    page.goto(f"{application}steps/contacts/")
    look(page)
    press(page, "Сохранить и продолжить")
    page.goto(f"{application}steps/specialty/")
    page.get_by_role("radio", name=re.compile("^Сестринское дело, 34")).check()
    look(page)
    press(page, "Сохранить и продолжить")
    page.goto(f"{application}steps/report/")
    page.get_by_label("Да, согласовал").check()
    page.locator("[name=activity_report]").set_input_files([scan("отчёт.pdf", "Отчёт о деятельности")])
    page.locator("[name=agreement_file]").set_input_files([scan("не то.pdf", "Рецепт пирога")])
    look(page)
    press(page, "Сохранить и продолжить")
    page.goto(f"{application}steps/documents/")
    look(page)
    press(page, "Прикладывать нечего, продолжить")
    page.goto(f"{application}steps/consent/")
    page.locator("[name=given]").check()
    look(page)
    page.locator("main form button[type=submit]").last.click()


def submit(page: Page, application: str) -> None:
    page.goto(f"{application}preflight/")
    expect(page.locator(".dk-finding--passed")).not_to_have_count(0)
    expect(page.locator(".dk-finding--failed")).to_have_count(0)
    look(page)
    page.goto(f"{application}submit/")
    look(page)
    press(page, "Отправить с простой подписью")
    expect(page).to_have_url(application)


def take(page: Page, cabinet: str, case: str) -> None:
    """Галина finds the case in her queue and takes it."""
    page.goto(f"{cabinet}/review/")
    card = page.locator(f"a[href*='{case}']").first
    for _ in range(60):
        if card.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    look(page)
    page.goto(f"{cabinet}/review/{case}/")
    page.locator(f"form[action*='/review/{case}/take/'] button").first.click()
    expect(page.locator(f"form[action*='/review/{case}/accept/']")).to_have_count(1)
    look(page)


def test_five_people_and_one_mended_application(stand, person: Person, window, tmp_path: Path):
    maria, galina = person("maria"), person("galina")
    look(maria)

    # Мария applies with a wrong scan
    maria.goto(f"{stand.cabinet}/applications/new/")
    look(maria)
    maria.locator("main form button[type=submit]").first.click()
    maria.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    first = re.match(r".*/applications/[0-9a-f-]{36}/", maria.url).group(0)
    fill_in(maria, first)
    maria.goto(first)
    look(maria)
    submit(maria, first)
    case = first.rstrip("/").rsplit("/", 1)[1]

    # Галина returns it; Мария's open page follows by itself
    take(galina, stand.cabinet, case)
    galina.goto(f"{stand.cabinet}/review/{case}/refuse/")
    galina.locator("[name=file_unreadable]").check()
    galina.locator("[name=file_unreadable_words]").fill("Вместо согласования приложен рецепт")
    look(galina)
    press(galina, "Вернуть с замечаниями")
    expect(maria.locator("#live")).to_contain_text("рецепт", timeout=SLOWEST_MS)
    look(maria)

    # Мария mends it: the fault stands at its step, nothing is typed again
    press(maria, "Исправить и подать снова")
    maria.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/"))
    second = re.match(r".*/applications/[0-9a-f-]{36}/", maria.url).group(0)
    assert second != first
    maria.goto(f"{second}steps/report/")
    expect(maria.locator("main")).to_contain_text("рецепт")
    expect(maria.get_by_label("Да, согласовал")).to_be_checked()
    look(maria)
    maria.locator("[name=activity_report]").set_input_files([scan("отчёт.pdf", "Отчёт о деятельности")])
    maria.locator("[name=agreement_file]").set_input_files([scan("согласование.pdf", "Согласовано")])
    press(maria, "Сохранить и продолжить")
    maria.goto(f"{second}steps/consent/")
    if not maria.locator("[name=given]").is_checked():
        maria.locator("[name=given]").check()
    maria.locator("main form button[type=submit]").last.click()
    submit(maria, second)
    case = second.rstrip("/").rsplit("/", 1)[1]

    # Галина accepts
    take(galina, stand.cabinet, case)
    galina.locator(f"form[action*='/review/{case}/accept/'] button").first.click()
    expect(maria.locator("#live")).to_contain_text("комисси", timeout=SLOWEST_MS)

    # Борис convenes, three vote, Борис closes
    boris = person("boris")
    boris.goto(f"{stand.cabinet}/commission/")
    look(boris)
    sitting = convene(boris, stand.cabinet, case)
    for key in ("boris", "vera", "grigory"):
        page = person(key)
        page.goto(f"{sitting}applications/{case}/")
        page.locator("[name=vote][value=for]").check()
        look(page)
        press(page, "Подать голос")
        expect(page.locator("form[action$='/vote/']")).to_have_count(0)
    boris.goto(sitting)
    look(boris)
    press(boris, "Закрыть заседание и подписать протокол")
    expect(boris.locator("main")).to_contain_text("протокол №")
    look(boris)

    # the certificate comes by itself and verifies for a stranger
    link = maria.locator("#live a[href*='/certificates/']").first
    expect(link).to_be_visible(timeout=SLOWEST_MS)
    link.click()
    expect(maria.locator("main")).to_contain_text("Внесено в ЕГИСЗ", timeout=SLOWEST_MS)
    look(maria)
    with maria.expect_download() as download:
        maria.get_by_role("link", name="Скачать выписку").click()
    download.value.save_as(tmp_path / "paper.pdf")
    assert (tmp_path / "paper.pdf").read_bytes().startswith(b"%PDF-")
    verify = maria.locator("a[href*='/verify/'][href*='code=']").first.get_attribute("href")
    stranger = window().new_page()
    stranger.goto(verify)
    expect(stranger.locator("main")).to_contain_text("Сестринское дело")
    expect(stranger.locator("main")).not_to_contain_text("Кузнецова")
    look(stranger)


def convene(boris: Page, cabinet: str, case: str) -> str:
    for _ in range(60):
        boris.goto(f"{cabinet}/commission/")
        form = boris.locator("form[action*='/commission/convene/'] button")
        if form.count():
            form.first.click()
        if boris.locator(f"a[href*='{case}']").count():
            return re.match(r".*/commission/\d+/", boris.url).group(0)
        boris.wait_for_timeout(500)
    raise AssertionError("the case never came to a sitting")
