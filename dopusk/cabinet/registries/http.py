"""The registers over HTTP: one client a register, so that each has its own breaker."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from dopusk.cabinet.registries import base, wire
from dopusk.web.outgoing import Register, RegisterRefused

KEEP_SECONDS = 300.0  # a dictionary is not asked for again; then the register says «unchanged» by its ETag
PATIENCE = 2.0  # seconds a person before a page waits for one answer, tries again included
WORKER_PATIENCE = 8.0  # the same of the worker, behind whom nobody waits


@dataclass
class _Copy:
    """A dictionary as last read. at: monotonic seconds."""

    etag: str
    rows: dict[str, Any]
    at: float


class HttpRegisters:
    """`base.Registers` over the registers' API. Safe for threads; make one a process."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        patience: float = PATIENCE,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        def register(name: str) -> Register:
            return Register(base_url, token, name, patience=patience, transport=transport)

        self.frmr, self.nsi = register("frmr"), register("dictionaries")
        self.snils = register("snils")
        self._copies: dict[str, _Copy] = {}
        self._lock = threading.Lock()

    def record(self, snils: str) -> base.Record | None:
        """The worker and all her groups; None when ФРМР does not know her."""
        path = f"/api/frmr/person/{snils}/full"
        try:
            return self.frmr.ask(
                "GET", path, lambda answer: wire.record(answer.json()), refusals={"not_in_frmr"}
            )
        except RegisterRefused:
            return None

    def dictionaries(self) -> base.Dictionaries:
        """All rows of the dictionaries, from a copy of a few minutes."""
        return base.Dictionaries(
            specialties=self._dictionary("specialties", wire.specialty),
            positions=self._dictionary("positions", wire.position),
            levels=self._dictionary("education-levels", wire.level),
        )

    def check_snils(self, snils: str, identity: base.Identity) -> base.SnilsAnswer:
        """Does the number exist, and is it hers."""
        body = {"snils": snils, **_identity(identity)}
        return self.snils.ask(
            "POST", "/api/snils/check", lambda answer: wire.snils_answer(answer.json()), json=body
        )

    def _dictionary(self, name: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        with self._lock:
            copy = self._copies.get(name)
        if copy and time.monotonic() - copy.at < KEEP_SECONDS:
            return copy.rows

        def as_copy(answer: httpx.Response) -> _Copy:
            if copy and answer.status_code == httpx.codes.NOT_MODIFIED:
                return _Copy(copy.etag, copy.rows, time.monotonic())
            by_key = {row.key: row for row in map(read, answer.json()["items"])}
            return _Copy(answer.headers.get("ETag", ""), by_key, time.monotonic())

        headers = {"If-None-Match": copy.etag} if copy else {}
        fresh = self.nsi.ask("GET", f"/api/dictionaries/{name}", as_copy, headers=headers)
        with self._lock:
            self._copies[name] = fresh
        return fresh.rows


def _identity(identity: base.Identity) -> dict[str, str]:
    return {
        "lastName": identity.last_name,
        "firstName": identity.first_name,
        "patronymic": identity.patronymic,
        "birthDate": identity.birth_date.isoformat(),
    }


_kept: dict[tuple[str, float], HttpRegisters] = {}


def registers(patience: float = PATIENCE) -> base.Registers:
    """The registers this site asks, with so many seconds for each answer; one set of clients a process."""
    address = settings.REGISTERS_URL
    if (address, patience) not in _kept:
        _kept[address, patience] = HttpRegisters(address, settings.REGISTERS_TOKEN, patience=patience)
    return _kept[address, patience]


def start_afresh() -> None:
    """Let go of clients, breakers and copies: the next question begins with nothing known."""
    _kept.clear()
