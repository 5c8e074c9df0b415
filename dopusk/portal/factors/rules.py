"""One-time codes of an app, recovery codes, and when a second step is asked for."""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from cryptography.hazmat.primitives import constant_time
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

PERIOD: Final = 30  # seconds a code of the app lives (RFC 6238 §5.2)
DIGITS: Final = 6
SKEW: Final = 1  # steps the clock of a telephone may be off, either way
SECRET_BYTES: Final = 20  # RFC 4226 §4 R6

CODES: Final = 10  # recovery codes in a set
HEAD: Final = 2  # characters that find a code; the rest proves it
TAIL: Final = 13  # of 5 bits each: 65 bits
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U

CHALLENGE_LASTS: Final = timedelta(minutes=5)
OFFER_RESTS: Final = timedelta(days=30)  # after «не сейчас» passkeys are not offered again
MOST_PASSKEYS: Final = 20  # of one person


def _app(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), PERIOD, enforce_key_length=False)  # noqa: S303 - what every app computes (RFC 6238)


def step_at(moment: float) -> int:
    """The time step of a Unix time."""
    return int(moment // PERIOD)


def code_at(secret: bytes, step: int) -> str:
    """The six digits an app shows during a step."""
    return _app(secret).generate(step * PERIOD).decode()


def step_of(secret: bytes, text: str, *, moment: float, last_step: int) -> int | None:
    """The step a typed code belongs to, one earlier or later than `moment` at most and after `last_step`; or None.

    All three are compared whatever the outcome, so the time taken tells nothing.
    """
    typed = digits(text).encode()
    now = step_at(moment)
    found = None
    for step in range(max(0, now - SKEW), now + SKEW + 1):
        if constant_time.bytes_eq(code_at(secret, step).encode(), typed) and step > last_step:
            found = step if found is None else found
    return found


def digits(text: str) -> str:
    """A typed code without the spaces and dashes apps show it with; empty when it is no code of six digits."""
    bare = "".join(one for one in text if not one.isspace() and one not in "-–—")
    return bare if len(bare) == DIGITS and bare.isascii() and bare.isdigit() else ""


def address(secret: bytes, *, name: str, issuer: str) -> str:
    """The `otpauth://` address that an app reads from the picture."""
    return _app(secret).get_provisioning_uri(name, issuer)


def written(secret: bytes) -> str:
    """The secret as an app takes it by hand: base 32, in fours."""
    return _in_groups(base64.b32encode(secret).decode().rstrip("="), 4, " ")


def new_secret() -> bytes:
    """Twenty random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def new_recovery_codes() -> list[str]:
    """Ten codes of three groups of five characters, whose first two characters are all different."""
    made: dict[str, str] = {}
    while len(made) < CODES:
        code = "".join(secrets.choice(ALPHABET) for _ in range(HEAD + TAIL))
        made.setdefault(code[:HEAD], code)
    return [_in_groups(code, 5, "-") for code in made.values()]


# What people type for what they read, on either keyboard.
_READ_AS: Final = str.maketrans(
    {"O": "0", "I": "1", "L": "1", "О": "0", "І": "1", "А": "A", "В": "B", "Е": "E", "К": "K", "М": "M",
     "Н": "H", "Р": "P", "С": "C", "Т": "T", "Х": "X", "У": "Y"}
)  # fmt: skip


def recovery_code(text: str) -> str:
    """A typed recovery code in its normal spelling, 15 characters; empty when it cannot be one."""
    bare = "".join(one for one in text.upper().translate(_READ_AS) if one.isalnum())
    return bare if len(bare) == HEAD + TAIL and all(one in ALPHABET for one in bare) else ""


def _in_groups(text: str, size: int, between: str) -> str:
    return between.join(text[start : start + size] for start in range(0, len(text), size))


class Ask(StrEnum):
    """When the second step is asked for."""

    ALWAYS = "always"
    NEW_DEVICES = "new_devices"


@dataclass(frozen=True)
class Methods:
    """What a person can show as a second factor today. sms: a code to her confirmed telephone."""

    totp: bool = False
    passkeys: int = 0
    recovery_codes_left: int = 0
    sms: bool = False

    @property
    def strong(self) -> bool:
        """An app or a passkey: what an operator must have."""
        return self.totp or self.passkeys > 0

    @property
    def any(self) -> bool:
        """Something to ask for at sign-in. Recovery codes alone stand in for a factor that once was."""
        return self.strong or self.sms or self.recovery_codes_left > 0


def asked(methods: Methods, *, required: bool, operator: bool, ask: Ask, known_device: bool) -> bool:
    """Whether this sign-in by password is to be followed by a second step."""
    if not required or not methods.any:
        return False
    return operator or ask is Ask.ALWAYS or not known_device


class Kind(StrEnum):
    """What may be taken away."""

    TOTP = "totp"
    PASSKEY = "passkey"
    SMS = "sms"


def fault_of_removal(methods: Methods, kind: Kind, *, operator: bool) -> str | None:
    """Why this may not be removed: `operator_last_factor`; None when it may."""
    left = int(methods.totp) + methods.passkeys - (0 if kind is Kind.SMS else 1)
    return "operator_last_factor" if operator and left < 1 else None
