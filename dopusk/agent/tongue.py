"""The language a terminal is spoken to in: Russian when the settings or the system say so, else English."""

import os
from contextvars import ContextVar
from typing import Final

_CHOSEN: Final = ContextVar("chosen", default="")


def system() -> str:
    """The system's language: two letters, or "" when it has none."""
    told = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return told[:2]


def choose(language: str) -> None:
    """ru, en, or "" for the system's."""
    _CHOSEN.set(language)


def said(russian: str, english: str) -> str:
    """Whichever is spoken."""
    return russian if (_CHOSEN.get() or system()) == "ru" else english
