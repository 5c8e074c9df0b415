"""What clamd knows is not taken; what it cannot tell is not taken either."""

import contextlib
import logging
import socket
import struct
import threading
import zlib

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks

from dopusk.web import start
from dopusk.web.environment import Misconfigured
from dopusk.web.files import actions, antivirus
from dopusk.web.files.configuration import Clamd, chosen, clamd
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests import hostile, papers
from dopusk.web.files.tests.clamd import running
from dopusk.web.files.tests.test_take import code_of, take


@pytest.fixture(scope="module")
def listening():
    """A clamd for all tests of this file."""
    with running() as at:
        yield at


@pytest.fixture
def scanned(listening, settings, db):
    """Files are scanned."""
    settings.CLAMD = listening


def test_a_scan_without_harm_is_taken(scanned):
    assert take(papers.pdf(2)).pages == 2
    assert take(papers.picture("JPEG"), "скан.jpg").pages == 1


@pytest.mark.parametrize(
    "content",
    [
        hostile.eicar_pdf(),
        papers.pdf(1) + hostile.EICAR,
        hostile.with_attachment(hostile.EICAR),
        hostile.pdf_with_zip(inside=False) + hostile.archive("eicar.com", hostile.EICAR),
        hostile.jpeg(tail=hostile.EICAR),
        hostile.jpeg(comment=hostile.EICAR),
    ],
    ids=["in a page", "behind a pdf", "attached", "in an archive", "behind a jpeg", "in a comment"],
)
def test_the_antivirus_sample_is_found_wherever_it_is(scanned, content):
    assert code_of(content) == "file_infected"


def test_without_an_antivirus_the_same_files_are_cleaned_of_it(db, settings):
    settings.CLAMD = None
    for content in (hostile.with_attachment(hostile.EICAR), hostile.jpeg(comment=hostile.EICAR)):
        assert hostile.EICAR not in actions.read(take(content))


def test_the_sample_alone_is_no_document_and_nobody_is_troubled_with_it(scanned, monkeypatch):
    monkeypatch.setattr(antivirus, "found_in", lambda *args: pytest.fail("asked"))
    assert code_of(hostile.EICAR) == "file_type"


def test_an_encrypted_pdf_is_refused_as_encrypted(scanned):
    assert code_of(papers.encrypted_pdf("secret")) == "file_encrypted"


def test_what_was_found_is_logged_and_who_brought_it_is_not(scanned, caplog):
    caplog.set_level(logging.WARNING)
    code_of(hostile.eicar_pdf())
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("dopusk.web.files")]
    assert "Eicar-Sample" in line
    assert "anna" not in line


def test_ten_megabytes_are_scanned_whole(scanned, listening):
    assert antivirus.found_in(bytes(10 * 1024 * 1024 - 68), listening) is None
    assert antivirus.found_in(bytes(9 * 1024 * 1024) + hostile.EICAR, listening).startswith("Eicar-Sample")


def test_over_tcp_it_is_the_same(db, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with running(f"TCPSocket {port}", "TCPAddr 127.0.0.1"):
        settings.CLAMD = clamd(f"tcp:127.0.0.1:{port}")
        assert take(papers.pdf(1)).pages == 1
        StoredFile.objects.all().delete()
        assert code_of(hostile.eicar_pdf()) == "file_infected"


def test_a_file_longer_than_clamd_reads_is_not_taken_unscanned(db, settings):
    with running("StreamMaxLength 100K") as at:
        settings.CLAMD = at
        assert code_of(papers.picture("PNG", (8, 8)) + bytes(3 * 1024 * 1024)) == "file_scan_unavailable"


def test_a_file_clamd_could_not_look_through_is_not_taken_for_clean(db, settings):
    with running("MaxFileSize 50K", "MaxScanSize 50K") as at:
        settings.CLAMD = at
        assert code_of(hostile.streaming(bytes(200_000) + hostile.EICAR)) == "file_unfolds"


def test_a_clamd_that_is_gone_means_later_and_never_unscanned(db, settings):
    with running() as at:
        settings.CLAMD = at
        assert take(papers.pdf(1)).pages == 1
    StoredFile.objects.all().delete()
    assert code_of(papers.pdf(1)) == "file_scan_unavailable"
    settings.CLAMD = Clamd(host="127.0.0.1", port=1)
    assert code_of(papers.pdf(1)) == "file_scan_unavailable"


@contextlib.contextmanager
def pretending(reply):
    """A server that reads a content as clamd does and says this. None: says nothing and waits."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve():
            line, _from = server.accept()
            with line, line.makefile("rb") as told:
                assert told.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!I", told.read(4))[0]:
                    told.read(size)
                if reply is None:
                    over.wait(10)
                else:
                    line.sendall(reply)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield Clamd(host="127.0.0.1", port=server.getsockname()[1])
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "reply",
    [b"", b"stream: ", b"stream: Can't allocate memory ERROR\0", b"HTTP/1.1 200 OK\r\n\r\n\0", b"\xff\xfe\0",
     b"x" * 10_000],
)  # fmt: skip
def test_an_answer_that_is_no_verdict_is_no_verdict(reply):
    with pretending(reply) as at, pytest.raises(antivirus.Unavailable):
        antivirus.found_in(b"content", at)


@pytest.mark.parametrize(
    ("reply", "found"),
    [(b"stream: OK\0", None), (b"stream: Evil.One FOUND\0", "Evil.One"), (b"stream: OK FOUND\0", "OK")],
)
def test_a_verdict_is_read(reply, found):
    with pretending(reply) as at:
        assert antivirus.found_in(b"content" * 100_000, at) == found


def test_a_clamd_that_never_answers_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(antivirus, "SECONDS", 0.2)
    with pretending(None) as at, pytest.raises(antivirus.Unavailable):
        antivirus.found_in(zlib.compress(b"content"), at)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("", None),
        ("unix:/run/clamav/clamd.ctl", Clamd(path="/run/clamav/clamd.ctl")),
        ("tcp:127.0.0.1:3310", Clamd(host="127.0.0.1", port=3310)),
        ("tcp:[::1]:3310", Clamd(host="::1", port=3310)),
        ("tcp:clamd.example.org:3310", Clamd(host="clamd.example.org", port=3310)),
    ],
)
def test_its_address_is_read(monkeypatch, value, at):
    monkeypatch.setenv("DOPUSK_CLAMD", value)
    assert chosen()["CLAMD"] == at


@pytest.mark.parametrize(
    "value",
    ["yes", "unix:run/clamd", "unix:", "tcp:", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tcp:127.0.0.1:clamd",
     "tcp:127.0.0.1:99999", "tcp:host:1/path", "tcp:me@host:1", "/run/clamd.ctl"],
)  # fmt: skip
def test_what_is_no_address_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("DOPUSK_CLAMD", value)
    with pytest.raises(Misconfigured, match="DOPUSK_CLAMD"):
        chosen()


def _said():
    return [one.id for one in run_checks(tags=["files"], include_deployment_checks=True)]


def test_whether_files_are_scanned_is_said_and_never_keeps_the_site_from_starting(scanned, settings):
    assert _said() == ["dopusk.I103"]
    settings.CLAMD = Clamd(path="/nowhere/clamd.ctl")
    assert _said() == ["dopusk.W102"]
    settings.CLAMD = None
    assert _said() == ["dopusk.I101"]
    assert not [
        one for one in run_checks(include_deployment_checks=True) if one.is_serious() and "clamd" in one.msg
    ]


def test_the_log_of_a_start_says_it(db, settings, caplog, monkeypatch):
    monkeypatch.setattr(start.gc, "freeze", lambda: None)
    settings.CLAMD = Clamd(path="/nowhere/clamd.ctl")
    caplog.set_level(logging.INFO)
    start.begin()
    said = [
        (record.levelname, record.getMessage())
        for record in caplog.records
        if record.name == "dopusk.web.start"
    ]
    assert [line.split()[0] for level, line in said if level == "WARNING"] == ["dopusk.W102"]


def test_the_stand_scans_nothing_unless_told_to():
    assert configured.CLAMD is None
