"""The stand's own secrets, made on first start and kept with its data, mode 600."""

import base64
import json
import os
import secrets
from pathlib import Path

KEYS = (
    "DOPUSK_PORTAL_SEALING_KEY",
    "DOPUSK_CABINET_SEALING_KEY",
    "DOPUSK_REGISTERS_SEALING_KEY",
    "DOPUSK_LIVE_KEY",
)
TOKENS = (
    "DOPUSK_PORTAL_SECRET_KEY",
    "DOPUSK_CABINET_SECRET_KEY",
    "DOPUSK_REGISTERS_SECRET_KEY",
    "DOPUSK_CABINET_CLIENT_SECRET",
    "DOPUSK_PORTAL_REGISTERS_TOKEN",
    "DOPUSK_CABINET_REGISTERS_TOKEN",
    "DOPUSK_FAULTS_TOKEN",
)


def load(state: Path) -> dict[str, str]:
    """Names of environment variables → values; what is missing is made and kept."""
    path = state / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    fresh = {name: base64.b64encode(secrets.token_bytes(32)).decode() for name in KEYS if name not in known}
    fresh |= {name: secrets.token_urlsafe(48) for name in TOKENS if name not in known}
    if fresh:
        known |= fresh
        partial = path.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(known, file, indent=1)
        partial.rename(path)
    return known
