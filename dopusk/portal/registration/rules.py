"""What a registration consists of, and which step comes next."""

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from dopusk.portal.accounts.rules import Identity, Level

LASTS: Final = timedelta(hours=24)
# The text of the consent in force: a template in `registration/consent/`. Older ones stay: kept hashes name them.
CONSENT: Final = "2026-11-01"


@dataclass(frozen=True)
class Typed:
    """What she has typed so far. phone, email: normal spelling. proved: the telephone for which a code was right.
    next: path of this site where she was going."""

    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""
    phone: str = ""
    email: str = ""
    proved: str = ""
    next: str = "/"

    def as_dict(self) -> dict[str, Any]:
        """For sealing."""
        return asdict(self)

    def step(self) -> str:
        """What is missing: `about`, `phone_code`, `password`."""
        if not (self.last_name and self.first_name and self.phone):
            return "about"
        return "password" if self.proved == self.phone else "phone_code"

    def identity(self) -> Identity:
        """Who opens an account: proved by nothing but a telephone."""
        return Identity(
            last_name=self.last_name,
            first_name=self.first_name,
            patronymic=self.patronymic,
            gender="",
            birth_date="",
            snils="",
            inn="",
            phone=self.proved,
            email="",  # hers when she opens the link sent there
            passport={},
            level=Level.SIMPLIFIED,
        )

    def context(self) -> tuple[str, ...]:
        """What her password must not be made of."""
        return tuple(
            one for one in (self.last_name, self.first_name, self.patronymic, self.phone, self.email) if one
        )


def fingerprint(text: str) -> bytes:
    """SHA-256 of the words of a consent: its marks and line ends do not count."""
    bare = re.sub(r"<[^>]*>", " ", text)
    return hashlib.sha256(" ".join(bare.split()).encode()).digest()
