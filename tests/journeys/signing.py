"""A person's own machine: her Chromium with the extension, the agent installed by its command, SoftHSM tokens, and a
stand-in for the PIN window that types what a test tells it to."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page

from dopusk.agent import configuration
from dopusk.agent.browsers import EXTENSION_ID
from dopusk.agent.configuration import Configuration
from dopusk.stand.pins import Pins
from dopusk.stand.softhsm import SoftHsm
from dopusk.trust import keys
from tests.journeys.conftest import FLAGS

ROOT = Path(__file__).resolve().parents[2]
PIN, SO_PIN = "12345678", "87654321"


@dataclass(frozen=True)
class Token:
    """One that was made: by its serial number the agent shows it."""

    serial: str
    label: str
    certificates: tuple[bytes, ...] = ()


class Machine:
    """folder: its home. agent: whether the agent is installed."""

    def __init__(self, folder: Path, *, agent: bool = True) -> None:
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.tokens, self.pins, self.agent = SoftHsm(folder / "softhsm"), Pins(folder / "pins"), agent
        self.settings = self.home / ".config/dopusk-agent/config.json"
        own = ("XDG_", "DOPUSK_", "LC_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        self.environment = {**kept, "HOME": str(self.home), "LANG": "C.UTF-8"}  # commands answer in English
        if agent:
            told = Configuration(
                known_modules=False, modules=(self.tokens.module(),), pinentry=str(self.pins.program)
            )
            configuration.save(told, self.settings)
            self.run("install")

    def run(self, *arguments: str) -> str:
        """What `./dev agent …` prints there."""
        command = [sys.executable, "-m", "dopusk.agent", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tell(self, **settings: Any) -> None:
        """Change the agent's settings."""
        configuration.save(replace(configuration.load(self.settings), **settings), self.settings)

    def token(
        self, label: str, *, key: keys.PrivateKey | None = None, certificates: Sequence[bytes] = ()
    ) -> Token:
        """A token with what lies on it, plugged in."""
        serial = self.tokens.make(label, PIN, SO_PIN)
        self.tokens.put(serial, PIN, key=key, certificates=certificates)
        return Token(serial, label, tuple(certificates))

    def browser(self, chromium: BrowserType) -> BrowserContext:
        """Her Chromium. One at a time: it is her one profile."""
        extension = self.home / ".local/share/dopusk-agent/extension"
        loaded = [f"--load-extension={extension}", f"--disable-extensions-except={extension}"]
        context = chromium.launch_persistent_context(
            self.home / ".config/chromium",
            executable_path=shutil.which("chromium"),
            args=[*FLAGS, *(loaded if self.agent else [])],
            env=self.environment,
            locale="ru-RU",
            timezone_id="Europe/Moscow",
        )
        context.set_default_timeout(15_000)
        return context

    def log(self) -> str:
        """What the agent wrote down."""
        path = self.home / ".local/state/dopusk-agent/agent.log"
        return path.read_text() if path.exists() else ""


def ask(page: Page, message: object) -> dict[str, Any]:
    """What the agent answers to a page's script."""
    answer: dict[str, Any] = page.evaluate(
        "([id, message]) => chrome.runtime.sendMessage(id, message)", [EXTENSION_ID, message]
    )
    return answer
