"""A real clamd of our own: a private socket, a database of one signature, no network."""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from dopusk.web.files import antivirus
from dopusk.web.files.configuration import Clamd
from dopusk.web.files.tests.hostile import EICAR

START_SECONDS = 30


def program() -> str:
    """Where Debian's clamav-daemon is; `./dev test` installs it."""
    found = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    assert found, "clamd is missing: apt-get install clamav-daemon"
    return found


@contextlib.contextmanager
def running(*lines: str) -> Iterator[Clamd]:
    """Clamd with these further lines of configuration, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="dopusk-clamd-") as name:
        folder = Path(name)
        (folder / "known").mkdir()
        (folder / "known" / "eicar.ndb").write_text(f"Eicar-Sample:0:*:{EICAR.hex()}\n")
        configuration = folder / "clamd.conf"
        configuration.write_text(
            "\n".join([
                "Foreground yes", f"DatabaseDirectory {folder / 'known'}", f"LocalSocket {folder / 'socket'}",
                f"TemporaryDirectory {folder}", "SelfCheck 0", "AlertEncrypted yes",
                "AlertExceedsMax yes", *lines, "",
            ])
        )  # fmt: skip
        process = subprocess.Popen(
            [program(), f"--config-file={configuration}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        at = Clamd(path=str(folder / "socket"))
        try:
            until = time.monotonic() + START_SECONDS
            while not antivirus.answers(at):
                assert process.poll() is None, f"clamd ended with {process.returncode}"
                assert time.monotonic() < until, "clamd did not start"
                time.sleep(0.05)
            yield at
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
