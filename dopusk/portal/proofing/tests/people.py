"""Newcomers with accounts, registers that answer as the sandbox's would, and browsers to try them with."""

import dataclasses
import json
import re
from datetime import date
from typing import Any

import httpx
from django.conf import settings

from dopusk.kernel import names, sandbox
from dopusk.portal.accounts.actions import open_account
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Identity, Level, meanings
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.proofing import registers
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.actions import Place, start
from dopusk.portal.tests.browser import Browser, known
from dopusk.web.files.tests.papers import picture

SCAN = ("passport.jpg", picture(size=(1200, 900)), "image/jpeg")
SMALL = ("passport.jpg", picture(size=(500, 400)), "image/jpeg")
DATA = "/proofing/data/"


class Outside:
    """The registers of a test. down: keys that answer 503; asked: paths that were asked."""

    def __init__(self) -> None:
        self.down: set[str] = set()
        self.asked: list[str] = []
        self.right: dict[str, str] = {}
        self.judged: set[str] = set()
        self.expired = False

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One request, as the registers' API answers it."""
        path, body = request.url.path, json.loads(request.content)
        self.asked.append(path)
        if path.split("/")[2] in self.down:
            return httpx.Response(503, json={"code": "register_off"})
        if path == "/api/snils/check":
            return httpx.Response(200, json=self.snils(body))
        if path == "/api/passports/check":
            return httpx.Response(200, json=self.passport(body))
        if path == "/api/questions":
            return self.pose(body)
        return self.judge(path.split("/")[3], body["answers"])

    def snils(self, told: dict[str, str]) -> dict[str, Any]:
        """`POST /api/snils/check`."""
        whose = next((one for one in everybody() if one.snils == told["snils"]), None)
        if whose is None:
            return {"found": False, "matches": None}
        last = getattr(whose, "snils_last_name", "") or whose.last_name
        return {
            "found": True,
            "matches": {**same(told, whose), "lastName": names.same(told["lastName"], last)},
        }

    def passport(self, told: dict[str, str]) -> dict[str, Any]:
        """`POST /api/passports/check`."""
        number = (told["series"], told["number"])
        whose = next((p for p in everybody() if (p.passport.series, p.passport.number) == number), None)
        if whose is None:
            return {"status": "not_found", "mismatches": []}
        agree = {
            "issueDate": date.fromisoformat(told["issueDate"]) == whose.passport_issued,
            "issuerCode": told["issuerCode"] == whose.passport_issuer_code,
            **same(told, whose),
        }
        valid = getattr(whose, "passport_valid", True)
        wrong = [name for name, agrees in agree.items() if not agrees]
        return {"status": "valid" if valid else "invalid", "mismatches": wrong}

    def pose(self, told: dict[str, str]) -> httpx.Response:
        """`POST /api/questions`: the first option is always right here."""
        whose = next(one for one in everybody() if one.snils == told["snils"])
        if whose.key == "igor":
            return httpx.Response(404, json={"code": "not_enough_data"})
        questions = [
            {"key": f"q{n}", "kind": kind, "options": [{"key": f"o{n}{m}", "words": f"{kind} {m}"} for m in range(4)]}
            for n, kind in enumerate(("institution", "diploma_year", "employer"))
        ]  # fmt: skip
        self.right = {f"q{n}": f"o{n}0" for n in range(3)}
        session = f"00000000-0000-4000-8000-{len(self.asked):012d}"
        return httpx.Response(200, json={"id": session, "questions": questions})

    def judge(self, session: str, answers: dict[str, str]) -> httpx.Response:
        """`POST /api/questions/{id}/answers`."""
        if self.expired:
            return httpx.Response(410, json={"code": "expired"})
        if session in self.judged:
            return httpx.Response(409, json={"code": "already_answered"})
        self.judged.add(session)
        return httpx.Response(200, json={"passed": answers == self.right})


def everybody() -> tuple[sandbox.Person, ...]:
    """Everyone the registers know."""
    return (*sandbox.PEOPLE, *sandbox.NEWCOMERS)


def same(told: dict[str, str], held: sandbox.Person) -> dict[str, bool]:
    """Identity, field by field."""
    return {
        "lastName": names.same(told["lastName"], held.last_name),
        "firstName": names.same(told["firstName"], held.first_name),
        "patronymic": names.same(told["patronymic"], held.patronymic),
        "birthDate": told["birthDate"] == held.birth_date.isoformat(),
    }


def asked_here(outside: Outside) -> None:
    """Let this process ask these registers, whatever its patience."""
    transport = httpx.MockTransport(outside.answer)
    registers.start_afresh()
    for patience in (registers.PATIENCE, registers.WORKER_PATIENCE):
        registers._kept[settings.REGISTERS_URL, patience] = registers.Registers(
            settings.REGISTERS_URL, "t", patience=patience, transport=transport
        )


def who(key: str) -> sandbox.Person:
    """A known person or a newcomer."""
    return next(one for one in everybody() if one.key == key)


def newcomer(key: str, **changes: Any) -> Account:
    """An account as registration leaves it: names, phone, mail."""
    person = who(key)
    identity = Identity(
        person.last_name, person.first_name, person.patronymic, "", "", "", "", person.phone, person.email, {},
        Level.SIMPLIFIED,
    )  # fmt: skip
    return open_account(dataclasses.replace(identity, **changes), person.password)


def signed_in(key: str, *, amr: tuple[str, ...] = ("pwd",)) -> Browser:
    """A browser in which this person is signed in; who has no account gets one."""
    person = who(key)
    account = Account.objects.known_as(*meanings(person.email)).first()
    if account is None:
        account = known(key) if person in sandbox.PEOPLE else newcomer(key)
    browser = Browser()
    opened = start(account.sub, Place("198.51.100.0/24", "Firefox, Linux"), amr=list(amr), words="Вход")
    browser.cookies.set(COOKIE, opened.cookie)
    return browser


def account_of(key: str) -> Account:
    """The account this person signs in to by mail."""
    return Account.objects.known_as(*meanings(who(key).email)).get()


def operator(key: str, role: Role) -> Browser:
    """A known person at work: the post, and two factors shown."""
    browser = signed_in(key, amr=("pwd", "otp", "mfa"))
    appoint(account_of(key).sub, role, by="system")
    return browser


def fields(key: str, **changes: str) -> dict[str, str]:
    """The form as this person fills it in."""
    person = who(key)
    born, issued = person.birth_date, person.passport_issued
    return {
        "last_name": person.last_name,
        "first_name": person.first_name,
        "patronymic": person.patronymic,
        "gender": str(person.gender),
        "birth_date_day": str(born.day),
        "birth_date_month": str(born.month),
        "birth_date_year": str(born.year),
        "snils": person.snils,
        "passport": str(person.passport),
        "issued_day": str(issued.day),
        "issued_month": str(issued.month),
        "issued_year": str(issued.year),
        "issuer": person.passport_issuer,
        "issuer_code": person.passport_issuer_code,
        "inn": person.inn,
        **changes,
    }


def csrf(page: httpx.Response) -> str:
    """The token of a page's form."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found, page.text[:500]
    return found[1]


def sends(browser: Browser, key: str, scan: Any = SCAN, **changes: str) -> httpx.Response:
    """Open the form, fill it in, send it."""
    page = browser.get(DATA)
    data = {"csrfmiddlewaretoken": csrf(page), **fields(key, **changes)}
    return browser.post(DATA, data=data, files={"scan": scan} if scan else None)


def presses(browser: Browser, place: str, action: str, **data: str) -> httpx.Response:
    """Press the button of a form on the page at `place`."""
    page = browser.get(place)
    return browser.post(action, data={"csrfmiddlewaretoken": csrf(page), **data})


def answers(browser: Browser, outside: Outside, *, right: bool = True) -> httpx.Response:
    """Open the questions and answer them."""
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    told = outside.right if right else {**outside.right, "q0": "o03"}
    return presses(browser, "/proofing/questions/", "/proofing/questions/", **told)


def codes(response: httpx.Response) -> list[str]:
    """What the page says by code."""
    return re.findall(r'data-code="([^"]+)"', response.text)
