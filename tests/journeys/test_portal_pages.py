"""Every page of the portal one can reach by its links: no barrier, no sideways scrolling, in both languages.

At 1280 px in Russian, at 320 px in English; what a stranger sees, someone new, a confirmed person, an operator.
"""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from dopusk.kernel.sandbox import NEWCOMERS, ORGANISATIONS, PEOPLE
from dopusk.stand.running import RunningStand
from tests.journeys import portal
from tests.journeys.conftest import accessible, fits
from tests.journeys.letters import Letters
from tests.journeys.portal import Somebody

# Russian words on the page, outside parts that say they are Russian: texts, not what people typed into fields.
RUSSIAN = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent.closest("[lang=ru], script, style, [hidden]")) found.push(walker.currentNode.data);
  }
  return found.flatMap((text) => text.match(/[А-Яа-яЁё][А-Яа-яЁё-]{2,}/g) || []);
}"""
# People, places and firms keep their names; СНИЛС, ИНН and the like have no English.
NAMES = {
    word
    for text in (
        *(f"{one.full_name} {one.birth_place} {one.passport_issuer}" for one in (*PEOPLE, *NEWCOMERS)),
        *(f"{one.name} {one.short_name} {one.address}" for one in ORGANISATIONS),
        "Зимина Лада Марковна Самарский медицинский колледж СНИЛС ИНН ФРМР ФРМО ЕСИА ЕГИСЗ ОГРН Русский допуск Портал",
    )
    for word in re.findall("[А-Яа-яЁё-]{3,}", text)
}
WIDTHS = {"ru": (1280, 800), "en": (320, 800)}
NEW = Somebody("Зимина", "Лада", "Марковна", "+79000010041", "lada.zimina@example.org")
# what answers by a file, by another site, or by leaving
ELSEWHERE = re.compile(
    r"^/(oidc|static|health|design|i18n|\.well-known|desk/review/[^/]+/scan)/|/(document|export|content|file)/$|^/profile/documents/.+/$"
)
PART = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|[A-Za-z0-9_-]{30,}")
# pages no link leads to at once
ROOTS: dict[str, str] = {
    "stranger": """
        / /signin/ /signin/?over=1 /signin/signature/ /signin/locked/?why=not_me /recovery/
        /recovery/?over /recovery/?locked
        /registration/ /registration/?over /registration/consent/ /not-me/nothing/ /contacts/email/nothing/
        /sandbox/inbox/ /sandbox/code/ /no-such-page/
    """,
    "lada": """
        / /signin/offer/ /signin/again/ /registration/done/ /proofing/ /proofing/data/ /profile/
        /profile/personal/birth_date/ /profile/name/ /profile/close/ /contacts/ /contacts/phone/ /contacts/email/
        /notices/ /journal/ /security/ /security/password/ /security/sessions/ /security/factors/
        /security/factors/totp/ /security/factors/codes/ /security/factors/passkeys/add/ /certificates/
        /certificates/add/
    """,
    "maria": """
        / /services/ /consents/ /profile/ /profile/documents/ /profile/name/ /proofing/ /profile/education/add/
        /profile/qualification/add/ /profile/employment/add/ /profile/address/add/ /certificates/ /certificates/add/
    """,
    "oleg": """
        /desk/ /desk/people/ /desk/people/new/ /desk/deliveries/ /desk/review/ /desk/confirmations/ /desk/names/
        /security/factors/
    """,
}


@pytest.fixture(scope="module")
def windows(homeland: RunningStand, letters: Letters, browser: Browser) -> Iterator[Callable[[str], Page]]:
    """windows("lada") is her window, signed in."""
    opened: dict[str, BrowserContext] = {}

    def page_of(who: str) -> Page:
        if who not in opened:
            opened[who] = browser.new_context(locale="ru-RU", timezone_id="Europe/Moscow")
            page = opened[who].new_page()
            if who == "lada":
                portal.register(homeland, letters, page, NEW)
            elif who == "oleg":
                portal.operator(homeland, page)
            elif who != "stranger":
                portal.enter(homeland, page, f"{who}@example.org", homeland.password(f"{who}@example.org"))
                portal.entered(page)
        return opened[who].pages[0]

    yield page_of
    for context in opened.values():
        context.close()


def reached(stand: RunningStand, page: Page, roots: list[str]) -> Iterator[str]:
    """Show each page that links of these lead to, one of each kind; the page in view is it."""
    waiting, seen = [*roots], set()
    for shown, path in enumerate(waiting):
        kind = PART.sub("*", urlsplit(path).path)
        if shown >= len(roots) and (kind in seen or ELSEWHERE.search(kind)):
            continue
        seen.add(kind)
        answer = page.goto(f"{stand.portal}{path}")
        assert answer
        assert answer.status < 500, path
        assert answer.status != 404 or shown < len(roots), f"a link leads to {path}, which is not there"
        yield path
        for link in page.locator("a[href]").evaluate_all("all => all.map(one => one.getAttribute('href'))"):
            found = urlsplit(urljoin(page.url, link))
            if f"{found.scheme}://{found.netloc}" == stand.portal:
                waiting.append(found.path)


def speak(stand: RunningStand, page: Page, language: str) -> None:
    """Choose the language of the pages by the button below them."""
    page.goto(f"{stand.portal}/no-such-page/")
    button = page.locator(f"button[name=language][value={language}]")
    if button.count():
        button.click()
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("who", list(ROOTS))
def test_every_page_has_no_barrier_and_fits(
    homeland: RunningStand, windows: Callable[[str], Page], who: str, language: str
) -> None:
    page = windows(who)
    speak(homeland, page, language)
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[language], strict=True)))  # type: ignore[arg-type]
    problems = []
    for path in reached(homeland, page, ROOTS[who].split()):
        for check in (accessible, fits):
            try:
                check(page)
            except AssertionError as problem:
                problems.append(f"{path}: {problem}")
        if language == "en" and (russian := sorted({*page.evaluate(RUSSIAN)} - NAMES)):
            problems.append(f"{path}: not in English: {' '.join(russian)}")
        if page.locator("main h1").count() != 1:
            problems.append(f"{path}: {page.locator('main h1').count()} main headings")
    assert problems == [], "\n".join(problems)
