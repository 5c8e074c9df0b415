"""Settings of the registers: what every site has, and its own slices."""

from typing import Any

from dopusk.web import environment
from dopusk.web.settings import base

SLICES = [
    "clients",
    "faults",
    "snils",
    "passports",
    "workers",
    "organisations",
    "dictionaries",
    "pki",
    "questions",
    "population",
    "home",
]


def _settings() -> dict[str, Any]:
    slices = [*(f"dopusk.registers.{name}" for name in SLICES), "ninja"]
    made = base("registers", slices=slices, context="dopusk.registers.home.context.navigation")
    # right after the trace: a switched-off register answers with a trace id, and asks for nobody's token
    at = made["MIDDLEWARE"].index("dopusk.web.requests.SecurityHeadersMiddleware") + 1
    made["MIDDLEWARE"].insert(at, "dopusk.registers.faults.middleware.FaultMiddleware")
    # who may ask: client → token (see clients/rules.py); an empty one lets nobody in
    made["CLIENT_TOKENS"] = {
        "portal": environment.secret("DOPUSK_PORTAL_REGISTERS_TOKEN"),
        "cabinet": environment.secret("DOPUSK_CABINET_REGISTERS_TOKEN"),
        "stand": environment.text("DOPUSK_FAULTS_TOKEN", ""),
    }
    return made


globals().update(_settings())
