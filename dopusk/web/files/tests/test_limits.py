"""The cleaning process stays within its limits whatever it is given, and the limits are the system's."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

import pytest
from django.conf import settings
from PIL import Image

from dopusk.web.files import actions, cleaning, rules, sanitise
from dopusk.web.files.tests import hostile, papers
from dopusk.web.files.tests.test_take import code_of, take

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Ended:
    """How a process ended. peak: bytes of resident memory; cpu: seconds of processor."""

    code: int
    out: bytes
    peak: int
    cpu: float


def watched(command, content=b""):
    """Run the process as `cleaning` does and see what it took."""
    with cleaning._buffer() as given, cleaning._buffer() as made:
        given.write(content)
        given.seek(0)
        process = subprocess.Popen(command, stdin=given, stdout=made, stderr=subprocess.DEVNULL, cwd="/")
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        made.seek(0)
        return Ended(code, made.read(), used.ru_maxrss * 1024, used.ru_utime + used.ru_stime)


def noise(kind, side=2000, mode="RGB"):
    """A picture that cannot be packed."""
    out = io.BytesIO()
    Image.frombytes(mode, (side, side), os.urandom(side * side * len(mode))).save(out, kind)
    return out.getvalue()


def forty_megapixels(mode):
    """The largest picture that is taken, in its dearest form."""
    out = io.BytesIO()
    Image.new(mode, (8000, 5000)).save(out, "PNG")
    return out.getvalue()


CORPUS = {
    "flate bomb": hostile.flate_bomb,
    "folded flate bomb": hostile.folded_flate_bomb,
    "many flate bombs": hostile.many_flate_bombs,
    "run length bomb": hostile.run_length_bomb,
    "object stream bomb": hostile.object_stream_bomb,
    "nested arrays": hostile.nested,
    "deep object stream": hostile.deep_object_stream,
    "script": hostile.with_script,
    "attachment": hostile.with_attachment,
    "encrypted": papers.encrypted_pdf,
    "nine hundred megapixels": papers.bomb_png,
    "forty megapixels": lambda: forty_megapixels("RGB"),
    "forty transparent megapixels": lambda: forty_megapixels("RGBA"),
    "noise": lambda: noise("PNG", 1800),
    "jpeg with a tail": lambda: hostile.jpeg(tail=hostile.zip_bomb()),
    "three hundred pages": lambda: papers.pdf(300),
}


@pytest.mark.parametrize("made", CORPUS.values(), ids=CORPUS.keys())
def test_no_file_makes_the_process_exceed_its_limits(made):
    content = made()
    assert len(content) <= rules.SCAN.size
    ended = watched(cleaning.command(rules.media_type(content[:16]), rules.SCAN), content)
    assert ended.peak < sanitise.MEMORY
    assert ended.cpu < sanitise.PROCESSOR
    assert len(ended.out) < sanitise.OUTPUT
    assert ended.code == 0  # none needed to be killed: each got its answer
    assert {"code", "pages"} & set(json.loads(ended.out.partition(b"\n")[0]))


def confined(act):
    """Run our own line of Python in a process that confined itself as the cleaning does."""
    script = (
        f"import os, runpy, sys\nmade = runpy.run_path({str(cleaning.SANITISE)!r})\n"
        f"renounce = made['renounce']\nmade['confine']()\n{act}"
    )
    return watched([sys.executable, "-I", "-B", "-c", script])


def test_more_memory_is_not_given():
    ended = confined(f"try:\n    bytes({sanitise.MEMORY})\nexcept MemoryError:\n    os._exit(7)")
    assert ended.code == 7


def test_more_output_is_cut_by_the_system():
    ended = confined(f"import signal\nfor _ in range(80): os.write(1, bytes({MEGABYTE}))")
    assert ended.code != 0
    assert len(ended.out) == sanitise.OUTPUT


def test_no_file_of_its_own_is_open_beyond_a_few():
    ended = confined("try:\n    kept = [os.dup(0) for _ in range(100)]\nexcept OSError:\n    os._exit(7)")
    assert ended.code == 7


def test_it_can_start_no_process():
    ended = confined("renounce()\ntry:\n    os.fork()\nexcept BlockingIOError:\n    os._exit(7)")
    assert ended.code == 7


def test_it_is_never_root_and_reads_nothing_of_roots():
    ended = confined("renounce()\nprint(os.getuid() > 0, os.getgid() > 0, os.getgroups().count(0))")
    assert ended.out == b"True True 0\n"
    ended = confined("renounce()\ntry:\n    open('/etc/shadow')\nexcept PermissionError:\n    os._exit(7)")
    assert ended.code == 7
    ended = confined("renounce()\ntry:\n    os.setuid(0)\nexcept PermissionError:\n    os._exit(7)")
    assert ended.code == 7


def test_it_is_ended_when_its_processor_time_is_up():
    ended = confined(
        "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
    )
    assert ended.code < 0
    assert ended.cpu < 3
    ended = confined("import resource\nprint(resource.getrlimit(resource.RLIMIT_CPU))")
    assert ended.out == b"(%d, %d)\n" % (sanitise.PROCESSOR, sanitise.PROCESSOR)


def test_it_knows_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("DOPUSK_SECRET_OF_OURS", "x")
    seen = {}
    real = subprocess.Popen

    def spy(*args, **kwargs):
        seen.update(kwargs["env"])
        return real(*args, **kwargs)

    monkeypatch.setattr(cleaning.subprocess, "Popen", spy)
    cleaning.clean(papers.pdf(1), "application/pdf", rules.SCAN)
    assert seen == {"LC_ALL": "C.UTF-8"}


@pytest.mark.django_db
def test_no_more_than_two_are_cleaned_at_once_and_who_waits_too_long_is_asked_to_come_again(monkeypatch):
    monkeypatch.setattr(cleaning, "PATIENCE", 0.05)
    for _ in range(cleaning.AT_ONCE):
        assert cleaning._places.acquire(blocking=False)
    try:
        assert code_of(papers.pdf(1)) == "files_busy"
    finally:
        for _ in range(cleaning.AT_ONCE):
            cleaning._places.release()
    assert take(papers.pdf(1)).pages == 1


def test_a_place_is_given_back_after_a_refusal():
    for _ in range(cleaning.AT_ONCE + 1):
        with pytest.raises(actions.FileRefused) as refused:
            cleaning.clean(b"%PDF-1.7 torn", "application/pdf", rules.SCAN)
        assert refused.value.code == "file_unreadable"


def test_who_waits_gets_the_place_that_falls_free(monkeypatch):
    running, most, lock = [], [], threading.Lock()
    real = cleaning._run

    def counted(*args):
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.05)
        try:
            return real(*args)
        finally:
            with lock:
                running.pop()

    monkeypatch.setattr(cleaning, "_run", counted)
    threads = [
        threading.Thread(target=cleaning.clean, args=(papers.pdf(1), "application/pdf", rules.SCAN))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 6
    assert max(most) == cleaning.AT_ONCE


@pytest.mark.parametrize(
    "said",
    [
        b"", b"\n", b"[]\n", b"null\n", b'{"pages": "many"}\n', b'{"pages": 0}\n%PDF-1.7', b"not json\n%PDF-1.7",
        b'{"pages": 1}\n<html>', b'{"pages": 1}\n\x89PNG\r\n\x1a\n', b'{"code": "file_too_nice"}\n',
        b'{"code": ["file_type"]}\n', b'{"code": "file_pages", "detail": {"pages": "<b>"}}\n', b'{"code": 7}\n',
    ],
)  # fmt: skip
def test_a_process_a_stranger_took_over_is_not_believed(monkeypatch, said):
    monkeypatch.setattr(cleaning, "_run", lambda *args: said)
    with pytest.raises(actions.FileRefused) as refused:
        cleaning.clean(b"%PDF-1.7", "application/pdf", rules.SCAN)
    assert refused.value.code == "file_unreadable"


@pytest.mark.django_db
def test_every_file_has_a_key_of_its_own(monkeypatch):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    keys = []
    real = AESGCM.generate_key

    def remembered(bit_length):
        keys.append(real(bit_length=bit_length))
        return keys[-1]

    monkeypatch.setattr("dopusk.trust.sealing.AESGCM.generate_key", remembered)
    one, other = take(papers.pdf(1)), take(papers.pdf(1))
    assert len(keys) == len(set(keys)) == 2
    for stored, key in ((one, keys[0]), (other, keys[1])):
        sealed = actions._path(stored.pk).read_bytes()
        ends = 5 + sealed[4] + 12 + 48  # magic, length and id of the wrapping key, nonce, wrapped key
        nonce, text = sealed[ends : ends + 12], sealed[ends + 12 :]
        bound = b"dopusk content\0" + f"file {stored.pk}".encode()
        assert AESGCM(key).decrypt(nonce, text, bound) == actions.read(stored)
        assert key not in sealed
        assert settings.SEALING_KEY not in sealed


LATE = """
import io, runpy, sys
sanitise = runpy.run_path(sys.argv[1])
sanitise["load"]()
before = set(sys.modules)
for name in sys.argv[2:]:
    kind, path = name.split(":", 1)
    content = open(path, "rb").read()
    sanitise["clean_pdf"](content, 9, 10**8) if kind == "PDF" else sanitise["clean_image"](content, kind, 10**8)
print(sorted(set(sys.modules) - before))
"""


def phone_photograph():
    """Turned by EXIF, with its place and a preview, as telephones take it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "JPEG", exif=exif, comment=b"home", icc_profile=b"x" * 200)
    return out.getvalue()


def as_png(mode, **more):
    """A small picture of a mode."""
    out = io.BytesIO()
    Image.new(mode, (20, 20)).save(out, "PNG", **more)
    return out.getvalue()


def test_once_it_is_nobody_no_library_is_read_any_more(tmp_path):
    """Nobody may not enter the folder of the libraries: a late import would end the process."""
    files = {
        "JPEG:photo": phone_photograph(), "JPEG:grey": papers.picture("JPEG", mode="L"),
        "JPEG:print": papers.picture("JPEG", mode="CMYK"), "PNG:clear": papers.picture("PNG", mode="RGBA"),
        "PNG:sixteen": as_png("I;16"), "PNG:palette": as_png("P", transparency=0), "PNG:bits": as_png("1"),
        "PNG:both": as_png("LA"), "PDF:scan": papers.pdf(),
    }  # fmt: skip
    named = []
    for name, content in files.items():
        kind, _, word = name.partition(":")
        (tmp_path / word).write_bytes(content)
        named.append(f"{kind}:{tmp_path / word}")
    done = subprocess.run(
        [sys.executable, "-I", "-c", LATE, sanitise.__file__, *named],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
