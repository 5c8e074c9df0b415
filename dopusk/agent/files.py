"""Files that are never half written, and locks that go with the process."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Either the old content or the new one, whatever happens; on disk before this returns."""
    data = content.encode() if isinstance(content, str) else content
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def make_open(folder: Path) -> None:
    """A folder that everybody may look into, and those above it that are missing, whatever the umask is."""
    for one in reversed((folder, *folder.parents)):
        if not one.exists():
            one.mkdir()
            one.chmod(0o755)


class Held(Exception):
    """Another process has the lock."""


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """One process at a time. Raises Held at once if it is not to wait."""
    with path.open("a") as file:
        path.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Held from None
        yield
