"""Registers that can be switched, and what a switch does to an answer."""

import re
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
    OCSP = "ocsp"
    CRL = "crl"
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
# Pages of the authority that stand for no register: with them people look at what the switches do.
_PAGES = re.compile(r"/pki/(?:certificates/.*)?")
# Parts of the authority that can fail alone: answers about single certificates, and the lists.
_PARTS = {Register.OCSP: re.compile(r"/pki/ocsp/.+"), Register.CRL: re.compile(r"/pki/[a-z-]+\.crl")}
# Bytes no parser takes: half a JSON text, and no DER, PEM or timestamp either.
MALFORMED = b'{"broken": "'


def registers_of(path: str) -> tuple[Register, ...]:
    """Whose switches an answer at this path obeys, the most particular first; () for no register's."""
    if _PAGES.fullmatch(path):
        return ()
    whole = tuple(register for prefix, register in _PLACES.items() if f"{path}/".startswith(prefix))
    return (*(part for part, places in _PARTS.items() if places.fullmatch(path)), *whole)


def delay_fault(mode: Mode, delay_ms: int) -> str | None:
    """Why the switch cannot be set so: `delay_out_of_range` (1…60 000 ms in mode `delay`), or None."""
    if mode is Mode.DELAY and not 1 <= delay_ms <= LONGEST_DELAY_MS:
        return "delay_out_of_range"
    return None
