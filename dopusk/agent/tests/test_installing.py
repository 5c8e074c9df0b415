"""One command puts the agent where browsers find it; check says what is missing; uninstall leaves nothing."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dopusk.agent import checking, commands, configuration, installing
from dopusk.agent.__main__ import main
from dopusk.agent.browsers import BROWSERS, EXTENSION_ID, HOST_NAME
from dopusk.agent.configuration import Configuration, Misconfigured
from dopusk.agent.installing import SOURCE, Where
from dopusk.agent.tests.conftest import ORIGIN, PIN, SO_PIN, Plug
from dopusk.stand.pins import Pins

PORTAL = "https://portal.example.net:8443"


def test_the_extension_has_the_id_that_pages_know() -> None:
    manifest = json.loads((SOURCE / "manifest.json").read_text())
    digest = hashlib.sha256(base64.b64decode(manifest["key"])).hexdigest()[:32]
    assert "".join(chr(ord("a") + int(digit, 16)) for digit in digest) == EXTENSION_ID
    assert manifest["permissions"] == ["nativeMessaging"]
    assert f'"{HOST_NAME}"' in (SOURCE / "background.js").read_text()


def test_both_languages_say_the_same_names() -> None:
    words = [json.loads((SOURCE / f"_locales/{one}/messages.json").read_text()) for one in ("ru", "en")]
    assert words[0].keys() == words[1].keys()


@pytest.mark.usefixtures("told")
def test_install_again_and_uninstall(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = set(home.rglob("*"))
    for _ in range(2):
        assert main(["install", "--origin", PORTAL]) == 0
    manifest = json.loads((home / ".config/chromium/NativeMessagingHosts/org.dopusk.agent.json").read_text())
    assert manifest["allowed_origins"] == [f"chrome-extension://{EXTENSION_ID}/"]
    assert Path(manifest["path"]).stat().st_mode & 0o111
    extension = json.loads((home / ".local/share/dopusk-agent/extension/manifest.json").read_text())
    assert extension["externally_connectable"]["matches"] == [f"{ORIGIN}/*", f"{PORTAL}/*"]
    assert configuration.load().origins == (ORIGIN, PORTAL)
    assert str(home / ".local/share/dopusk-agent/extension") in capsys.readouterr().out
    assert main(["uninstall"]) == 0
    left = {path for path in set(home.rglob("*")) - before if path.is_file()}
    assert {path.name for path in left} <= {"config.json"}


def test_one_browser_alone(home: Path) -> None:
    assert main(["install", "--browser", "chrome"]) == 0
    assert (home / ".config/google-chrome/NativeMessagingHosts/org.dopusk.agent.json").exists()
    assert not (home / ".config/chromium").exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://portal.example.org:443", "https://portal.example.org"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:443", "http://[::1]:443"),
        ("https://portal.example.org:8443", "https://portal.example.org:8443"),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_site_is_kept_as_browsers_name_it(given: str, kept: str) -> None:
    assert main(["install", "--origin", given]) == 0
    assert configuration.load().serves(kept)


@pytest.mark.parametrize(
    "origin",
    ["portal.example.org", "https://portal.example.org/", "https://*", "ftp://a.example", "https://a b", "https://А.example"],
)  # fmt: skip
def test_what_is_no_site_is_not_allowed(home: Path, origin: str) -> None:
    assert main(["install", "--origin", origin]) == 1
    assert list(home.rglob("*.json")) == []


@pytest.mark.parametrize(
    "origin",
    ["http://portal.example.org", "http://10.0.0.7:8000", "http://localhost.example.org", "http://[::2]"],
)
def test_no_pin_for_a_site_that_others_may_read_on_the_way(
    home: Path, capsys: pytest.CaptureFixture[str], origin: str
) -> None:
    assert main(["install", "--origin", PORTAL, "--origin", origin]) == 1
    assert origin in capsys.readouterr().err
    assert list(home.rglob("*.json")) == []
    assert not Configuration(origins=(origin,)).serves(origin)


def test_for_every_user_of_the_machine(tmp_path: Path) -> None:
    where = Where(system=True, top=tmp_path)
    installing.install(where, BROWSERS.values(), [PORTAL])
    assert (tmp_path / "etc/chromium/native-messaging-hosts/org.dopusk.agent.json").exists()
    assert (tmp_path / "etc/opt/chrome/native-messaging-hosts/org.dopusk.agent.json").exists()
    loaded = tmp_path / "usr/share/chromium/extensions/dopusk-agent/manifest.json"
    assert json.loads(loaded.read_text())["externally_connectable"]["matches"] == [f"{PORTAL}/*"]
    assert loaded.stat().st_mode & 0o777 == 0o644
    assert installing.remaining_step(where, BROWSERS["chromium"]) == ""
    assert installing.remaining_step(where, BROWSERS["chrome"]) != ""
    installing.uninstall(where)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.usefixtures("told")
def test_check_says_what_is_missing_until_nothing_is(
    home: Path, plug: Plug, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> int:
        return sum(not line.good for line in checking.lines())

    monkeypatch.setattr(checking, "found_browsers", lambda: [BROWSERS["chromium"]])
    assert missing() == 3  # a terminal or screen, the installation, a token
    plug()
    assert missing() == 2
    monkeypatch.setenv("DISPLAY", ":0")
    assert missing() == 1
    assert main(["install"]) == 0
    assert [line.what for line in checking.lines() if not line.good] == ["the extension is in chromium"]
    preferences = home / ".config/chromium/Default/Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"extensions": {"settings": {EXTENSION_ID: {}}}}))
    assert main(["check"]) == 0
    capsys.readouterr()
    assert main(["install"]) == 0
    assert "Load unpacked" not in capsys.readouterr().out  # it is loaded
    assert main(["check", "--origin", PORTAL]) == 1
    assert f"--origin {PORTAL}" in capsys.readouterr().out
    (home / ".local/share/dopusk-agent/dopusk-agent-host").unlink()
    assert missing() == 2  # it is not known, and does not answer


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("{", 1),
        ('{\n "tries": 5,\n "pinentry": \'x\'\n}', 3),
        ('{\n "pinentry": "tries",\n "tries": 2\n}', 3),
        ('{\n "origins": [\n  "https://a.example",\n  "http://a.example"\n ]\n}', 4),
        ('{\n "tries": 5,\n "unknown": 1}', 3),
        ('{\n "modules": [{"environment": {}}]}', 2),
    ],
)
@pytest.mark.parametrize("whose", ["own", "of all"])
@pytest.mark.usefixtures("home")
def test_check_says_which_line_of_the_settings_is_wrong(
    capsys: pytest.CaptureFixture[str], written: str, line: int, whose: str
) -> None:
    path = configuration.config_file() if whose == "own" else configuration.SYSTEM_FILE
    path.parent.mkdir(parents=True)
    path.write_text(written)
    assert main(["check"]) == 1
    printed = capsys.readouterr().out
    assert str(path) in printed
    assert f"{line}:" in printed
    with pytest.raises(Misconfigured) as wrong:
        configuration.load()
    assert wrong.value.where == f"config.json:{line}"
    assert main(["tokens"]) == 1


@pytest.mark.usefixtures("told")
def test_whoever_reads_the_first_lines_only_sees_no_error() -> None:
    command = [sys.executable, "-m", "dopusk.agent", "check"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.close()
        assert child.stderr.read() == b""


def test_tokens_and_unlock_at_the_terminal(
    told: Configuration, pins: Pins, plug: Plug, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["tokens"]) == 0
    serial, _ = plug("Токен Анны")
    assert main(["tokens"]) == 0
    printed = capsys.readouterr().out
    assert serial in printed
    assert "Орлова Анна" in printed
    pins.types("11111111", "55555555")
    assert main(["unlock", serial]) == 1
    pins.types(SO_PIN, "55555555")
    assert main(["unlock", serial]) == 0
    assert main(["unlock", "no such"]) == 1
    assert PIN not in capsys.readouterr().out


@pytest.mark.parametrize(
    "written",
    [
        "[]",
        '{"unknown": 1}',
        '{"origins": "https://a.example"}',
        '{"origins": ["a.example"]}',
        '{"tries": 2}',
        '{"tries": 11}',
        '{"tries": true}',
        '{"pin_seconds": 0}',
        '{"modules": "x"}',
        '{"modules": [{"environment": {}}]}',
        '{"modules": [{"path": "x", "environment": {"A": 1}}]}',
        '{"known_modules": 1}',
        '{"pinentry": 1}',
        '{"origins": ["http://a.example"]}',
        "[" * 100000,
    ],
)
def test_settings_that_are_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(written)
    with pytest.raises(Misconfigured):
        configuration.load(path)


def test_settings_are_read_as_they_were_saved(told: Configuration) -> None:
    assert configuration.load() == told


def test_sites_of_the_machine_are_allowed_beside_those_of_the_user(told: Configuration) -> None:
    configuration.save(Configuration(origins=(PORTAL,), tries=3), configuration.SYSTEM_FILE)
    assert configuration.load().origins == (PORTAL, ORIGIN)
    assert configuration.load().tries == 3  # she has not said otherwise
    configuration.save(replace(told, tries=4))
    assert configuration.load().tries == 4
    configuration.config_file().unlink()
    assert configuration.load().origins == (PORTAL,)
    assert configuration.load().tries == 3


@pytest.mark.parametrize(
    ("origins", "origin", "served"),
    [
        (("http://localhost",), "http://localhost:8000", True),
        (("http://localhost",), "https://localhost", False),
        (("https://a.example",), "https://a.example:8443", False),
        (("https://a.example",), "https://a.example", True),
        (("https://a.example",), "https://a.example.evil.example", False),
        (("http://127.0.0.1",), "http://127.0.0.1.evil.example", False),
        ((), "http://localhost", False),
    ],
)
def test_whom_it_serves(origins: tuple[str, ...], origin: str, served: bool) -> None:
    assert Configuration(origins=origins).serves(origin) is served


@pytest.mark.parametrize(
    ("chosen", "system", "russian"),
    [("", "ru_RU.UTF-8", True), ("", "C.UTF-8", True), ("", "en_GB.UTF-8", False), ("ru", "en_GB.UTF-8", True),
     ("en", "ru_RU.UTF-8", False)],
)  # fmt: skip
def test_which_language_it_speaks(
    monkeypatch: pytest.MonkeyPatch, chosen: str, system: str, russian: bool
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", system)
    assert Configuration(language=chosen).russian() is russian


@pytest.mark.parametrize(
    ("chosen", "system", "russian"),
    [("", "ru_RU.UTF-8", True), ("", "C.UTF-8", False), ("", "en_GB.UTF-8", False), ("ru", "en_GB.UTF-8", True),
     ("en", "ru_RU.UTF-8", False)],
)  # fmt: skip
@pytest.mark.parametrize(
    "arguments",
    [["check"], ["tokens"], ["install", "--origin", "http://a.example"], ["uninstall"], ["unlock", "7"]],
)
def test_the_terminal_is_spoken_to_in_her_language(
    told: Configuration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *,
    chosen: str, system: str, russian: bool, arguments: list[str],
) -> None:  # fmt: skip
    configuration.save(replace(told, language=chosen))
    monkeypatch.setenv("LANG", system)
    main(arguments)
    printed = "".join(capsys.readouterr()).replace("Рутокен", "")
    assert bool(re.search("[а-яё]", printed)) is russian


@pytest.mark.usefixtures("home")
def test_a_line_that_is_wrong_is_named_in_the_systems_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration.config_file().parent.mkdir(parents=True)
    configuration.config_file().write_text('{"tries": 1}')
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    assert main(["tokens"]) == 1
    assert re.search("строка 1", capsys.readouterr().err)


def test_every_refusal_has_a_line_for_the_terminal() -> None:
    """Those a command of the terminal can meet."""
    assert {"NO_TOKEN", "WRONG_PIN", "LOCKED", "CANCELLED", "TIMEOUT", "NO_PROMPT", "UNPLUGGED"} <= set(
        commands.WORDS
    )


def test_nobody_else_than_root_installs_for_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(installing, "may_install_for_all", lambda: False)
    assert main(["install", "--system"]) == 1
    assert main(["uninstall", "--system"]) == 1


def test_help_is_there_without_any_token() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dopusk.agent", "--help"], capture_output=True, text=True, check=True
    )
    assert "install" in done.stdout
