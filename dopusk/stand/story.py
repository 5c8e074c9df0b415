"""The main job as its people live it; one function a step, its docstring the step's name.

Анна, a nurse, applies; Галина checks the intake; Борис, Вера and Григорий decide; anybody verifies.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from dopusk.stand.running import RunningStand
from dopusk.stand.scan import scanned_pdf
from dopusk.stand.visitor import Unexpected, Visitor
from dopusk.trust import pades

WAIT_SECONDS = 90  # for what the worker does by itself; a worker killed with -9 is noticed after 30 s


class Wrong(Exception):
    """What was seen is not what must hold."""


@dataclass
class Story:
    """Who takes part and what they have found out so far."""

    stand: RunningStand
    visitors: dict[str, Visitor] = field(default_factory=dict)
    application: str = ""  # address of Анна's application
    number: str = ""
    verify_url: str = ""
    pdf: bytes = b""
    verify_answer: dict[str, Any] = field(default_factory=dict)

    def visitor(self, key: str) -> Visitor:
        """One of the demo people at a browser of their own."""
        return self.visitors.setdefault(key, Visitor(key))


def until(what: str, look: Callable[[], bool]) -> float:
    """Look again and again until it is so; seconds it took. Raises Wrong when it never is."""
    began = time.monotonic()
    while not look():
        if time.monotonic() - began > WAIT_SECONDS:
            raise Wrong(f"after {WAIT_SECONDS} s still not: {what}")
        time.sleep(0.2)
    return time.monotonic() - began


def sign_in(story: Story, key: str) -> Visitor:
    """Open the cabinet, be led to the portal, sign in, consent, come back."""
    visitor = story.visitor(key)
    visitor.open(f"{story.stand.cabinet}/signin/")
    if not visitor.now.url.startswith(story.stand.portal):
        raise Wrong(f"{key}: the cabinet did not lead to the portal but to {visitor.now.url}")
    identifier = f"{key}@example.org"
    visitor.submit(
        {"identifier": identifier, "password": story.stand.password(identifier)}, action="/signin/"
    )
    if "/consents/" in visitor.now.url or visitor.has_form("/consents/give/"):
        visitor.submit({"decision": "allow"}, action="/consents/give/")
    if not visitor.now.url.startswith(story.stand.cabinet):
        raise Wrong(f"{key}: sign-in ended at {visitor.now.url}: {visitor.now.text[:300]}")
    return visitor
