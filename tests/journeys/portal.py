"""What people do on the portal in a real browser, step by step, and the letters they get there."""

import dataclasses
import re
import time
from base64 import b32decode
from collections.abc import Sequence
from datetime import date
from typing import Any

import psycopg
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import FilePayload, Locator, Page, expect

from dopusk.kernel import sandbox
from dopusk.stand.postgres import Cluster
from dopusk.stand.running import RunningStand
from dopusk.web.files.tests.papers import picture
from tests.journeys.conftest import accessible, fits
from tests.journeys.letters import Letters

PASSWORD = "Zimnyaya-doroga-k-moryu-27"
ANOTHER = "Osennyaya-reka-za-lesom-58"
PASSPORT: FilePayload = {
    "name": "паспорт.jpg",
    "mimeType": "image/jpeg",
    "buffer": picture(size=(1200, 900)),
}
STEP_SECONDS = 30  # a code of an app


@dataclasses.dataclass(frozen=True)
class Somebody:
    """Whoever registers: neither the portal nor a register knows her."""

    last_name: str
    first_name: str
    patronymic: str
    phone: str
    email: str = ""


Anyone = Somebody | sandbox.Person


def look(page: Page) -> None:
    """What holds of every page: no barrier axe can find, no sideways scrolling at 320 px."""
    accessible(page)
    fits(page)


def said(page: Page, *codes: str) -> Locator:
    """The part of the page that says one of these codes; it is there."""
    found = page.locator(", ".join(f"[data-code='{code}']" for code in codes)).first
    expect(found).to_be_attached()
    return found


def wrong(page: Page, name: str) -> Locator:
    """The field of this name; an error stands at it."""
    field = page.locator(f".govuk-form-group--error [name={name}]").first
    expect(field).to_be_attached()
    return field


def onward(page: Page) -> None:
    """Press the button of the page's first form."""
    page.locator("main form button[type=submit].govuk-button").first.click()


@dataclasses.dataclass
class Database:
    """A site's database of the stand, for what only time or a register knows."""

    stand: RunningStand
    site: str = "portal"
    address: str = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.address = Cluster(self.stand.state.absolute()).url(f"dopusk_{self.site}")

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Change something."""
        with psycopg.connect(self.address, autocommit=True) as line:
            line.execute(statement.encode(), values)

    def one(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """The first value of the first row."""
        with psycopg.connect(self.address, autocommit=True) as line:
            found = line.execute(statement.encode(), values).fetchone()
        return found[0] if found else None


def fill_about(page: Page, who: Anyone) -> None:
    """Name, telephone, mail."""
    for name in ("last_name", "first_name", "patronymic", "phone", "email"):
        page.locator(f"main [name={name}]").fill(getattr(who, name))


def register(stand: RunningStand, letters: Letters, page: Page, who: Anyone) -> None:
    """Open an account and be signed in."""
    page.goto(f"{stand.portal}/registration/")
    page.locator("[name=consent]").check()
    onward(page)
    fill_about(page, who)
    onward(page)
    page.locator("main [name=code]").fill(letters.code(who.phone, "registration.phone"))
    onward(page)
    page.locator("main [name=new_password]").fill(PASSWORD)
    onward(page)
    page.wait_for_url(re.compile("/registration/done/"))


def confirm_email(letters: Letters, page: Page, who: Anyone, purpose: str = "registration.email") -> None:
    """Open the link of the letter and press the button."""
    page.goto(letters.link(who.email, purpose))
    onward(page)
    expect(page.locator("main form")).to_have_count(0)


def enter(stand: RunningStand, page: Page, identifier: str, password: str = PASSWORD, to: str = "/") -> None:
    """Identifier, password, Enter."""
    page.goto(f"{stand.portal}/signin/?next={to}")
    page.locator("[name=identifier]").fill(identifier)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")


def entered(page: Page) -> None:
    """She is in; the offer of a passkey, if it comes, is put off."""
    expect(page.locator("form[action='/signout/']").first).to_be_visible()
    later = page.locator("form[action='/signin/offer/'] button")
    if later.count():
        later.first.click()
        expect(page.locator("form[action='/signin/offer/']")).to_have_count(0)


def operator(stand: RunningStand, page: Page) -> Page:
    """Олег at his desk, in two steps."""
    enter(stand, page, "oleg@example.org", stand.password("oleg@example.org"), to="/desk/")
    page.wait_for_url("**/signin/second/")
    page.locator("main [name=code]").fill(stand.code("oleg"))
    onward(page)
    page.wait_for_url(f"{stand.portal}/desk/")
    return page


def leave(page: Page) -> None:
    """Sign out."""
    page.locator("form[action='/signout/'] button").first.click()
    expect(page.locator("form[action='/signout/']")).to_have_count(0)


def fill_date(page: Page, name: str, day: date) -> None:
    for part in ("day", "month", "year"):
        page.locator(f"[name={name}_{part}]").fill(str(getattr(day, part)))


def fill_data(page: Page, who: sandbox.Person, **changed: Any) -> None:
    """The form of proofing as this person fills it in; changed: fields she fills in otherwise."""
    values = {
        "last_name": who.last_name,
        "first_name": who.first_name,
        "patronymic": who.patronymic,
        "snils": who.snils,
        "passport": str(who.passport),
        "issuer": who.passport_issuer,
        "issuer_code": who.passport_issuer_code,
        **changed,
    }
    page.locator(f"[name=gender][value={who.gender}]").check()
    fill_date(page, "birth_date", who.birth_date)
    fill_date(page, "issued", values.pop("issued", who.passport_issued))
    for name, value in values.items():
        page.locator(f"main [name={name}]").fill(value)


def send_data(stand: RunningStand, page: Page, who: sandbox.Person, **changed: Any) -> None:
    """Fill the form in and send it with a scan, unless one was taken before."""
    page.goto(f"{stand.portal}/proofing/data/")
    fill_data(page, who, **changed)
    if not page.locator("[data-code=scan_kept]").count():
        page.locator("[name=scan]").set_input_files(PASSPORT)
    onward(page)


def open_questions(stand: RunningStand, page: Page) -> None:
    """From the explanation to the three questions."""
    page.goto(f"{stand.portal}/proofing/questions/")
    page.locator("form[action='/proofing/questions/open/'] button").click()


def answer_truly(stand: RunningStand, page: Page) -> None:
    """What the register holds for true."""
    expect(page.locator("main fieldset")).to_have_count(3)
    asked = Database(stand, "registers").one(
        "SELECT questions FROM questions_session WHERE answered_at IS NULL ORDER BY asked_at DESC LIMIT 1"
    )
    for question in asked:
        page.locator(f"[name='{question['key']}'][value='{question['right']}']").check()
    onward(page)


class App:
    """An app on a telephone that shows codes. secret: as the portal writes it for typing, spaces and all."""

    def __init__(self, secret: str) -> None:
        bare = re.sub(r"\s", "", secret)
        key = b32decode(bare + "=" * (-len(bare) % 8))
        self.totp = TOTP(key, 6, SHA1(), STEP_SECONDS)  # noqa: S303 - what apps know (RFC 6238)
        self.step = 0

    def code(self, *, later: int = 0) -> str:
        """What it shows so many steps from now; never the same twice, so a step ahead of the clock if need be."""
        self.step = max(int(time.time()) // STEP_SECONDS + later, self.step + 1)
        return self.totp.generate(self.step * STEP_SECONDS).decode()
