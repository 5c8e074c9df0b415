"""How much of what is costly strangers may have of this process: so many at once, then one every so often.

A sandbox is there to be asked, and gives without end.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings


class Allowance:
    """at_once: how many may be taken after a quiet time. every: seconds in which one more comes."""

    def __init__(self, at_once: int, every: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._every, self._clock = at_once, every, clock
        self._left, self._counted = float(at_once), clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take one; False when there is none left."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._counted) / self._every)
            self._counted = now
            if self._left < 1:
                return False
            self._left -= 1
            return True


# A search for the mistake behind a wrong signature is some fifty verifications, a sixth of a second by GOST.
SEARCHES: Final = Allowance(20, 5.0)
# Diagnoses kept of each known system, and of all that name none.
_ROWS_AT_ONCE, _SECONDS_A_ROW = 100, 5.0
_rows: dict[str, Allowance] = {}


def may_search() -> bool:
    """Whether the mistake behind a wrong signature may be looked for."""
    return settings.SANDBOX or SEARCHES.take()


def may_keep(mnemonic: str) -> bool:
    """Whether a diagnosis of one more request may be kept. mnemonic: of a known system, or empty."""
    return settings.SANDBOX or _rows.setdefault(mnemonic, Allowance(_ROWS_AT_ONCE, _SECONDS_A_ROW)).take()


def forget() -> None:
    """Begin anew."""
    _rows.clear()
