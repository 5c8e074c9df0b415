"""Passwords: Argon2id as OWASP asks (19 MiB, t=2, p=1), never more hashes at once than cores.

What may become a password at all is judged here too: length and a list of common ones, no rules of composition
(NIST SP 800-63B-4 §3.1.1.2).

Without the limit a wave of sign-ins would take 19 MiB each and slow every page; with it they queue,
and whoever would wait too long is told to come back. Test cost exists in the sandbox only, for tests
and benchmarks that measure everything but the hash (settings refuse it elsewhere).
"""

import functools
import os
import secrets
import threading
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from dopusk.portal.accounts import guessable
from dopusk.portal.accounts.models import Account

LONGEST = 128  # characters; ASVS 5.0 6.2.9 asks for 64 at least
SHORTEST, SHORTEST_ALONE = 12, 15  # with a second factor, and without one (NIST SP 800-63B-4 §3.1.1.2)
_NO_TEXT_IS_LONGER = 4 * LONGEST  # before normalising, which may join signs and part them
SITE_NAMES = ("допуск", "dopusk", "портал", "portal", "аккредитация", "akkreditaciya")
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


def too_long(password: str) -> bool:
    """Whether no password may be that long; such a text is never hashed."""
    return len(password) > _NO_TEXT_IS_LONGER or len(_normal(password)) > LONGEST


class TooLong(ValueError):
    """More than LONGEST characters; `fault` says so before anything is kept."""


def make(password: str) -> str:
    """The encoded hash to keep. Raises TooLong, and Busy after PATIENCE seconds in the queue."""
    if too_long(password):
        raise TooLong
    with _turn():
        return _hasher().hash(_normal(password))


def fits(password: str, kept: str | None) -> bool:
    """Does the password belong to the kept hash; None stands for «no such account» and costs the same.

    Raises Busy after PATIENCE seconds in the queue.
    """
    if too_long(password):
        return False  # whoever the account is or is not
    with _turn():
        try:
            return _hasher().verify(kept or _nobodys(), _normal(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def outdated(kept: str) -> bool:
    """Whether the hash was made at another cost than today's: make it anew when its password is at hand."""
    return _hasher().check_needs_rehash(kept)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _turns.release()


@functools.cache
def _common() -> Collection[str]:
    """The list the Django project keeps: twenty thousand, lower case."""
    return frozenset(word for word in CommonPasswordValidator().passwords if len(word) >= 4)


def shortest(*, second_factor: bool) -> int:
    """How many characters a password has at least."""
    return SHORTEST if second_factor else SHORTEST_ALONE


def fault(password: str, *, second_factor: bool, context: Iterable[str]) -> str | None:
    """Why this cannot become somebody's password, or None.

    `password_short` (12 characters with a second factor, 15 without), `password_long` (128), `password_listed`,
    `password_personal`, `password_repeats`. context: what is known of her (`known_about`).
    """
    if too_long(password):
        return "password_long"
    normal = _normal(password)
    if len(normal) < shortest(second_factor=second_factor):
        return "password_short"
    if guessable.repeats(normal):
        return "password_repeats"
    if listed(normal):
        return "password_listed"
    if guessable.personal(normal, (*SITE_NAMES, *context)):
        return "password_personal"
    return None


def listed(password: str) -> bool:
    """Whether the list of common passwords leads to it; sign-in asks this of passwords chosen long ago."""
    return not too_long(password) and guessable.listed(_normal(password), _common())


def known_about(account: Account) -> list[str]:
    """What a guesser may know of the owner: names, birth, contacts, numbers."""
    sealed = account.opened()
    born = f"{account.birth_date:%d%m%Y}" if account.birth_date else ""
    numbers = [str(sealed.get(kind) or "") for kind in ("snils", "inn", "phone", "email")]
    return [account.last_name, account.first_name, account.patronymic, born, *numbers]


def aged(set_at: datetime, now: datetime) -> bool:
    """Whether the deployment's age policy asks for a new one. Off by default: ASVS 5.0 6.2.10 forbids rotation."""
    days: int = settings.PASSWORD_MAX_AGE_DAYS
    return days > 0 and now - set_at > timedelta(days=days)
