"""How many wrong PINs a token has had in a row: counted before the PIN is tried, forgiven when it was right.

A token's own count may be missing (SoftHSM's), and that of a file always is. Ours stands for each token in
`tries.json` of the state folder. It is taken under a lock and on the disk before the token sees the PIN, so that
neither two hosts at once nor a killed one win a try.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dopusk.agent.files import locked, write_whole
from dopusk.agent.refusals import Refused

SO: Final = "so:"  # wrong PINs of the administrator are counted apart


class Counts:
    """folder: where the file is. most: wrong PINs in a row until the token is closed."""

    def __init__(self, folder: Path, most: int) -> None:
        self._path, self._lock, self._most = folder / "tries.json", folder / "tries.lock", most

    def left(self, token: str) -> int:
        """Tries that are left."""
        with locked(self._lock):
            return self._left(self._read(), token)

    def take(self, token: str) -> int:
        """Use one up; how many are left then. Refused("LOCKED") when there was none."""
        with locked(self._lock):
            counts = self._read()
            if not self._left(counts, token):
                raise Refused("LOCKED", left=0)
            counts[token] = counts.get(token, 0) + 1
            self._write(counts)
            return self._left(counts, token)

    def give_back(self, token: str) -> None:
        """The last try was none: the token never saw the PIN."""
        self._change(lambda counts: counts.update({token: max(0, counts.get(token, 0) - 1)}))

    def close(self, token: str) -> None:
        """The token itself says that it is locked."""
        self._change(lambda counts: counts.update({token: self._most}))

    def forgive(self, token: str) -> None:
        """The PIN was right."""
        self._change(lambda counts: counts.pop(token, None))

    def _change(self, change: Callable[[dict[str, int]], object]) -> None:
        with locked(self._lock):
            counts = self._read()
            before = dict(counts)
            change(counts)
            if counts != before:
                self._write(counts)

    def _left(self, counts: dict[str, int], token: str) -> int:
        return max(0, self._most - counts.get(token, 0))

    def _read(self) -> dict[str, int]:
        """A file that is broken is put aside: it must not close every token for ever."""
        try:
            read = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(token): int(count) for token, count in read.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, AttributeError, TypeError):
            self._path.replace(self._path.with_suffix(".broken"))
            return {}

    def _write(self, counts: dict[str, int]) -> None:
        write_whole(self._path, json.dumps(counts, ensure_ascii=False, indent=2) + "\n")
