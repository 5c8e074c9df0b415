"""What the registers' tests share: programs with their keys, and the known people in the registers."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from dopusk.registers.clients import actions as clients
from dopusk.registers.dictionaries import actions as dictionaries
from dopusk.registers.population import known


class Program:
    """A program of another site asking with its token."""

    def __init__(self, token: str) -> None:
        self.browser = Browser(headers={"Authorization": f"Bearer {token}"})

    def get(self, path: str, **headers: str) -> Any:
        return self.browser.get(path, headers=headers or None)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.browser.post(path, body, content_type="application/json")

    def put(self, path: str, body: dict[str, Any]) -> Any:
        return self.browser.put(path, body, content_type="application/json")


@pytest.fixture
def _admitted(db: None, settings: Any) -> None:
    clients.admit(settings.CLIENT_TOKENS)


@pytest.fixture
def portal(_admitted: None, settings: Any) -> Program:
    return Program(settings.CLIENT_TOKENS["portal"])


@pytest.fixture
def cabinet(_admitted: None, settings: Any) -> Program:
    return Program(settings.CLIENT_TOKENS["cabinet"])


@pytest.fixture
def operator(_admitted: None, settings: Any) -> Program:
    """The stand's own program: throws switches, and has certificates issued."""
    return Program(settings.CLIENT_TOKENS["stand"])


@pytest.fixture
def dictionary(db: None) -> None:
    dictionaries.load_all()


@pytest.fixture
def people(dictionary: None) -> None:
    """The known people, written into every register."""
    known.settle(timezone.localdate())
