"""A token, a page or a machine's owner who wishes no good: what they can write stays what they said, nothing more."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dopusk.agent import commands, configuration, folders, host, installing, shown
from dopusk.agent.__main__ import main
from dopusk.agent.acts import Agent, thumbprint
from dopusk.agent.browsers import BROWSERS
from dopusk.agent.configuration import Configuration, Module
from dopusk.agent.installing import Where
from dopusk.agent.prompts import Prompt, escaped
from dopusk.agent.tests.conftest import ORIGIN, PIN, SO_PIN, text
from dopusk.agent.tokens import Token
from dopusk.kernel import sandbox, signable
from dopusk.stand.issuing import Authority
from dopusk.stand.pins import Pins
from dopusk.trust import certificates, keys

LABEL = "Токен\nСайт: https://bank.example\x1b[2J\u202e"


@pytest.fixture
def of_a_stranger(tmp_path: Path, told: Configuration) -> Token:
    """A folder somebody gave Анна, whose label is more than a name."""
    key, authority = keys.new("ec"), Authority()
    chain = [certificates.pem(authority.person(key, sandbox.person("anna")))]
    place = tmp_path / "folder"
    folders.write(place, label=LABEL, serial="1\x1b[31m", chain=chain, key=key, pin=PIN, so_pin=SO_PIN)
    configuration.save(
        Configuration(origins=(ORIGIN,), known_modules=False, folders=(str(place),), pinentry=told.pinentry)
    )
    return folders.Folders([str(place)]).tokens()[0]


def test_a_label_is_one_line_of_letters(of_a_stranger: Token, pins: Pins) -> None:
    loaded = configuration.load()
    agent = Agent(loaded, configuration.state_folder(), Prompt(loaded))
    pins.types(PIN)
    assert agent.sign(text("Строка"), thumbprint(of_a_stranger.certificates[0]), ORIGIN)
    said = pins.asked()[0]["SETDESC"].splitlines()
    assert [line for line in said if line.startswith("Сайт:")] == [f"Сайт: {ORIGIN}"]
    assert "\x1b" not in "".join(said)


@pytest.mark.usefixtures("of_a_stranger")
def test_the_terminal_gets_no_commands_from_a_token(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tokens"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert len(printed.splitlines()) == 2


def test_no_window_takes_a_title_for_markup() -> None:
    """Qt guesses by the first line whether a text is HTML, and then hides what a page wants hidden."""
    said = signable.read(text("Строка", title="<b>Вход</b><!--"))
    token = Token("Токен", "1", "folder:1", None, ())
    first = shown.signing(said, b"", token, 5, russian=True)["SETDESC"].splitlines()[0]
    assert "Вход" in first
    assert "<" not in first


@pytest.mark.parametrize("letter", ["<", "%", "Ж", "\U0001f600"])
def test_the_longest_title_of_a_long_origin_fits_into_the_window(letter: str) -> None:
    origin = f"https://{'a' * 250}.org:8443"
    said = signable.read(text("Строка", title=letter * 200, origin=origin))
    texts = shown.signing(said, b"", Token("Ж" * 40, "1", "folder:1", None, ()), 5, russian=True)
    assert origin in texts["SETDESC"]
    assert len(f"SETDESC {escaped(texts['SETDESC'])}\n".encode()) <= 1000


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """The log of a host, for one test."""
    before, root = logging.getLogger().handlers[:], logging.getLogger()
    root.handlers.clear()
    host.keep_log(tmp_path)
    yield tmp_path / "agent.log"
    root.handlers[:] = before


@pytest.mark.parametrize(
    "do",
    [
        "list\n2026-11-23 12:00:00 INFO sign for https://bank.example: done",
        "x" * 100_000,
        ["x"] * 50_000,
        "\ud800",
        None,
    ],
)
def test_what_a_page_says_is_one_short_line_of_the_log(
    told: Configuration, log_file: Path, do: object
) -> None:
    with Path(os.devnull).open("wb") as answer:
        host.Host(told, configuration.state_folder(), answer)._told({"v": 1, "do": do, "origin": ORIGIN})
    (line,) = log_file.read_text(encoding="utf-8").splitlines()
    assert ORIGIN in line
    assert len(line) < 300


def test_for_all_users_nothing_is_taken_from_the_settings_of_who_installs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sudo keeps HOME here and there: a library of one user's must not be loaded by everybody's agent."""
    configuration.save(
        Configuration(
            origins=("https://mine.example",),
            modules=(Module("/home/me/evil.so"),),
            pinentry="/home/me/p",
            folders=("/home/me/t",),
        )
    )
    system = tmp_path / "etc/config.json"
    monkeypatch.setattr(commands, "SYSTEM_FILE", system)
    monkeypatch.setattr(installing, "may_install_for_all", lambda: True)
    monkeypatch.setattr(commands, "Where", lambda *, system: Where(system=system, top=tmp_path / "top"))
    for origin in ("https://portal.example", "https://cabinet.example"):
        assert main(["install", "--system", "--origin", origin]) == 0
    kept = json.loads(system.read_text())
    assert set(kept) == {"origins"}
    assert set(kept["origins"]) == {
        *configuration.SANDBOX,
        "https://portal.example",
        "https://cabinet.example",
    }


def test_a_closed_umask_does_not_close_the_installation_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = os.umask(0o077)
    try:
        installing.install(Where(system=True, top=tmp_path / "top"), BROWSERS.values(), [ORIGIN])
        monkeypatch.setattr(configuration, "SYSTEM_FILE", tmp_path / "top/etc/dopusk-agent/config.json")
        configuration.save(Configuration(), configuration.SYSTEM_FILE)
    finally:
        os.umask(before)
    for path in (tmp_path / "top").rglob("*"):
        wanted = 0o755 if path.is_dir() else 0o644
        assert path.stat().st_mode & wanted == wanted, path


def test_a_window_that_goes_at_once_has_given_the_pin(told: Configuration, tmp_path: Path) -> None:
    program = tmp_path / "hasty"
    answers = 'case "$line" in GETPIN*) echo "D 1234"; echo OK; exit 0;; *) echo OK;; esac'
    program.write_text(f"#!/bin/sh\necho OK\nwhile read -r line; do {answers}; done\n")
    program.chmod(0o755)
    assert Prompt(replace(told, pinentry=str(program))).pin({"SETDESC": "x"}) == "1234"
