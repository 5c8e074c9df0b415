"""What is missing for signing in a browser, and what to do about each."""

import importlib.util
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dopusk.agent.acts import Agent
from dopusk.agent.browsers import EXTENSION_ID, Browser
from dopusk.agent.configuration import Configuration, Misconfigured, load, state_folder
from dopusk.agent.installing import Where, found_browsers, manifest_of, remaining_step
from dopusk.agent.prompts import Prompt
from dopusk.agent.refusals import Refused
from dopusk.agent.tongue import said

_SECONDS = 30
INSTALL = "./dev agent install"


@dataclass(frozen=True)
class Line:
    """One thing looked at. remedy: what to do when it is not right."""

    good: bool
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "ok    " if self.good else "not ok"
        return f"{mark}  {self.what}" + ("" if self.good else f"\n        → {self.remedy}")


def lines(origins: tuple[str, ...] = ()) -> Iterator[Line]:
    """Everything, in the order in which a person would put it right. origins: that must be allowed."""
    try:
        configuration = load()
    except Misconfigured as wrong:
        yield Line(good=False, what=said("настройки", "settings"), remedy=str(wrong))
        return
    yield Line(good=True, what=said("настройки", "settings"))
    missing = [one for one in origins if not configuration.serves(one)]
    asked = " ".join(f"--origin {one}" for one in missing)
    allowed = f"{said('сайты, которым можно', 'sites allowed')}: {', '.join(configuration.origins)}"
    yield Line(not missing, allowed, f"{INSTALL} {asked}")
    yield Line(
        importlib.util.find_spec("pkcs11") is not None,
        said("библиотека python-pkcs11", "the library python-pkcs11"),
        "./dev agent check",
    )
    yield from _prompts(configuration)
    yield from _browsers(configuration)
    yield from _tokens(configuration)


def _prompts(configuration: Configuration) -> Iterator[Line]:
    name = configuration.pinentry or "pinentry"
    program = shutil.which(name)
    yield Line(
        program is not None,
        f"{said('программа, которая спрашивает ПИН-код', 'the program that asks for the PIN')}: {program or name}",
        f"sudo apt-get install pinentry-gtk2 ({said('или', 'or')} pinentry-qt, pinentry-gnome3, pinentry-curses)",
    )
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    terminal = configuration.tty or os.environ.get("GPG_TTY")
    place = (
        f"{said('экран', 'the screen')} {shown}"
        if shown
        else f"{said('терминал', 'the terminal')} {terminal}"
    )
    yield Line(
        bool(shown or terminal),
        f"{said('где ей спросить', 'where it can ask')}: {place if shown or terminal else said('негде', 'nowhere')}",
        said(
            'запустите это там, где есть экран, или назовите терминал: "tty" в config.json (docs/signing.md)',
            'start this in a desktop session, or name a terminal: "tty" in config.json (docs/signing.md)',
        ),
    )


def _browsers(configuration: Configuration) -> Iterator[Line]:
    found = found_browsers()
    names = ", ".join(one.name for one in found) or said("нет", "none")
    yield Line(bool(found), f"{said('браузеры', 'browsers')}: {names}", "sudo apt-get install chromium")
    for browser in found:
        wheres = [where for where in (Where(), Where(system=True)) if where.manifest(browser).exists()]
        if not wheres:
            yield Line(good=False, what=_known(browser), remedy=INSTALL)
            continue
        where = wheres[0]
        yield _knows(browser, where)
        yield _answers(browser, where)
        yield _extension(browser, where, configuration)


def _knows(browser: Browser, where: Where) -> Line:
    path = where.manifest(browser)
    good = _json(path) == manifest_of(where.program()) and os.access(where.program(), os.X_OK)
    return Line(good, f"{_known(browser)}: {path}", INSTALL)


def _known(browser: Browser) -> str:
    return said(f"{browser.name} знает программу", f"{browser.name} knows the program")


def _answers(browser: Browser, where: Where) -> Line:
    """As the browser would ask it."""
    question = json.dumps({"v": 1, "do": "hello", "origin": "http://localhost"}).encode()
    try:
        with subprocess.Popen(  # noqa: S603 - our own program
            [where.program(), f"chrome-extension://{EXTENSION_ID}/"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as child:
            assert child.stdin
            assert child.stdout
            child.stdin.write(struct.pack("=I", len(question)) + question)
            child.stdin.flush()
            answer = child.stdout.read()
            child.wait(_SECONDS)
        told = json.loads(answer[4:])
    except (OSError, ValueError, subprocess.TimeoutExpired) as failure:
        silent = said("программа отвечает", "the program answers")
        return Line(good=False, what=silent, remedy=f"{INSTALL} ({failure})")
    answers = said(f"программа отвечает: {browser.name}", f"the program answers {browser.name}")
    log = f"{state_folder()}/agent.log"
    return Line("ok" in told, answers, said(f"почему, сказано в {log}", f"{log} says why"))


def _extension(browser: Browser, where: Where, configuration: Configuration) -> Line:
    automatic = Where(system=True).loaded(browser)
    folder = automatic if automatic and automatic.exists() else where.extension()
    manifest = _json(folder / "manifest.json")
    listens = manifest.get("externally_connectable", {}).get("matches", [])
    if not all(f"{origin}/*" in listens for origin in configuration.origins):
        listening = said(
            "расширение слушает сайты, которым можно", "the extension listens to the sites allowed"
        )
        return Line(good=False, what=f"{listening}: {folder}", remedy=INSTALL)
    loaded = said(f"расширение есть в {browser.name}", f"the extension is in {browser.name}")
    good = folder == automatic or in_a_profile(browser)
    return Line(good, loaded, "" if good else remaining_step(where, browser))


def in_a_profile(browser: Browser) -> bool:
    """Whether a profile of this user has it, by the browser's own notes."""
    for name in ("Secure Preferences", "Preferences"):
        for path in (Path.home() / browser.user).glob(f"*/{name}"):
            if EXTENSION_ID in _json(path).get("extensions", {}).get("settings", {}):
                return True
    return False


def _tokens(configuration: Configuration) -> Iterator[Line]:
    modules = configuration.found_modules()
    names = ", ".join(one.path for one in modules) or said("нет", "none")
    new = "./dev token new --person anna"
    yield Line(
        bool(modules or configuration.folders),
        f"{said('библиотеки токенов', 'token libraries')}: {names}",
        said(
            f"поставьте библиотеку PKCS#11 своего токена (Рутокен: librtpkcs11ecp) или сделайте токен для пробы: {new}",
            f"install your token's PKCS#11 library (Рутокен: librtpkcs11ecp), or make a token to try: {new}",
        ),
    )
    for module in modules:
        if not Path(module.path).exists():
            gone = said(
                'её нет: поставьте её или исправьте "modules" в config.json',
                'it is gone: install it, or "modules" in config.json',
            )
            yield Line(good=False, what=module.path, remedy=gone)
    agent = Agent(configuration, state_folder(), Prompt(configuration))
    try:
        seen = agent.seen()
    except Refused as refused:
        fault = f"{said('токены', 'tokens')}: {refused.code} {refused.detail}"
        yield Line(good=False, what=fault, remedy=said("вставьте токен", "plug the token in"))
        return
    held = sum(bool(one.token.certificates) for one in seen)
    yield Line(
        held > 0,
        said(
            f"токены: {len(seen)}, с сертификатом: {held}", f"tokens: {len(seen)}, with a certificate: {held}"
        ),
        said(
            f"вставьте токен или сделайте для пробы: {new}", f"plug the token in, or make one to try: {new}"
        ),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}
