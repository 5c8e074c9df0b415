"""Files are judged by content, cleaned, sealed and given back whole."""

import io
import os
import time
import uuid
import zipfile
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from dopusk.web.files import actions, answers, cleaning, rules, words
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests import papers

pytestmark = pytest.mark.django_db


def take(content, name="скан.pdf", **limits):
    return actions.take(
        SimpleUploadedFile(name, content), owner="anna", purpose="document", limits=rules.Limits(**limits)
    )


def code_of(content, name="скан.pdf", **limits):
    with pytest.raises(actions.FileRefused) as refused:
        take(content, name, **limits)
    assert words.say(refused.value.code, refused.value.detail)  # every refusal has its words
    assert not StoredFile.objects.exists()
    return refused.value.code


def on_disk(stored):
    name = str(stored.pk)
    return Path(settings.STATE) / "files" / settings.SITE / name[:2] / name[2:4] / name


def test_a_two_page_pdf_is_kept_and_read_back():
    stored = take(papers.pdf(2))
    assert (stored.media_type, stored.pages) == ("application/pdf", 2)
    with pikepdf.open(io.BytesIO(actions.read(stored))) as document:
        assert len(document.pages) == 2


def test_the_bytes_on_disk_are_sealed_and_only_the_owner_of_the_process_reads_them():
    stored = take(papers.pdf(1))
    path = on_disk(stored)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"%PDF" not in path.read_bytes()


def test_a_file_moved_in_place_of_another_does_not_open():
    one, other = take(papers.pdf(1)), take(papers.pdf(2))
    on_disk(one).write_bytes(on_disk(other).read_bytes())
    with pytest.raises(ValueError, match="seal_broken"):
        actions.read(one)


@pytest.mark.parametrize(("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_drawn_anew(kind, media_type):
    stored = take(papers.picture(kind), "скан.jpg")
    assert (stored.media_type, stored.pages) == (media_type, 1)
    assert Image.open(io.BytesIO(actions.read(stored))).size == (600, 800)


def test_a_picture_loses_its_tail_and_its_metadata():
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("evil.html", "<script>alert(1)</script>")
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    out = io.BytesIO()
    Image.new("RGB", (200, 200)).save(out, "JPEG", exif=exif)
    clean = actions.read(take(out.getvalue() + archive.getvalue()))
    assert b"PK\x03\x04" not in clean
    assert b"taken at home" not in clean


def test_a_transparent_png_becomes_black_on_white():
    stored = take(papers.picture("PNG", mode="RGBA"))
    assert Image.open(io.BytesIO(actions.read(stored))).mode == "RGB"


def test_a_scan_of_sixteen_bits_keeps_its_greys():
    out = io.BytesIO()
    Image.new("I;16", (40, 40), 30_000).save(out, "PNG")
    clean = Image.open(io.BytesIO(actions.read(take(out.getvalue(), "скан.png"))))
    assert (clean.mode, clean.getpixel((0, 0))) == ("L", 30_000 // 256)


def test_a_thirty_megabyte_file_is_too_large():
    assert code_of(b"%PDF-1.7" + bytes(30 * 1024 * 1024)) == "file_too_large"


def test_a_program_named_pdf_is_not_a_pdf():
    assert code_of(papers.exe(), "отчёт.pdf") == "file_type"


def test_a_pdf_behind_another_head_is_not_taken():
    assert code_of(b"GIF89a" + papers.pdf(1)) == "file_type"


@pytest.mark.parametrize("user", ["", "secret"])
def test_an_encrypted_pdf_is_refused(user):
    assert code_of(papers.encrypted_pdf(user)) == "file_encrypted"


def test_a_bomb_of_nine_hundred_megapixels_is_refused():
    bomb = papers.bomb_png()
    assert len(bomb) < 500_000
    assert code_of(bomb, "скан.png") == "file_pixels"


def test_too_many_pages_are_refused():
    assert code_of(papers.pdf(4), pages=3) == "file_pages"


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7 torn", b"\xff\xd8\xff\xe0 torn", b"\x89PNG\r\n\x1a\n torn"]
)
def test_a_torn_file_is_unreadable(content):
    assert code_of(content) == "file_unreadable"


@pytest.mark.parametrize("act", ["/JavaScript", "/Launch", "/SubmitForm"])
def test_a_pdf_that_acts_is_refused(act):
    action = pikepdf.Dictionary(S=pikepdf.Name(act), F="x")
    assert code_of(papers.pdf(1, OpenAction=action)) == "file_active_content"


def test_javascript_hidden_in_a_page_is_refused():
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        hidden = pikepdf.Dictionary(O=pikepdf.Dictionary(JS="app.alert(1)"))
        document.pages[0].obj["/AA"] = hidden
        document.save(out)
    assert code_of(out.getvalue()) == "file_active_content"


def test_a_signed_pdf_is_refused_because_cleaning_would_break_the_signature():
    signature = pikepdf.Dictionary(Type=pikepdf.Name("/Sig"), ByteRange=[0, 1, 2, 3])
    assert code_of(papers.pdf(1, Kept=signature)) == "file_signed"


def test_attachments_forms_and_opening_acts_are_taken_out():
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.attachments["evil.exe"] = pikepdf.AttachedFileSpec(document, b"MZ evil payload")
        document.Root["/AF"] = pikepdf.Array([document.attachments["evil.exe"].obj])
        document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=[])
        document.Root["/OpenAction"] = pikepdf.Array([document.pages[0].obj, pikepdf.Name("/Fit")])
        document.docinfo["/Author"] = "Somebody"
        document.save(out)
    with pikepdf.open(io.BytesIO(actions.read(take(out.getvalue())))) as clean:
        assert not {"/Names", "/AF", "/AcroForm", "/OpenAction"} & set(clean.Root.keys())
        assert not any("/EF" in item for item in clean.objects if isinstance(item, pikepdf.Dictionary))
        assert not any(
            b"evil payload" in item.read_bytes() for item in clean.objects if isinstance(item, pikepdf.Stream)
        )
        assert "/Author" not in clean.docinfo


def test_what_stands_behind_the_end_of_a_pdf_is_gone():
    assert b"<script>" not in actions.read(take(papers.pdf(1) + b"<script>alert(1)</script>"))


def test_a_cleaning_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(cleaning, "SECONDS", 0.001)
    assert code_of(papers.pdf(1)) == "file_unreadable"


def test_an_orphan_of_a_lost_transaction_is_swept_and_the_rest_stays():
    kept = take(papers.pdf(1))
    with transaction.atomic():
        lost = take(papers.pdf(1))
        transaction.set_rollback(True)
    assert on_disk(lost).exists()
    later = time.time() + actions.ORPHAN_AFTER + 60
    assert actions.sweep(now=time.time()) == 0
    assert actions.sweep(now=later) >= 1
    assert not on_disk(lost).exists()
    assert on_disk(kept).exists()


def test_a_half_written_file_is_swept():
    stored = take(papers.pdf(1))
    partial = on_disk(stored).with_name(".new-abc")
    partial.write_bytes(b"half")
    os.utime(partial, (0, 0))
    actions.sweep()
    assert not partial.exists()


@pytest.mark.django_db(transaction=True)
def test_a_dropped_file_leaves_the_disk_when_the_transaction_commits():
    stored = take(papers.pdf(1))
    path = on_disk(stored)
    with transaction.atomic():
        actions.drop(stored)
        assert path.exists()
    assert not path.exists()


def test_the_answer_is_an_attachment_in_a_sandbox():
    response = answers.give(take(papers.pdf(1)), 'Орлова А. С. отчёт\r\n"x"')
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "%0D" not in response.headers["Content-Disposition"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")


def test_missing_bytes_are_an_error_not_an_empty_file():
    stored = StoredFile(pk=uuid.uuid4())
    with pytest.raises(FileNotFoundError):
        actions.read(stored)
