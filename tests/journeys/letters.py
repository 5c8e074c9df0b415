"""The sandbox's inbox, as a person looks into it who waits for a code or a link."""

import re
import time

import httpx

from dopusk.stand.running import RunningStand

LONGEST_SECONDS = 60  # for what the worker does by itself on a busy machine


class Letters:
    """The sandbox's inbox; each letter is read once."""

    def __init__(self, stand: RunningStand) -> None:
        self.stand = stand
        self.read: set[str] = set()

    def all(self, to: str, purpose: str = "") -> list[dict[str, str]]:
        """What came to an address, the newest first."""
        answer = httpx.get(
            f"{self.stand.portal}/sandbox/inbox/", params={"to": to, "format": "json"}, timeout=10
        )
        return [one for one in answer.raise_for_status().json()["letters"] if purpose in one["purpose"]]

    def text(self, to: str, purpose: str) -> str:
        """The newest letter about it that nobody has read yet, waited for."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            fresh = [one for one in self.all(to, purpose) if one["id"] not in self.read]
            if fresh:
                self.read |= {one["id"] for one in fresh}
                return fresh[0]["text"]
            time.sleep(0.2)
        raise AssertionError(f"no letter {purpose} to {to}: {self.all(to)}")

    def code(self, to: str, purpose: str) -> str:
        """Its six digits."""
        found = re.search(r"\b\d{6}\b", self.text(to, purpose))
        assert found
        return found[0]

    def link(self, to: str, purpose: str, path: str = "/") -> str:
        """The address in it that leads to such a path."""
        text = self.text(to, purpose)
        found = re.search(rf"{re.escape(self.stand.portal)}{path}\S+", text)
        assert found, text
        return found[0]
