"""What the agent answers when it does not sign: the codes a page explains."""

from typing import Final

CODES: Final = frozenset(
    {
        "NO_HOST",  # said by the extension: the browser finds no program
        "NO_TOKEN",
        "NO_CERT",
        "WRONG_PIN",
        "LOCKED",
        "CANCELLED",
        "UNPLUGGED",
        "ORIGIN_REFUSED",
        "OTHER_ORIGIN",
        "CONTENT_REFUSED",
        "NO_PROMPT",
        "BUSY",
        "TIMEOUT",
        "TOKEN_FAULT",
        "SETTINGS",  # the agent's own file cannot be read
    }
)


class Refused(Exception):
    """Nothing was signed.

    code: one of :data:`CODES`. left: tries of the PIN, with WRONG_PIN. detail: for logs and support, never a secret.
    """

    def __init__(self, code: str, *, left: int | None = None, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.left, self.detail = code, left, detail

    def answer(self) -> dict[str, object]:
        """As the page gets it."""
        more = {} if self.left is None else {"left": self.left}
        return {"ok": False, "code": self.code, **more, **({"detail": self.detail} if self.detail else {})}


class Untried(Refused):
    """The token is not there to see the PIN: no try was used up."""
