"""Scans in a profile: taken, refused, given back to their owner alone, deleted."""

import pytest

from dopusk.portal.profile import actions
from dopusk.portal.profile.models import Document, Fact
from dopusk.portal.profile.tests.test_pages import _csrf, codes, send, signed_in, sub_of
from dopusk.portal.profile.tests.test_rules import COLLEGE
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests.papers import bomb_png, encrypted_pdf, exe, pdf, picture
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    settings.STATE = tmp_path


def upload(browser, content: bytes, **fields: str):
    page = browser.get("/profile/documents/")
    data = {**_csrf(page), "kind": "diploma", "title": "диплом колледжа", **fields}
    return browser.post("/profile/documents/", data=data, files={"file": ("d.pdf", content)})


def test_a_diploma_is_attached_to_an_education_and_read_back():
    """profile:documents profile:document"""
    fact = actions.add_fact(sub_of("anna"), "education", COLLEGE, session="")
    anna = signed_in()
    assert upload(anna, pdf(), fact=str(fact.pk)).status_code == 302
    document = Document.objects.get()
    assert (document.kind, document.title(), document.fact_id) == ("diploma", "диплом колледжа", fact.pk)
    assert "диплом".encode() not in bytes(document.sealed)
    answer = anna.get(f"/profile/documents/{document.pk}/")
    assert (answer.headers["content-type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    assert f"/profile/documents/{document.pk}/" in anna.get("/profile/").text
    assert Entry.objects.about(str(sub_of("anna")))[0].act == "profile.document_added"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_unreadable"),
        (exe(), "file_type"),
        (encrypted_pdf(), "file_encrypted"),
        (bomb_png(), "file_pixels"),
        (b"%PDF-1.7" + bytes(11 * 1024 * 1024), "file_too_large"),
    ],
)
def test_a_refused_file_says_why_and_loses_nothing_typed(content, code):
    answer = upload(signed_in(), content)
    assert (answer.status_code, codes(answer)) == (422, {code})
    assert "диплом колледжа" in answer.text
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_scan_without_its_kind_or_file_is_asked_for():
    anna = signed_in()
    page = anna.get("/profile/documents/")
    answer = anna.post("/profile/documents/", data=_csrf(page))
    assert (answer.status_code, codes(answer)) == (422, {"required"})


def test_what_is_annas_does_not_exist_for_boris():
    anna, boris = signed_in(), signed_in("boris")
    fact = actions.add_fact(sub_of("anna"), "education", COLLEGE, session="")
    upload(anna, pdf())
    document = Document.objects.get()
    assert boris.get(f"/profile/documents/{document.pk}/").status_code == 404
    assert boris.get(f"/profile/documents/{document.pk}/remove/").status_code == 404
    assert str(document.pk) not in boris.get("/profile/documents/").text
    stolen = upload(boris, pdf(), fact=str(fact.pk))
    assert (stolen.status_code, codes(stolen)) == (422, {"invalid_choice"})


def test_a_scan_is_deleted_with_its_bytes(django_capture_on_commit_callbacks):
    """profile:remove_document"""
    anna = signed_in()
    upload(anna, picture())
    document = Document.objects.get()
    from dopusk.web.files.actions import _path

    path = _path(document.stored_id)
    assert path.exists()
    assert anna.get(f"/profile/documents/{document.pk}/remove/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        send(anna, f"/profile/documents/{document.pk}/remove/")
    assert (Document.objects.exists(), StoredFile.objects.exists(), path.exists()) == (False, False, False)


def test_a_removed_education_leaves_its_scan_among_the_documents():
    fact = actions.add_fact(sub_of("anna"), "education", COLLEGE, session="")
    anna = signed_in()
    upload(anna, pdf(), fact=str(fact.pk))
    send(anna, f"/profile/education/{fact.pk}/remove/")
    assert not Fact.objects.exists()
    assert Document.objects.get().fact_id is None
    assert "диплом колледжа" in anna.get("/profile/documents/").text


def test_the_list_costs_as_many_statements_however_long_it_is(django_assert_max_num_queries):
    anna = signed_in()
    for _number in range(6):
        upload(anna, picture(size=(40, 40)))
    with django_assert_max_num_queries(4):
        anna.get("/profile/documents/")
