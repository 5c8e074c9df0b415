"""How files are taken in, as the environment says; a site's settings take it over: `globals().update(chosen())`."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypedDict
from urllib.parse import urlsplit

from dopusk.web import environment
from dopusk.web.environment import Misconfigured


@dataclass(frozen=True)
class Clamd:
    """Where the antivirus listens: a Unix socket's path, or host and port."""

    path: str = ""
    host: str = ""
    port: int = 0


class Chosen(TypedDict):
    """CLAMD: None when nothing is scanned for viruses."""

    CLAMD: Clamd | None
    FILE_UPLOAD_HANDLERS: list[str]


def chosen() -> Chosen:
    """The settings. Raises Misconfigured for a DOPUSK_CLAMD that is neither empty nor an address."""
    return {
        "CLAMD": clamd(environment.text("DOPUSK_CLAMD", "")),
        # a file over the limit is counted to its end but not stored, so that its form comes back with an error
        "FILE_UPLOAD_HANDLERS": ["dopusk.web.files.upload.LimitedUpload"],
    }


def clamd(value: str) -> Clamd | None:
    """`unix:/run/clamav/clamd.ctl`, `tcp:127.0.0.1:3310`, or nothing at all."""
    if not value:
        return None
    scheme, _colon, rest = value.partition(":")
    if scheme == "unix" and PurePosixPath(rest).is_absolute():
        return Clamd(path=rest)
    if scheme == "tcp":
        try:
            parts = urlsplit(f"tcp://{rest}")
            if parts.hostname and parts.port and parts.netloc == rest and parts.username is None:
                return Clamd(host=parts.hostname, port=parts.port)
        except ValueError:  # a port that is none
            pass
    raise Misconfigured(
        f"DOPUSK_CLAMD must be unix:/path, tcp:host:port or empty (nothing is scanned), not {value!r}"
    )
