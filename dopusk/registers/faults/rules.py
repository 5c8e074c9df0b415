"""Registers that can be switched, and what a switch does to an answer."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_DELAY_MS = 60_000


class Register(StrEnum):
    """One switchable register."""

    SNILS = "snils"
    PASSPORTS = "passports"
    FRMR = "frmr"
    FRMO = "frmo"
    DICTIONARIES = "dictionaries"
    PKI = "pki"
    QUESTIONS = "questions"


class Mode(StrEnum):
    """How a register behaves."""

    ON = "on"
    OFF = "off"
    DELAY = "delay"
    BREAK = "break"


@dataclass(frozen=True)
class Switch:
    """The state of one register. delay_ms: pause before the answer in mode `delay`."""

    mode: Mode = Mode.ON
    delay_ms: int = 0


_PLACES = {f"/api/{register.value}/": register for register in Register} | {"/pki/": Register.PKI}
# Bytes no parser takes: half a JSON text, and no DER, PEM or timestamp either.
MALFORMED = b'{"broken": "'


def register_of(path: str) -> Register | None:
    """The register that answers at this path."""
    return next((register for prefix, register in _PLACES.items() if f"{path}/".startswith(prefix)), None)


def delay_fault(mode: Mode, delay_ms: int) -> str | None:
    """Why the switch cannot be set so: `delay_out_of_range` (1…60 000 ms in mode `delay`), or None."""
    if mode is Mode.DELAY and not 1 <= delay_ms <= LONGEST_DELAY_MS:
        return "delay_out_of_range"
    return None
