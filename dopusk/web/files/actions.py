"""Taking files in, giving them out, sweeping what nobody owns.

The bytes are on disk, whole and flushed, before their row is written; a row that is never committed leaves
an orphan, which the sweep removes. What a row says can always be read.
"""

import contextlib
import hashlib
import logging
import os
import tempfile
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction

from dopusk.trust.sealing import Sealer
from dopusk.web.files import antivirus, cleaning, rules
from dopusk.web.files.models import StoredFile
from dopusk.web.files.refused import FileRefused

__all__ = ["FileRefused", "drop", "keep", "read", "sweep", "take"]
logger = logging.getLogger(__name__)

ORPHAN_AFTER = 3600  # seconds; longer than any transaction that may still bring the row


def take(upload: "File[bytes]", *, owner: str, purpose: str, limits: rules.Limits = rules.SCAN) -> StoredFile:
    """Check, scan, clean, seal and keep what a person brought. Raises FileRefused; then nothing is kept."""
    if upload.size > limits.size:
        raise FileRefused("file_too_large", {"size": upload.size, "limit": limits.size})
    upload.seek(0)
    content = upload.read()
    if not content:
        raise FileRefused("file_unreadable")
    found = rules.media_type(content[:16])
    if found is None or found not in limits.types:
        raise FileRefused("file_type")
    _scan(content)
    clean, pages = cleaning.clean(content, found, limits)
    return keep(clean, owner=owner, purpose=purpose, media_type=found, pages=pages)


def keep(content: bytes, *, owner: str, purpose: str, media_type: str, pages: int = 1) -> StoredFile:
    """Seal and keep a content we made or cleaned ourselves; the row is written in the caller's transaction."""
    identifier = uuid.uuid4()
    _write(_path(identifier), Sealer(settings.SEALING_KEY).seal(_item(identifier), content))
    return StoredFile.objects.create(
        id=identifier,
        owner=owner,
        purpose=purpose,
        media_type=media_type,
        size=len(content),
        pages=pages,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def read(stored: StoredFile) -> bytes:
    """The content. Raises FileNotFoundError, `trust.sealing.SealBroken`."""
    return Sealer(settings.SEALING_KEY).open(_item(stored.pk), _path(stored.pk).read_bytes())


def drop(stored: StoredFile) -> None:
    """Delete the row in the caller's transaction, and the bytes once it commits."""
    path = _path(stored.pk)
    stored.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def sweep(now: float | None = None) -> int:
    """Remove bytes older than an hour that no row speaks of; how many. now: Unix seconds."""
    before = (now or time.time()) - ORPHAN_AFTER
    removed = 0
    for folder in _root().glob("??/??"):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < before]
        names = {identifier: path for path in old if (identifier := _identifier(path.name))}
        known = set(StoredFile.objects.filter(pk__in=names).values_list("pk", flat=True))
        orphans = [path for path in old if _identifier(path.name) not in known]
        for path in orphans:
            path.unlink(missing_ok=True)
        removed += len(orphans)
    return removed


def _scan(content: bytes) -> None:
    """Ask the antivirus, if there is one. Raises FileRefused; what could not be scanned is not taken."""
    if settings.CLAMD is None:
        return
    try:
        found = antivirus.found_in(content, settings.CLAMD)
    except antivirus.Unavailable as error:
        logger.error("clamd cannot tell: %s", error)  # noqa: TRY400 - its reason is all there is to know
        raise FileRefused("file_scan_unavailable") from error
    if found:
        logger.warning("clamd found %s in a file of %d bytes", found, len(content))
        raise FileRefused(_meaning(found))


def _meaning(found: str) -> str:
    """Our code for what clamd found: it also names what it could not look into (AlertEncrypted, AlertExceedsMax)."""
    if found.startswith("Heuristics.Encrypted"):
        return "file_encrypted"
    if found.startswith("Heuristics.Limits"):
        return "file_unfolds"
    return "file_infected"


def _root() -> Path:
    return Path(settings.STATE) / "files" / str(settings.SITE)


def _path(identifier: uuid.UUID) -> Path:
    name = str(identifier)
    return _root() / name[:2] / name[2:4] / name


def _item(identifier: uuid.UUID) -> str:
    return f"file {identifier}"


def _identifier(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(name)
    except ValueError:
        return None


def _write(path: Path, content: bytes) -> None:
    """A whole, flushed file of mode 600, or none at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).rename(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(partial).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
