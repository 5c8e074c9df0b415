"""What a change of password asks for."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

NOT_ME_FOR: Final = timedelta(days=10)
PASSKEYS: Final = frozenset({"hwk", "swk"})


def by_passkey(amr: Collection[str]) -> bool:
    """Whether identity was proved by a passkey (RFC 8176): then the password of now need not be known, it may be what
    was forgotten. Otherwise it is asked for (ASVS 5.0 6.2.3)."""
    return bool(PASSKEYS.intersection(amr))
