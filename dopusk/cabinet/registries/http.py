"""The registers over HTTP: one client a register, so that each has its own breaker."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from django.conf import settings

from dopusk.cabinet.registries import base, wire
from dopusk.web.outgoing import Register, RegisterDown, RegisterRefused

KEEP_SECONDS = 300.0  # a dictionary is not asked for again; then the register says «unchanged» by its ETag
PATIENCE = 2.0  # seconds a person waits for one answer

Value = TypeVar("Value")


@dataclass
class _Copy:
    """A dictionary as last read. at: monotonic seconds."""

    etag: str
    rows: dict[str, Any]
    at: float


class HttpRegisters:
    """`base.Registers` over the registers' API. Safe for threads; make one a process."""

    def __init__(self, base_url: str, token: str, *, transport: httpx.BaseTransport | None = None) -> None:
        def register(name: str) -> Register:
            return Register(base_url, token, name, transport=transport)

        self.frmr, self.nsi = register("frmr"), register("dictionaries")
        self.snils = register("snils")
        self._copies: dict[str, _Copy] = {}
        self._lock = threading.Lock()

    def record(self, snils: str) -> base.Record | None:
        """The worker and all her groups; None when ФРМР does not know her."""
        try:
            response = self.frmr.call("GET", f"/api/frmr/person/{snils}/full", timeout=PATIENCE)
        except RegisterRefused as refused:
            if refused.code == "not_in_frmr":
                return None
            raise self._strange(self.frmr, refused) from refused
        return self._read(self.frmr, response, wire.record)

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
        response = self._ask(self.snils, "/api/snils/check", body)
        return self._read(self.snils, response, wire.snils_answer)

    def _ask(self, register: Register, path: str, body: dict[str, Any]) -> httpx.Response:
        try:
            return register.call("POST", path, json=body, timeout=PATIENCE)
        except RegisterRefused as refused:
            raise self._strange(register, refused) from refused

    def _dictionary(self, name: str, read: Callable[[Any], Any]) -> dict[str, Any]:
        with self._lock:
            copy = self._copies.get(name)
        if copy and time.monotonic() - copy.at < KEEP_SECONDS:
            return copy.rows
        headers = {"If-None-Match": copy.etag} if copy else {}
        try:
            path = f"/api/dictionaries/{name}"
            response = self.nsi.call("GET", path, headers=headers, timeout=PATIENCE)
        except RegisterRefused as refused:
            raise self._strange(self.nsi, refused) from refused
        if copy and response.status_code == httpx.codes.NOT_MODIFIED:
            fresh = _Copy(copy.etag, copy.rows, time.monotonic())
        else:
            rows = self._read(self.nsi, response, lambda body: [read(row) for row in body["items"]])
            by_key = {row.key: row for row in rows}
            fresh = _Copy(response.headers.get("ETag", ""), by_key, time.monotonic())
        with self._lock:
            self._copies[name] = fresh
        return fresh.rows

    def _read(self, register: Register, response: httpx.Response, read: Callable[[Any], Value]) -> Value:
        """The answer as facts; an answer of another shape is no answer."""
        try:
            return read(response.json())
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            since = register.breaker.failed()
            raise RegisterDown(register.name, since, f"an answer of another shape: {error!r}") from error

    def _strange(self, register: Register, refused: RegisterRefused) -> RegisterDown:
        """A refusal our question should never meet (no key, bad request): the answer stays unknown."""
        return RegisterDown(register.name, register.breaker.failed(), f"{refused.status} {refused.code}")


def _identity(identity: base.Identity) -> dict[str, str]:
    return {
        "lastName": identity.last_name,
        "firstName": identity.first_name,
        "patronymic": identity.patronymic,
        "birthDate": identity.birth_date.isoformat(),
    }


_kept: dict[str, HttpRegisters] = {}


def registers() -> base.Registers:
    """The registers this site asks; one set of clients a process."""
    address = settings.REGISTERS_URL
    if address not in _kept:
        _kept[address] = HttpRegisters(address, settings.REGISTERS_TOKEN)
    return _kept[address]


def start_afresh() -> None:
    """Let go of clients, breakers and copies: the next question begins with nothing known."""
    _kept.clear()
