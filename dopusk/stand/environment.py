"""What every process of a stand is told."""

import os
from dataclasses import dataclass
from pathlib import Path

from dopusk.stand import secrets

PORTS = {"portal": 0, "cabinet": 1, "registers": 2, "live": 3}


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a stand are reached. name: host as people type it; base: port of the portal."""

    base: int = 8000
    name: str = "localhost"

    def port(self, part: str) -> int:
        """The port of "portal", "cabinet", "registers" or "live"."""
        return self.base + PORTS[part]

    def url(self, part: str) -> str:
        """The public address of a part, without a trailing slash."""
        return f"http://{self.name}:{self.port(part)}"


def compose(state: Path, addresses: Addresses, database_url: str) -> dict[str, str]:
    """The whole environment of the stand's processes, the caller's own settings winning.

    database_url: the server that holds the three databases.
    """
    made = {
        "DOPUSK_SANDBOX": "1",
        "DOPUSK_STATE": str(state),
        "DOPUSK_DATABASE_URL": database_url,
        "DOPUSK_CABINET_CLIENT_ID": "dopusk-cabinet",
        "PYTHONUNBUFFERED": "1",
        **{f"DOPUSK_{part.upper()}_URL": addresses.url(part) for part in PORTS},
        **secrets.load(state),
    }
    return {**made, **os.environ}
