"""What the agent is told: whom it serves, where tokens are, who asks for the PIN. One JSON file of the user's,
over one of the machine's.

Folders follow the XDG base directories: `dopusk-agent` in `$XDG_CONFIG_HOME` (this file), `$XDG_STATE_HOME` (counts of
wrong PINs, the log) and `$XDG_DATA_HOME` (the extension, the program the browser starts).
"""

import json
import os
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from dopusk.agent.files import make_open, write_whole

NAME: Final = "dopusk-agent"
SYSTEM_FILE: Final = Path("/etc") / NAME / "config.json"  # of all users of the machine, if there is one
SANDBOX: Final = ("http://localhost", "http://127.0.0.1")  # with any port: a stand has four of them
KNOWN_MODULES: Final = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/librtpkcs11ecp.so",
    "/opt/aktivco/rutokenecp/x86_64/librtpkcs11ecp.so",
    "/opt/aktivco/rutokenecp/amd64/librtpkcs11ecp.so",
    "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
)
_ORIGIN: Final = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")
_FEWEST, _MOST = 3, 10


class Misconfigured(ValueError):
    """The file cannot be used; the message says which line of it is to be put right."""


@dataclass(frozen=True)
class Module:
    """A PKCS#11 library. environment: what it is told by (``SOFTHSM2_CONF``)."""

    path: str
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Configuration:
    """known_modules: whether those of :data:`KNOWN_MODULES` that are installed are asked. modules: others beside
    them. folders: software tokens.

    pinentry: a program; "" for `pinentry` on PATH. tty: a terminal for pinentry's text forms. tries: wrong PINs until
    the token is closed, 3 to 10. pin_seconds: how long the PIN window stays. language: ru, en or "" (the system's).
    """

    origins: tuple[str, ...] = SANDBOX
    known_modules: bool = True
    modules: tuple[Module, ...] = ()
    folders: tuple[str, ...] = ()
    pinentry: str = ""
    tty: str = ""
    tries: int = 5
    pin_seconds: int = 120
    language: str = ""

    def found_modules(self) -> tuple[Module, ...]:
        """Those to be asked."""
        known = KNOWN_MODULES if self.known_modules else ()
        return (*self.modules, *(Module(path) for path in known if Path(path).exists()))

    def serves(self, origin: str) -> bool:
        """Whether pages of this origin may ask. The sandbox's addresses are meant with every port."""
        if not site(origin):
            return False
        without_port = re.sub(r":[0-9]+$", "", origin)
        return origin in self.origins or (without_port in SANDBOX and without_port in self.origins)

    def russian(self) -> bool:
        """Whether its windows speak Russian: unless English is chosen, here or for the whole system."""
        system = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        return (self.language or system[:2]) != "en"


def site(origin: str) -> bool:
    """Whether it is the origin of a site, as browsers write one."""
    return _ORIGIN.fullmatch(origin) is not None


def as_browsers_write(origin: str) -> str:
    """The same site without the port that goes without saying: browsers never name it."""
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def folder(variable: str, default: str) -> Path:
    """Our own under an XDG base directory."""
    given = os.environ.get(variable, "")
    return (Path(given) if given.startswith("/") else Path.home() / default) / NAME


def config_file() -> Path:
    """The user's file."""
    return folder("XDG_CONFIG_HOME", ".config") / "config.json"


def state_folder() -> Path:
    """Counts, locks and the log; made when missing, closed to others."""
    made = folder("XDG_STATE_HOME", ".local/state")
    made.mkdir(mode=0o700, parents=True, exist_ok=True)
    return made


def data_folder() -> Path:
    """The extension and the program."""
    return folder("XDG_DATA_HOME", ".local/share")


def load(path: Path | None = None) -> Configuration:
    """The user's file over the machine's, defaults for what both leave out. Raises Misconfigured.

    Sites that the machine's file allows are allowed beside the user's own.
    """
    own = path or config_file()
    told, common = _read(own), {} if path else _read(SYSTEM_FILE)
    configuration = _checked(own, common | told)
    if "origins" in told and "origins" in common:
        both = dict.fromkeys([*_checked(SYSTEM_FILE, common).origins, *configuration.origins])
        configuration = replace(configuration, origins=tuple(both))
    return configuration


def _read(path: Path) -> dict[str, Any]:
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as broken:
        raise Misconfigured(f"{path}: {broken}") from None
    if not isinstance(read, dict) or not set(read) <= set(Configuration.__dataclass_fields__):
        raise Misconfigured(f"{path}: one object with {', '.join(Configuration.__dataclass_fields__)}")
    return read


def _checked(path: Path, read: dict[str, Any]) -> Configuration:
    for name in ("origins", "folders"):
        if not _texts(read.get(name, [])):
            raise Misconfigured(f"{path}: {name}: a list of texts")
    for name in ("pinentry", "tty", "language"):
        if not isinstance(read.get(name, ""), str):
            raise Misconfigured(f"{path}: {name}: a text")
    for origin in read.get("origins", []):
        if not site(origin):
            raise Misconfigured(f"{path}: origins: {origin!r} is no https://name[:port]")
    if not _whole(read.get("tries", 5), _FEWEST, _MOST):
        raise Misconfigured(f"{path}: tries: {_FEWEST} to {_MOST}")
    if not _whole(read.get("pin_seconds", 120), 1, 600):
        raise Misconfigured(f"{path}: pin_seconds: 1 to 600")
    known: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in read.items()
    }
    if not isinstance(read.get("known_modules", True), bool):
        raise Misconfigured(f"{path}: known_modules: true or false")
    if not isinstance(read.get("modules", []), list):
        raise Misconfigured(f"{path}: modules: a list")
    known["modules"] = tuple(_module(path, one) for one in read.get("modules", []))
    return Configuration(**known)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _module(path: Path, read: object) -> Module:
    environment = read.get("environment", {}) if isinstance(read, dict) else None
    if (
        not isinstance(read, dict)
        or not set(read) <= {"path", "environment"}
        or not isinstance(read.get("path"), str)
        or not isinstance(environment, dict)
        or not all(isinstance(value, str) for value in environment.values())
    ):
        raise Misconfigured(f"{path}: modules: objects with path and, if need be, environment")
    return Module(read["path"], environment)


def save(configuration: Configuration, path: Path | None = None) -> Path:
    """Write the user's file whole, or another; its path.

    What is as usual stays out, so that the machine's file may still say it.
    """
    path = path or config_file()
    common = path == SYSTEM_FILE
    if common:
        make_open(path.parent)
    else:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    usual = asdict(Configuration())
    told = {name: value for name, value in asdict(configuration).items() if value != usual[name]}
    written = json.dumps({"origins": configuration.origins, **told}, ensure_ascii=False, indent=2) + "\n"
    write_whole(path, written, 0o644 if common else 0o600)
    return path
