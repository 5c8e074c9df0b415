"""A page, the extension, the host, a SoftHSM token: Анна signs a text, and what happens when it cannot be signed."""

import base64
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page

from dopusk.agent.browsers import EXTENSION_ID
from dopusk.kernel import sandbox
from dopusk.kernel.signable import Signable
from dopusk.stand.issuing import Authority
from dopusk.trust import cms, keys
from dopusk.trust.certificates import read
from tests.journeys.signing import PIN, Machine, ask


class Empty(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write("<!doctype html><title>Страница</title><h1>Страница</h1>".encode())

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """Анна's, with two tokens: one by EC, one by RSA."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    anna = sandbox.person("anna")
    for label, kind in (("Рутокен Анны", "ec"), ("Запасной", "rsa")):
        authority = Authority()
        key = keys.new(kind, rsa_bits=2048)
        made.token(label, key=key, certificates=[authority.person(key, anna), authority.issuer.certificate])
    return made


@pytest.fixture(scope="module")
def page(machine: Machine, browser: Browser, site: str) -> Iterator[Page]:
    context = machine.browser(browser.browser_type)
    page = context.new_page()
    page.goto(site)
    yield page
    context.close()


def text(origin: str, *lines: str) -> bytes:
    now = datetime.now(UTC).replace(microsecond=0)
    said = Signable("Вход на портал «Допуск»", origin, now, now + timedelta(minutes=10), uuid4(), lines)
    return said.write()


def signing(content: bytes, thumbprint: str) -> dict[str, object]:
    return {
        "v": 1,
        "do": "sign",
        "content": base64.b64encode(content).decode(),
        "thumbprint": thumbprint,
    }


def test_it_answers_a_page_and_shows_both_tokens(page: Page) -> None:
    assert ask(page, {"v": 1, "do": "hello"})["ok"] is True
    listed = ask(page, {"v": 1, "do": "list"})
    assert {one["token"]["label"] for one in listed["certificates"]} == {"Рутокен Анны", "Запасной"}
    assert [one["certificates"] for one in listed["tokens"]] == [1, 1]


@pytest.mark.parametrize("label", ["Рутокен Анны", "Запасной"])
def test_anna_signs(machine: Machine, page: Page, site: str, label: str) -> None:
    listed = ask(page, {"v": 1, "do": "list"})
    chosen = next(one for one in listed["certificates"] if one["token"]["label"] == label)
    content = text(site, "Фамилия: Орлова")
    machine.pins.types(PIN)
    answer = ask(page, signing(content, chosen["thumbprint"]))
    assert answer["ok"] is True, answer
    certificate = read(base64.b64decode(chosen["certificate"]))
    assert cms.verify(base64.b64decode(answer["signature"]), content, [certificate]).good
    assert site in machine.pins.asked()[-1]["SETDESC"]


@pytest.fixture
def chosen(page: Page) -> str:
    """The thumbprint of the certificate on «Рутокен Анны»."""
    listed = ask(page, {"v": 1, "do": "list"})
    found = next(one for one in listed["certificates"] if one["token"]["label"] == "Рутокен Анны")
    return str(found["thumbprint"])


@pytest.fixture
def fresh_counts(machine: Machine) -> Iterator[None]:
    yield
    (machine.home / ".local/state/dopusk-agent/tries.json").unlink(missing_ok=True)


@pytest.mark.usefixtures("fresh_counts")
def test_wrong_pins_are_counted_until_the_token_is_closed(
    machine: Machine, page: Page, site: str, chosen: str
) -> None:
    content = text(site, "Фамилия: Орлова")
    answers = []
    for _ in range(5):
        machine.pins.types("00000000")
        answers.append(ask(page, signing(content, chosen)))
    assert [(one["code"], one["left"]) for one in answers] == [
        ("WRONG_PIN", 4), ("WRONG_PIN", 3), ("WRONG_PIN", 2), ("WRONG_PIN", 1), ("LOCKED", 0),
    ]  # fmt: skip
    windows = len(machine.pins.asked())
    machine.pins.types(PIN)
    assert ask(page, signing(content, chosen))["code"] == "LOCKED"
    assert len(machine.pins.asked()) == windows  # nobody was asked
    listed = ask(page, {"v": 1, "do": "list"})
    assert {one["token"]["label"]: one["token"]["locked"] for one in listed["certificates"]} == {
        "Рутокен Анны": True, "Запасной": False,
    }  # fmt: skip


def test_the_window_is_closed(machine: Machine, page: Page, site: str, chosen: str) -> None:
    machine.pins.refuses()
    assert ask(page, signing(text(site), chosen))["code"] == "CANCELLED"


def asking(page: Page, message: dict[str, object]) -> None:
    """Ask and go on; `answered` waits for the answer."""
    page.evaluate(
        "([id, message]) => { window.answer = chrome.runtime.sendMessage(id, message) }",
        [EXTENSION_ID, message],
    )


def answered(page: Page) -> dict[str, object]:
    answer: dict[str, object] = page.evaluate("window.answer")
    return answer


def test_the_token_is_pulled_out_while_the_pin_is_asked(
    machine: Machine, page: Page, site: str, chosen: str
) -> None:
    windows = len(machine.pins.asked())
    machine.pins.holds(PIN)
    asking(page, signing(text(site), chosen))
    machine.pins.wait(windows + 1)
    machine.tokens.unplug()
    machine.pins.go()
    assert answered(page)["code"] == "UNPLUGGED"
    assert ask(page, {"v": 1, "do": "list"})["tokens"] == []
    assert ask(page, signing(text(site), chosen))["code"] == "NO_TOKEN"
    machine.tokens.plug()
    machine.pins.types(PIN)
    assert ask(page, signing(text(site), chosen))["ok"] is True


def test_a_second_question_while_the_pin_is_asked(
    machine: Machine, page: Page, site: str, chosen: str
) -> None:
    windows = len(machine.pins.asked())
    machine.pins.holds(PIN)
    asking(page, signing(text(site), chosen))
    machine.pins.wait(windows + 1)
    assert ask(page, signing(text(site), chosen))["code"] == "BUSY"
    assert len(ask(page, {"v": 1, "do": "list"})["tokens"]) == 2
    machine.pins.go()
    assert answered(page)["ok"] is True


def test_a_page_that_is_closed_takes_its_pin_window_with_it(
    machine: Machine, page: Page, site: str, chosen: str
) -> None:
    windows = len(machine.pins.asked())
    other = page.context.new_page()
    other.goto(site)
    machine.pins.holds(PIN)
    asking(other, signing(text(site), chosen))
    machine.pins.wait(windows + 1)
    other.close()
    machine.pins.wait_gone()
    deadline = time.monotonic() + 10
    while (answer := ask(page, signing(text(site), "no"))["code"]) == "BUSY":
        assert time.monotonic() < deadline
    assert answer == "NO_CERT"


def test_a_page_that_thinks_better_of_it_takes_its_pin_window_away(
    machine: Machine, page: Page, site: str, chosen: str
) -> None:
    windows = len(machine.pins.asked())
    machine.pins.holds(PIN)
    asking(page, signing(text(site), chosen))
    machine.pins.wait(windows + 1)
    assert ask(page, {"v": 1, "do": "cancel"}) == {"ok": True}
    assert answered(page)["code"] == "CANCELLED"
    machine.pins.types(PIN)
    deadline = time.monotonic() + 10
    while (answer := ask(page, signing(text(site), chosen))).get("code") == "BUSY":
        assert time.monotonic() < deadline
    assert answer["ok"] is True


def test_a_text_of_another_site_is_not_signed(page: Page, chosen: str) -> None:
    content = text("https://bank.example.org", "Перевести всё")
    assert ask(page, signing(content, chosen))["code"] == "OTHER_ORIGIN"


def test_what_the_page_says_of_its_origin_is_not_heard(page: Page, chosen: str) -> None:
    other = "https://bank.example.org"
    answer = ask(page, {**signing(text(other), chosen), "origin": other})
    assert answer["code"] == "OTHER_ORIGIN"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"v": 1, "do": "sign", "content": "cGF5", "thumbprint": "00"}, "CONTENT_REFUSED"),
        ({"v": 1, "do": "sign", "content": "!", "thumbprint": "00"}, "CONTENT_REFUSED"),
        ({"v": 1, "do": "format"}, "CONTENT_REFUSED"),
        ({"v": 2, "do": "hello"}, "CONTENT_REFUSED"),
        ({"v": 1, "do": "sign", "content": "A" * 2_000_000, "thumbprint": "00"}, "CONTENT_REFUSED"),
        ("hello", "CONTENT_REFUSED"),
        (None, "CONTENT_REFUSED"),
    ],
)
def test_what_is_no_question_is_refused(page: Page, message: object, code: str) -> None:
    assert ask(page, message)["code"] == code


def test_a_site_that_was_not_allowed_cannot_ask(machine: Machine, page: Page, site: str) -> None:
    machine.tell(origins=("https://portal.example.org",))
    assert ask(page, {"v": 1, "do": "hello"})["code"] == "ORIGIN_REFUSED"
    machine.tell(origins=("http://localhost", "http://127.0.0.1"))


def test_the_program_is_gone(machine: Machine, page: Page) -> None:
    manifest = machine.home / ".config/chromium/NativeMessagingHosts/org.dopusk.agent.json"
    kept = manifest.read_text()
    manifest.unlink()
    assert ask(page, {"v": 1, "do": "hello"})["code"] == "NO_HOST"
    manifest.write_text(kept)
    assert ask(page, {"v": 1, "do": "hello"})["ok"] is True


def test_no_pin_is_written_down(machine: Machine) -> None:
    kept = [path for path in (machine.home / ".local").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if PIN.encode() in path.read_bytes()]
    assert "UNPLUGGED" in machine.log()
