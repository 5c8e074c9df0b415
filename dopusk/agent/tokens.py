"""What a token is to the agent, whether it is a device or a folder."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

Sign = Callable[[bytes], bytes]  # as `dopusk.trust.cades` wants it


class WrongPin(Exception):
    """The token refused the PIN. locked: it is closed now. left: tries it says are left, None if it says nothing."""

    def __init__(self, *, locked: bool = False, left: int | None = None) -> None:
        super().__init__("locked" if locked else "wrong")
        self.locked, self.left = locked, left


@dataclass(frozen=True)
class Token:
    """One that is plugged in.

    key: by which its wrong PINs are counted. left: tries the token itself says are left: 0 locked, 1 the last one,
    None unknown. certificates: DER, those of people. others: DER, those of authorities that lie on it too.
    """

    label: str
    serial: str
    key: str
    left: int | None
    certificates: tuple[bytes, ...]
    others: tuple[bytes, ...] = field(default=(), repr=False)


class Place(Protocol):
    """Where tokens are: a PKCS#11 module, or folders."""

    def tokens(self) -> list[Token]:
        """Those plugged in now. Refused("TOKEN_FAULT") when the place does not answer."""
        ...

    def opened(
        self, token: Token, pin: str, certificate: bytes, right: Callable[[], None]
    ) -> AbstractContextManager[Sign]:
        """Log in and find the key of the certificate. right: called once the PIN was.

        Raises WrongPin; Untried (UNPLUGGED, …) before the token saw the PIN; Refused (UNPLUGGED, NO_CERT,
        TOKEN_FAULT).
        """
        ...

    def set_pin(self, token: Token, so_pin: str, pin: str, right: Callable[[], None]) -> None:
        """A new PIN by the administrator's. Raises as `opened` does."""
        ...
