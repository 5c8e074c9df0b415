"""The program as the browser starts it: four bytes, JSON, an answer, the end. And garbage."""

import base64
import io
import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.agent import wire
from dopusk.agent.acts import thumbprint
from dopusk.agent.browsers import EXTENSION_ID
from dopusk.agent.configuration import Configuration, config_file
from dopusk.agent.tests.conftest import ORIGIN, PIN, Plug, text
from dopusk.stand.pins import Pins
from dopusk.trust import certificates, cms

ROOT = Path(__file__).resolve().parents[3]
CALLER = f"chrome-extension://{EXTENSION_ID}/"

Ask = Callable[..., dict[str, Any] | None]


def start(caller: str = CALLER) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "dopusk.agent", "host", caller]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def send(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert child.stdin
    child.stdin.write(data)
    child.stdin.flush()


def answer(child: "subprocess.Popen[bytes]") -> dict[str, Any] | None:
    """Exactly one message and nothing behind it."""
    assert child.stdout
    data = child.stdout.read()
    child.stdin.close()  # type: ignore[union-attr]
    child.wait(10)
    if not data:
        return None
    (size,) = struct.unpack("=I", data[:4])
    assert len(data) == 4 + size
    told: dict[str, Any] = json.loads(data[4:])
    return told


@pytest.fixture
def ask(told: Configuration) -> Ask:
    def asked(message: object = None, *, raw: bytes = b"", caller: str = CALLER) -> dict[str, Any] | None:
        child = start(caller)
        send(child, raw or wire.pack(message))  # type: ignore[arg-type]
        return answer(child)

    return asked


def question(do: str, **more: object) -> dict[str, object]:
    return {"v": 1, "do": do, "origin": ORIGIN, **more}


def test_hello_list_and_sign(ask: Ask, pins: Pins, plug: Plug) -> None:
    serial, certificate = plug()
    assert ask(question("hello")) == {"ok": True, "v": 1, "version": "1"}
    listed = ask(question("list"))
    assert listed
    assert listed["tokens"] == [{"label": "Рутокен", "serial": serial, "certificates": 1}]
    assert base64.b64decode(listed["certificates"][0]["certificate"]) == certificate
    content = text("Фамилия: Орлова")
    encoded = base64.b64encode(content).decode()
    pins.types(PIN)
    signed = ask(question("sign", content=encoded, thumbprint=thumbprint(certificate).upper()))
    assert signed
    signature = base64.b64decode(signed["signature"])
    assert cms.verify(signature, content, [certificates.read(certificate)]).good


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"v": 1, "do": "hello", "origin": "https://bank.example.org"}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello", "origin": "https://portal.example.org.evil.example"}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello", "origin": "https://portal.example.org:8443"}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello", "origin": "null"}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello", "origin": ""}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello", "origin": ["https://portal.example.org"]}, "ORIGIN_REFUSED"),
        ({"v": 1, "do": "hello"}, "ORIGIN_REFUSED"),
        ({"do": "hello", "origin": ORIGIN}, "CONTENT_REFUSED"),
        (question("unlock"), "CONTENT_REFUSED"),
        (question("sign", content=7, thumbprint="00"), "CONTENT_REFUSED"),
        (question("sign", content="", thumbprint="00"), "CONTENT_REFUSED"),
        (question("sign", content=base64.b64encode(text()).decode(), thumbprint=7), "NO_CERT"),
        (question("sign", content=base64.b64encode(text()).decode(), thumbprint="00"), "NO_TOKEN"),
    ],
)  # fmt: skip
def test_questions_that_are_refused(ask: Ask, message: dict[str, object], code: str) -> None:
    refused = ask(message)
    assert refused
    assert (refused["ok"], refused["code"]) == (False, code)


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack("=I", 0),
        struct.pack("=I", 64 * 1024 * 1024) + b"{}",
        struct.pack("=I", 3) + b"\xff\xfe\xfd",
        struct.pack("=I", 4) + b"null",
        struct.pack("=I", 200_000) + b"[" * 200_000,
    ],
)
def test_garbage_is_refused(ask: Ask, raw: bytes) -> None:
    refused = ask(raw=raw)
    assert refused
    assert refused["code"] == "CONTENT_REFUSED"


def test_another_extension_is_not_served(ask: Ask) -> None:
    refused = ask(question("hello"), caller="chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/")
    assert refused
    assert refused["code"] == "ORIGIN_REFUSED"


def test_a_broken_file_of_settings(ask: Ask) -> None:
    config_file().write_text('{\n "tries": 5\n "tty": ""}')
    refused = ask(question("hello"))
    assert refused
    assert (refused["code"], refused["detail"]) == ("SETTINGS", "config.json:3")


def test_a_browser_that_goes_takes_the_window_with_it(told: Configuration, pins: Pins, plug: Plug) -> None:
    _, certificate = plug()
    child = start()
    encoded = base64.b64encode(text()).decode()
    pins.holds(PIN)
    send(child, wire.pack(question("sign", content=encoded, thumbprint=thumbprint(certificate))))
    pins.wait(1)
    assert child.stdin
    child.stdin.close()
    assert child.wait(10) == 0
    pins.wait_gone()
    assert child.stdout
    assert child.stdout.read() == b""


def test_a_library_that_prints_does_not_speak_to_the_browser(tmp_path: Path, told: Configuration) -> None:
    """Whatever code in the host writes to standard output goes elsewhere."""
    script = tmp_path / "loud.py"
    script.write_text(
        "import os, sys\n"
        "from dopusk.agent import acts, host\n"
        "acts.Agent.list = lambda self: os.write(1, b'loud') and {'ok': True}\n"
        "sys.exit(host.main(sys.argv[1:]))\n"
    )
    command = [sys.executable, script, CALLER]
    child = subprocess.Popen(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "HOME": str(config_file().parents[2])},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    send(child, wire.pack(question("list")))
    assert answer(child) == {"ok": True}


@settings(max_examples=200)
@given(st.binary(max_size=64))
def test_the_wire_reads_anything_or_says_why_not(data: bytes) -> None:
    assert read_or_why(data) in {"truncated", "large", "json", "read"}


def read_or_why(data: bytes) -> str:
    try:
        wire.read(io.BytesIO(data))
    except wire.Garbled as garbled:
        return garbled.why
    return "read"


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none(), max_size=5))
def test_what_is_packed_is_read_again(message: dict[str, object]) -> None:
    assert wire.read(io.BytesIO(wire.pack(message))) == message


def test_a_message_that_is_too_large_is_heard_to_its_end_so_that_the_answer_is_heard_too() -> None:
    """A browser whose words nobody reads any more reports a broken program instead of the answer."""
    stream = io.BytesIO(struct.pack("=I", 2 * wire.LARGEST_IN) + b"x" * 2 * wire.LARGEST_IN + b"next")
    with pytest.raises(wire.Garbled) as refused:
        wire.read(stream)
    assert refused.value.why == "large"
    assert stream.read() == b"next"
