"""What the agent is told: whom it serves, where tokens are, who asks for the PIN. One JSON file of the user's,
over one of the machine's.

Folders follow the XDG base directories: `dopusk-agent` in `$XDG_CONFIG_HOME` (this file), `$XDG_STATE_HOME` (counts of
wrong PINs, the log) and `$XDG_DATA_HOME` (the extension, the program the browser starts).
"""

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from dopusk.agent import tongue
from dopusk.agent.files import make_open, write_whole
from dopusk.agent.tongue import said

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
_HERE: Final = (*SANDBOX, "http://[::1]")  # what is said to them stays on this machine
_FEWEST, _MOST = 3, 10


class Misconfigured(ValueError):
    """The file cannot be used; the message says which line of it is to be put right.

    where: the file's name and the line, without the folders that no page has to know.
    """

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(message)
        self.where = where


@dataclass(frozen=True)
class _Told:
    """What one file says. text: as it is written."""

    path: Path
    values: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def wrong(self, name: str, wanted: str, value: str | None = None) -> Misconfigured:
        """About the line with this key, or with this value of it."""
        key = re.search(rf'"{re.escape(name)}"\s*:', self.text)
        start = key.start() if key else 0
        found = start if value is None else self.text.find(json.dumps(value, ensure_ascii=False), start)
        line = self.text.count("\n", 0, max(found, start)) + 1
        return _at(self.path, line, f"{name}: {wanted}")


def _at(path: Path, line: int, wrong: str) -> Misconfigured:
    return Misconfigured(f"{path}, {said('строка', 'line')} {line}: {wrong}", f"{path.name}:{line}")


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
        if not site(origin) or overheard(origin):
            return False
        without_port = _without_port(origin)
        return origin in self.origins or (without_port in SANDBOX and without_port in self.origins)

    def russian(self) -> bool:
        """Whether its windows speak Russian: unless English is chosen, here or for the whole system."""
        return (self.language or tongue.system()) != "en"


def site(origin: str) -> bool:
    """Whether it is the origin of a site, as browsers write one."""
    return _ORIGIN.fullmatch(origin) is not None


def overheard(origin: str) -> bool:
    """Whether what is sent there can be read and changed on the way: http beyond this machine."""
    return not origin.startswith("https:") and _without_port(origin) not in _HERE


def why_overheard(origin: str) -> str:
    """For whoever named such a site."""
    return said(
        f"{origin}: http годится только для этого компьютера (localhost, 127.0.0.1, [::1]). На пути к другому "
        "подписываемое могут прочитать и подменить, поэтому ПИН-код для него не спрашивают: назовите адрес с https",
        f"{origin}: http is for this machine only (localhost, 127.0.0.1, [::1]). On the way to another, what is signed "
        "can be read and changed, so no PIN is asked for it: name the site's https address",
    )


def _without_port(origin: str) -> str:
    return re.sub(r":[0-9]+$", "", origin)


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
    told = _read(path or config_file())
    common = _Told(SYSTEM_FILE) if path else _read(SYSTEM_FILE)
    shared, own = _checked(common), _checked(told)
    values = shared | own
    if "origins" in shared and "origins" in own:
        values["origins"] = tuple(dict.fromkeys([*shared["origins"], *own["origins"]]))
    return Configuration(**values)


def _read(path: Path) -> _Told:
    try:
        text = path.read_text(encoding="utf-8")
        read = json.loads(text)
    except FileNotFoundError:
        return _Told(path)
    except json.JSONDecodeError as broken:
        raise _at(
            path, broken.lineno, f"{said('это не JSON', 'no JSON')}: {broken.msg} ({broken.colno})"
        ) from None
    except (OSError, ValueError, RecursionError) as broken:
        raise Misconfigured(f"{path}: {broken}", path.name) from None
    known = Configuration.__dataclass_fields__
    if not isinstance(read, dict):
        raise _at(path, 1, f"{said('один объект с ключами', 'one object with')} {', '.join(known)}")
    told = _Told(path, read, text)
    for name in read:
        if name not in known:
            raise told.wrong(
                name, f"{said('нет такого ключа; есть', 'not known; there are')} {', '.join(known)}"
            )
    return told


def _checked(told: _Told) -> dict[str, Any]:
    read = told.values
    for name in ("origins", "folders"):
        if not _texts(read.get(name, [])):
            raise told.wrong(name, said("список строк", "a list of texts"))
    for name in ("pinentry", "tty", "language"):
        if not isinstance(read.get(name, ""), str):
            raise told.wrong(name, said("строка", "a text"))
    for origin in read.get("origins", []):
        if not site(origin):
            raise told.wrong("origins", f"{origin!r} {said('не', 'is no')} https://name[:port]", origin)
        if overheard(origin):
            raise told.wrong("origins", why_overheard(origin), origin)
    if not _whole(read.get("tries", 5), _FEWEST, _MOST):
        raise told.wrong("tries", said(f"от {_FEWEST} до {_MOST}", f"{_FEWEST} to {_MOST}"))
    if not _whole(read.get("pin_seconds", 120), 1, 600):
        raise told.wrong("pin_seconds", said("от 1 до 600", "1 to 600"))
    if not isinstance(read.get("known_modules", True), bool):
        raise told.wrong("known_modules", said("true или false", "true or false"))
    if not isinstance(read.get("modules", []), list):
        raise told.wrong("modules", said("список", "a list"))
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}
    if "modules" in read:
        values["modules"] = tuple(_module(told, one) for one in read["modules"])
    return values


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _module(told: _Told, read: object) -> Module:
    environment = read.get("environment", {}) if isinstance(read, dict) else None
    if (
        not isinstance(read, dict)
        or not set(read) <= {"path", "environment"}
        or not isinstance(read.get("path"), str)
        or not isinstance(environment, dict)
        or not all(isinstance(value, str) for value in environment.values())
    ):
        raise told.wrong(
            "modules",
            said(
                "объекты с path и, если нужно, environment", "objects with path and, if need be, environment"
            ),
        )
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
