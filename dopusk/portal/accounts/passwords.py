"""Passwords: Argon2id as OWASP asks (19 MiB, t=2, p=1), never more hashes at once than cores.

Without the limit a wave of sign-ins would take 19 MiB each and slow every page; with it they queue,
and whoever would wait too long is told to come back. Test cost exists in the sandbox only, for tests
and benchmarks that measure everything but the hash (settings refuse it elsewhere).
"""

import functools
import os
import secrets
import threading
import unicodedata

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from django.conf import settings

LONGEST = 128  # characters; ASVS 5.0 6.2.9 asks for 64 at least
PATIENCE = 8.0  # seconds in the queue

_turns = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


class Busy(Exception):
    """Too many people sign in at this moment; try again in a few seconds."""


@functools.cache
def _hasher() -> PasswordHasher:
    if settings.TEST_COST_PASSWORDS:
        return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID)
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


@functools.cache
def _nobodys() -> str:
    """What is compared when there is no such account, so that the answer takes as long."""
    return _hasher().hash(secrets.token_urlsafe(24))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)  # NIST SP 800-63B-4 §3.1.1.2


def make(password: str) -> str:
    """The encoded hash to keep."""
    return _hasher().hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Does the password belong to the kept hash; None stands for «no such account» and costs the same.

    Raises Busy after PATIENCE seconds in the queue.
    """
    reference = kept or _nobodys()
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        return _hasher().verify(reference, _normal(password)[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False
    finally:
        _turns.release()
