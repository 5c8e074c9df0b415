"""What a check answers, and how a list of checks is asked."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from dopusk.portal.oidc.rules.sayings import saying

VISIBLE: Final = re.compile(r"[\x20-\x7e]*")  # RFC 6749 appendix A: VSCHAR, and the space

Question = TypeVar("Question")


@dataclass(frozen=True)
class Fault:
    """error: as the service reads it. code: which check it was, for logs, tests and our page."""

    error: str
    code: str

    @property
    def told(self) -> dict[str, str]:
        """RFC 6749 §4.1.2.1, §5.2: the description begins with the code and says what to do."""
        return {"error": self.error, "error_description": saying(self.code)}


def first_fault(checks: Iterable[Callable[[Question], Fault | None]], question: Question) -> Fault | None:
    """The first check that does not hold."""
    return next((fault for check in checks if (fault := check(question))), None)
