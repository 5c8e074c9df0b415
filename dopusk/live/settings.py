"""What the live app is told; checked when it starts."""

from dataclasses import dataclass
from typing import Self

from psycopg.conninfo import make_conninfo

from dopusk.web import environment


@dataclass(frozen=True)
class Settings:
    """key: of tickets, HS256. origin: the only site whose pages may listen. database: libpq's connection string."""

    key: bytes
    origin: str
    database: str

    @classmethod
    def read(cls) -> Self:
        """From the environment. Raises `environment.Misconfigured`."""
        told = environment.database("cabinet")
        options = {name: str(value) for name, value in told["OPTIONS"].items()}
        named = {
            "dbname": told["NAME"],
            "user": told["USER"],
            "password": told["PASSWORD"],
            "host": told["HOST"],
            "port": told["PORT"],
        }
        database = make_conninfo(
            "",
            **{
                **options,
                **{name: value for name, value in named.items() if value},
                "application_name": "dopusk-live",
                "keepalives_idle": "10",
                "keepalives_interval": "5",
                "keepalives_count": "3",
            },
        )
        return cls(environment.key("DOPUSK_LIVE_KEY"), environment.url("DOPUSK_CABINET_URL"), database)
