"""A stand-in for pinentry: speaks Assuan as it does and answers what it was told beforehand. For tests and journeys."""

import json
import sys
import time
from pathlib import Path
from typing import Any, Final

CANCEL: Final = 83886179  # pinentry's own «Operation cancelled»
NO_TERMINAL: Final = 83918950  # «Inappropriate ioctl for device»: what it says when there is nowhere to ask
_SCRIPT: Final = """#!{python}
import json, os, pathlib, sys, time
folder = pathlib.Path({folder!r})
queue = folder / "answers.json"
answers = json.loads(queue.read_text())
answer = answers.pop(0) if answers else {{"error": {cancel}}}
queue.write_text(json.dumps(answers))
said = {{}}
def out(line):
    sys.stdout.write(line + "\\n")
    sys.stdout.flush()
def plain(text):
    return text.replace("%0A", "\\n").replace("%0D", "\\r").replace("%25", "%")
out("OK Pleased to meet you")
for line in sys.stdin:
    command, _, rest = line.rstrip("\\n").partition(" ")
    if len(line.encode()) > 1000:
        out("ERR 83886341 Line too long")
    elif command == "GETPIN":
        with (folder / "asked.jsonl").open("a") as asked:
            asked.write(json.dumps(said) + "\\n")
        if answer.get("hold"):
            (folder / "held").write_text(str(os.getpid()))
            while not (folder / "go").exists():
                time.sleep(0.02)
            (folder / "go").unlink()
        if answer.get("crash"):
            sys.exit(1)
        if "error" in answer:
            out("ERR %d said the stand-in" % answer["error"])
        else:
            out("D " + answer["pin"].replace("%", "%25"))
            out("OK")
    elif command == "BYE":
        out("OK closing connection")
        break
    else:
        said[command if command != "OPTION" else "OPTION " + rest.split("=")[0]] = plain(rest)
        out("OK")
"""


class Pins:
    """folder: made when missing. program: what the agent's settings name as pinentry."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.program = folder, folder / "pinentry"
        folder.mkdir(parents=True, exist_ok=True)
        self.program.write_text(_SCRIPT.format(python=sys.executable, folder=str(folder), cancel=CANCEL))
        self.program.chmod(0o755)
        self._answers([])

    def types(self, *pins: str) -> None:
        """The next windows get these PINs."""
        self._answers([{"pin": pin} for pin in pins])

    def holds(self, pin: str) -> None:
        """The next window stays until `go`, then gets the PIN."""
        self._answers([{"pin": pin, "hold": True}])

    def refuses(self, error: int = CANCEL) -> None:
        """The next window ends with this error."""
        self._answers([{"error": error}])

    def crashes(self) -> None:
        """The next window dies."""
        self._answers([{"crash": True}])

    def go(self) -> None:
        """Let the window that is held answer."""
        (self._folder / "go").touch()

    def asked(self) -> list[dict[str, str]]:
        """What each window said so far: commands and texts."""
        path = self._folder / "asked.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait(self, count: int, seconds: float = 20) -> dict[str, str]:
        """Until so many windows were shown; what the last one said."""
        deadline = time.monotonic() + seconds
        while len(self.asked()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.asked())} PIN windows, {count} expected")
            time.sleep(0.02)
        return self.asked()[count - 1]

    def wait_gone(self, seconds: float = 20) -> None:
        """Until the window that is held was taken away; one that nobody has buried yet is gone."""
        process = Path("/proc") / (self._folder / "held").read_text() / "stat"
        deadline = time.monotonic() + seconds
        while _runs(process):
            if time.monotonic() > deadline:
                raise TimeoutError("the PIN window is still there")
            time.sleep(0.02)

    def _answers(self, answers: list[dict[str, Any]]) -> None:
        (self._folder / "answers.json").write_text(json.dumps(answers))


def _runs(stat: Path) -> bool:
    """Whether the process of this file of /proc is there and not a zombie (proc(5))."""
    try:
        return stat.read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return False
