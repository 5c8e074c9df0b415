"""People whom the registers know and the portal does not, at a browser: registration, proofing, their letters."""

import re
import time

import httpx

from dopusk.kernel import sandbox
from dopusk.kernel.phone import parse
from dopusk.stand.running import RunningStand
from dopusk.stand.visitor import Page, Visitor
from dopusk.web.files.tests.papers import picture

PASSWORD = "Zimnyaya-doroga-k-moryu-27"
SCAN = ("passport.jpg", picture(size=(1200, 900)), "image/jpeg")
# What each question's right answer says, whichever of them is asked about Дарья.
TRUE_OF_DARIA = (
    "Учебный медицинский колледж",
    "2017",
    "Сестринское дело",
    "Учебная городская клиническая больница",
    "палатн",
    "Тверь",
)


def letters(stand: RunningStand, to: str, purpose: str = "") -> list[dict[str, str]]:
    """What came to an address, the newest first."""
    answer = httpx.get(f"{stand.portal}/sandbox/inbox/", params={"to": to, "format": "json"}, timeout=10)
    return [one for one in answer.json()["letters"] if purpose in one["purpose"]]


def letter(stand: RunningStand, to: str, purpose: str) -> str:
    """The text of the newest such letter, waited for."""
    for _ in range(150):
        if found := letters(stand, to, purpose):
            return found[0]["text"]
        time.sleep(0.2)
    raise AssertionError(f"no letter {purpose} to {to}")


def registered(stand: RunningStand, key: str) -> Visitor:
    """A newcomer who has just opened an account."""
    who = sandbox.newcomer(key)
    visitor = Visitor(key)
    visitor.open(f"{stand.portal}/registration/")
    visitor.submit({"consent": "on"})
    visitor.submit(
        {
            "last_name": who.last_name,
            "first_name": who.first_name,
            "patronymic": who.patronymic,
            "phone": who.phone,
            "email": who.email,
        }
    )
    code = re.search(r"\b\d{6}\b", letter(stand, parse(who.phone), "registration.phone"))
    assert code, letters(stand, who.phone)
    visitor.submit({"code": code[0]}, action="/registration/code/")
    visitor.submit({"new_password": PASSWORD}, action="/registration/password/")
    return visitor


def data_of(who: sandbox.Person) -> dict[str, str | list[str]]:
    """The form of proofing as this person fills it in."""
    born, issued = who.birth_date, who.passport_issued
    return {
        "last_name": who.last_name,
        "first_name": who.first_name,
        "patronymic": who.patronymic,
        "gender": str(who.gender),
        "birth_date_day": str(born.day),
        "birth_date_month": str(born.month),
        "birth_date_year": str(born.year),
        "snils": who.snils,
        "passport": str(who.passport),
        "issued_day": str(issued.day),
        "issued_month": str(issued.month),
        "issued_year": str(issued.year),
        "issuer": who.passport_issuer,
        "issuer_code": who.passport_issuer_code,
    }


def sends_data(
    stand: RunningStand, visitor: Visitor, who: sandbox.Person, *, expect: int = 200, **changes: str
) -> Page:
    """Fill the form in and send it with a scan."""
    visitor.open(f"{stand.portal}/proofing/data/")
    return visitor.submit({**data_of(who), **changes}, files={"scan": SCAN}, expect=expect)


def says(page: Page, code: str) -> bool:
    """Whether the page says so by code."""
    return code in page.document.xpath("//@data-code")


def answers(visitor: Visitor, true: tuple[str, ...]) -> Page:
    """Choose what is true in each question and send."""
    chosen: dict[str, str | list[str]] = {}
    for box in visitor.now.document.xpath("//main//input[@type='radio']"):
        words = visitor.now.document.xpath(f"//label[@for='{box.get('id')}']")[0].text_content()
        if any(part in words for part in true):
            chosen[box.get("name")] = box.get("value")
    assert len(chosen) == 3, visitor.now.text
    return visitor.submit(chosen)
