"""What a stranger sends is received to its end, stored within bounds, and leaves nothing behind."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from dopusk.web.files import upload

HANDLERS = ["dopusk.web.files.upload.LimitedUpload"]


@pytest.fixture
def received(settings, tmp_path, monkeypatch):
    """received(contents…) gives the files of a form as Django hands them over; at most 100 bytes of one, 150 of all."""
    settings.FILE_UPLOAD_HANDLERS, settings.FILE_UPLOAD_TEMP_DIR = HANDLERS, str(tmp_path)
    monkeypatch.setattr(upload, "MOST_BYTES", 100)
    monkeypatch.setattr(upload, "ROOM", 150)

    def send(*contents: bytes):
        scans = {f"scan{n}": SimpleUploadedFile("scan.pdf", content) for n, content in enumerate(contents)}
        return list(RequestFactory().post("/", scans).FILES.values())

    return send


def test_a_scan_arrives_as_it_was_sent(received):
    (scan,) = received(b"x" * 90)
    assert (scan.size, scan.name, scan.read()) == (90, "scan.pdf", b"x" * 90)


def test_a_scan_too_large_says_its_true_size(received):
    (scan,) = received(b"x" * 1000)
    assert (scan.size, len(scan.read())) == (1000, 100)


def test_many_files_together_have_a_bound_and_none_that_was_cut_passes_for_whole(received):
    scans = received(b"a" * 90, b"b" * 90, b"c" * 90)
    assert [len(scan.read()) for scan in scans] == [90, 60, 0]
    assert [scan.size > 100 for scan in scans] == [False, True, True]


def test_nothing_of_it_has_a_name_on_disk(received, tmp_path):
    scans = received(b"a" * 90)
    assert list(Path(tmp_path).iterdir()) == []
    assert scans[0].read() == b"a" * 90
