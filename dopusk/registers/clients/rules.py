"""What a client may be allowed to do."""

import hashlib
from enum import StrEnum


class Scope(StrEnum):
    """One permission; a token carries several."""

    SNILS = "snils"
    PASSPORTS = "passports"
    FRMR_READ = "frmr.read"
    FRMR_WRITE = "frmr.write"
    FRMO = "frmo"
    DICTIONARIES = "dictionaries"
    PKI = "pki"
    QUESTIONS = "questions"
    FAULTS = "faults"


# Which permissions the programs of a stand have. The portal proves identity, the cabinet judges and records.
SCOPES: dict[str, tuple[Scope, ...]] = {
    "portal": (Scope.SNILS, Scope.PASSPORTS, Scope.DICTIONARIES, Scope.QUESTIONS),
    "cabinet": (
        Scope.SNILS, Scope.PASSPORTS, Scope.FRMR_READ, Scope.FRMR_WRITE, Scope.FRMO, Scope.DICTIONARIES, Scope.PKI,
    ),
    "stand": (Scope.FAULTS, Scope.PKI),
}  # fmt: skip


def digest(token: str) -> str:
    """What we keep of a token. It has 256 random bits or more, so one SHA-256 is enough: nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
