"""Putting the agent where browsers find it, and taking it away again. Linux.

A manifest tells the browser which program the extension may start; the program is a shell script over this
repository's own Python (``.venv``), so the repository must stay where it is.
"""

import json
import os
import shlex
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from dopusk.agent.browsers import BROWSERS, EXTENSION_ID, HOST_NAME, Browser
from dopusk.agent.configuration import NAME, data_folder
from dopusk.agent.files import make_open, write_whole
from dopusk.agent.tongue import said

ROOT: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = Path(__file__).resolve().parent / "extension"
SYSTEM_DATA: Final = Path("/usr/local/share") / NAME


@dataclass(frozen=True)
class Where:
    """For one user, or for all of a machine. top: "/" but in tests."""

    system: bool = False
    top: Path = Path("/")

    def data(self) -> Path:
        """Folder of the extension and the program."""
        return self.under(SYSTEM_DATA) if self.system else data_folder()

    def under(self, path: str | Path) -> Path:
        """An absolute path of the machine."""
        return self.top / str(path).lstrip("/")

    def make(self, folder: Path) -> None:
        """A folder of these, and those above it: open to all when it is for all, whatever the umask of root is."""
        if self.system:
            make_open(folder)
        else:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)

    def manifest(self, browser: Browser) -> Path:
        """Where the browser looks for the program."""
        folder = (
            self.under(browser.system) if self.system else Path.home() / browser.user / "NativeMessagingHosts"
        )
        return folder / f"{HOST_NAME}.json"

    def extension(self) -> Path:
        """The folder to be loaded."""
        return self.data() / "extension"

    def program(self) -> Path:
        """What the browser starts."""
        return self.data() / f"{NAME}-host"

    def loaded(self, browser: Browser) -> Path | None:
        """A folder from which the browser loads it by itself, for all users only."""
        return self.under(browser.extensions) / NAME if self.system and browser.extensions else None


def install(where: Where, browsers: Iterable[Browser], origins: Sequence[str]) -> None:
    """Everything, anew if it was there. origins: of pages that may ask."""
    where.make(where.data())
    place_extension(where.extension(), origins)
    command = f"cd {shlex.quote(str(ROOT))} && exec {shlex.quote(sys.executable)} -m dopusk.agent host"
    write_whole(where.program(), f'#!/bin/sh\n{command} "$@"\n', 0o755)
    for browser in browsers:
        manifest = where.manifest(browser)
        where.make(manifest.parent)
        write_whole(manifest, json.dumps(manifest_of(where.program()), indent=2) + "\n", 0o644)
        loaded = where.loaded(browser)
        if loaded:
            where.make(loaded.parent)
            place_extension(loaded, origins)


def manifest_of(program: Path) -> dict[str, object]:
    """Of the native-messaging host."""
    return {
        "name": HOST_NAME,
        "description": "Dopusk: signs by the person's token",
        "path": str(program),
        "type": "stdio",
        "allowed_origins": [f"chrome-extension://{EXTENSION_ID}/"],
    }


def place_extension(folder: Path, origins: Iterable[str]) -> None:
    """A copy that listens to pages of these origins."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCE, folder)
    manifest: dict[str, Any] = json.loads((SOURCE / "manifest.json").read_text(encoding="utf-8"))
    manifest["externally_connectable"]["matches"] = [f"{origin}/*" for origin in origins]
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for path in (folder, *folder.rglob("*")):  # whoever installs for all may have a closed umask
        path.chmod(0o755 if path.is_dir() else 0o644)


def uninstall(where: Where) -> list[Path]:
    """Take away what :func:`install` has put; what was there. The user's settings and counts of PINs stay."""
    candidates = [where.manifest(browser) for browser in BROWSERS.values()]
    candidates += [path for browser in BROWSERS.values() if (path := where.loaded(browser))]
    candidates += [where.extension(), where.program()]
    gone = [path for path in candidates if path.exists()]
    for path in gone:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if where.data().exists() and not any(where.data().iterdir()):
        where.data().rmdir()
    return gone


def found_browsers() -> list[Browser]:
    """Those installed here."""
    return [one for one in BROWSERS.values() if any(shutil.which(program) for program in one.programs)]


def remaining_step(where: Where, browser: Browser) -> str:
    """What the person must still do in the browser; "" when nothing."""
    if where.loaded(browser):
        return ""
    step = said(
        f"В {browser.name} остался один шаг, один раз: откройте chrome://extensions, включите «Режим разработчика» "
        "(Developer mode), нажмите «Загрузить распакованное расширение» (Load unpacked) и выберите",
        f"One step is left in {browser.name}, once: open chrome://extensions, switch on «Режим разработчика» "
        "(Developer mode), press «Загрузить распакованное расширение» (Load unpacked) and choose",
    )
    return f"{step}\n    {where.extension()}"


def may_install_for_all() -> bool:
    """Whether this is root."""
    return os.geteuid() == 0


def others_may_change(folder: Path) -> bool:
    """Whether somebody beside root may put other files there."""
    found = [one.stat() for one in (folder, *folder.parents)]
    return any(one.st_uid or (one.st_mode & 0o022 and not one.st_mode & stat.S_ISVTX) for one in found)
