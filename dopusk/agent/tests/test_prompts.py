"""The PIN window: pinentry as Debian has it, and one that misbehaves."""

import os
import pty
import select
import shutil
import termios
import threading
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.agent import prompts, shown
from dopusk.agent.configuration import Configuration
from dopusk.agent.prompts import Prompt, escaped, unescaped
from dopusk.agent.refusals import Refused
from dopusk.agent.tests.conftest import ORIGIN, text
from dopusk.agent.tokens import Token
from dopusk.kernel import signable
from dopusk.stand.pins import NO_TERMINAL, Pins

TEXTS = {"SETDESC": "Сайт: https://portal.example.org\n100 %", "SETPROMPT": "ПИН-код:"}


def refusal(prompt: Prompt) -> tuple[str, str]:
    with pytest.raises(Refused) as refused:
        prompt.pin(TEXTS)
    return refused.value.code, refused.value.detail


@pytest.mark.parametrize("pin", ["12345678", "100%", "a b", "пароль", "%41%0A", "\\"])
def test_any_pin_arrives_as_it_was_typed(told: Configuration, pins: Pins, pin: str) -> None:
    pins.types(pin)
    assert Prompt(told).pin(TEXTS) == pin
    assert pins.asked()[0]["SETDESC"] == TEXTS["SETDESC"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaping_keeps_every_letter_on_one_line(text: str) -> None:
    assert unescaped(escaped(text).encode()) == text
    assert "\n" not in escaped(text)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (83886179, "CANCELLED"), (83886278, "CANCELLED"), (83886142, "TIMEOUT"), (NO_TERMINAL, "NO_PROMPT"),
        (1, "NO_PROMPT"),
    ],
)  # fmt: skip
def test_what_pinentry_says_when_there_is_no_pin(
    told: Configuration, pins: Pins, error: int, code: str
) -> None:
    pins.refuses(error)
    assert refusal(Prompt(told))[0] == code


def test_an_empty_pin_is_no_try(told: Configuration, pins: Pins) -> None:
    pins.types("")
    assert refusal(Prompt(told))[0] == "CANCELLED"


def test_a_window_that_dies(told: Configuration, pins: Pins) -> None:
    pins.crashes()
    assert refusal(Prompt(told))[0] == "NO_PROMPT"


def test_there_is_no_pinentry(told: Configuration) -> None:
    assert refusal(Prompt(replace(told, pinentry="/nowhere/pinentry"))) == ("NO_PROMPT", "no_program")


@pytest.mark.parametrize(
    "script", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho nonsense\n", "#!/bin/sh\necho ERR x\n", "nothing"]
)
def test_a_program_that_is_no_pinentry(told: Configuration, tmp_path: Path, script: str) -> None:
    program = tmp_path / "program"
    program.write_text(script)
    program.chmod(0o755)
    assert refusal(Prompt(replace(told, pinentry=str(program))))[0] == "NO_PROMPT"


def test_nobody_types(told: Configuration, pins: Pins, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompts, "_PATIENCE", 0)
    pins.holds("12345678")
    assert refusal(Prompt(replace(told, pin_seconds=1)))[0] == "TIMEOUT"


def test_the_window_is_taken_away_from_outside(told: Configuration, pins: Pins) -> None:
    pins.holds("12345678")
    prompt = Prompt(told)

    def close() -> None:
        pins.wait(1)
        prompt.close()

    thread = threading.Thread(target=close)
    thread.start()
    assert refusal(prompt)[0] == "NO_PROMPT"
    thread.join()


def test_pinentry_on_a_terminal(told: Configuration) -> None:
    """The real one of Debian's package pinentry-curses: the text is on the screen, the PIN is not."""
    program = shutil.which("pinentry-curses")
    assert program, "apt-get install pinentry-curses"
    master, slave = pty.openpty()
    seen = []

    def person() -> None:
        deadline, typed = time.monotonic() + 20, False
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 0.3)[0]:
                if seen and not typed:
                    os.write(master, b"12345678\r")
                    typed = True
                elif typed:
                    return
                continue
            seen.append(os.read(master, 65536))

    thread = threading.Thread(target=person)
    thread.start()
    changed = replace(told, pinentry=program, tty=os.ttyname(slave))
    token = Token("Токен Анны", "1", "key", None, ())
    content = text("Фамилия: Орлова")
    texts = shown.signing(signable.read(content), content, token, 5, russian=True)
    assert Prompt(changed).pin(texts) == "12345678"
    thread.join()
    os.close(master)
    os.close(slave)
    screen = b"".join(seen).decode(errors="replace")
    assert ORIGIN in screen
    assert "Токен Анны" in screen
    assert "12345678" not in screen


def test_a_window_taken_away_gives_the_terminal_back(told: Configuration) -> None:
    """With its echo: else she types on and sees nothing."""
    program = shutil.which("pinentry-curses")
    assert program, "apt-get install pinentry-curses"
    master, slave = pty.openpty()
    prompt = Prompt(replace(told, pinentry=program, tty=os.ttyname(slave)))

    def echoes() -> bool:
        return bool(termios.tcgetattr(slave)[3] & termios.ECHO)

    def close() -> None:
        deadline = time.monotonic() + 20
        while echoes() and time.monotonic() < deadline:
            if select.select([master], [], [], 0.05)[0]:
                os.read(master, 65536)
        prompt.close()

    thread = threading.Thread(target=close)
    thread.start()
    with pytest.raises(Refused):
        prompt.pin(TEXTS)
    thread.join()
    assert echoes()
    os.close(master)
    os.close(slave)


_LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300).map(signable.one_line), max_size=30
)


@given(
    lines=_LINES,
    title=st.text(min_size=1, max_size=400).map(signable.one_line),
    label=st.text(max_size=40),
    left=st.integers(1, 10),
    russian=st.booleans(),
)
def test_whatever_is_signed_the_window_names_site_digest_and_token(
    lines: list[str], title: str, label: str, left: int, russian: bool
) -> None:
    said = signable.Signable(title or "x", ORIGIN, *signable_times(), uuid4(), tuple(lines))
    token = Token(signable.one_line(label), "1", "key", None, ())
    texts = shown.signing(said, b"content", token, left, russian=russian)
    description = texts["SETDESC"]
    assert f"{ORIGIN}\n" in description
    assert "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73" in description
    assert token.label[:30] in description
    for command, words in texts.items():
        assert len(f"{command} {escaped(words)}\n".encode()) <= 1000


def test_a_line_of_the_text_does_not_pass_for_one_of_the_window() -> None:
    forged = "Сайт: https://bank.example.org"
    content = text(forged, "Токен: Чужой, осталось попыток: 5")
    token = Token("Токен Анны", "1", "key", None, ())
    said = shown.signing(signable.read(content), content, token, 5, russian=True)["SETDESC"].split("\n")
    assert [line for line in said if line.startswith(("Сайт:", "Токен:"))] == [
        f"Сайт: {ORIGIN}", "Токен: Токен Анны, осталось попыток: 5",
    ]  # fmt: skip


def signable_times() -> tuple[object, object]:
    read = signable.read(text())
    return read.made_at, read.good_until
