"""A document is given to its owner, to staff once it is submitted, and to nobody else."""

import uuid

import pytest

from dopusk.cabinet.documents import actions, rules
from dopusk.cabinet.documents.models import Document
from dopusk.cabinet.signin.tests import people
from dopusk.web.files import actions as files
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests import papers
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
FOLDER = str(uuid.UUID(int=7))


@pytest.fixture
def diploma(anna):
    stored = files.keep(
        papers.pdf(2), owner=anna.pk, purpose="document", media_type="application/pdf", pages=2
    )
    return actions.add(anna, FOLDER, "diploma", stored)


def address(document):
    return f"/documents/{document.pk}/"


def test_the_title_is_made_for_her(diploma):
    assert diploma.title == "Орлова А. С. документ об образовании на 2 л."


def test_every_kind_has_a_name():
    kinds = {kind for kind, _label in Document._meta.get_field("kind").choices}
    assert kinds == set(rules.NAMES)


def test_the_owner_gets_it_as_a_download_in_a_sandbox(diploma, anna, at_browser):
    answer = at_browser(anna).get(address(diploma))
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not Entry.objects.filter(act="document.read").exists()


def test_it_may_be_looked_at_in_our_own_page_only(diploma, anna, at_browser):
    answer = at_browser(anna).get(address(diploma), {"inline": "1"})
    assert answer.headers["Content-Disposition"].startswith("inline;")
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


def test_another_applicant_does_not_get_it(diploma, maria, at_browser):
    actions.release(FOLDER)
    assert at_browser(maria).get(address(diploma)).status_code == 404


def test_staff_do_not_see_what_is_not_submitted(diploma, at_browser):
    assert at_browser(people.person("galina")).get(address(diploma)).status_code == 404


@pytest.mark.parametrize("key", ["galina", "boris", "vera", "grigory"])
def test_staff_read_what_was_submitted_and_its_owner_learns_of_it(diploma, anna, at_browser, key):
    actions.release(FOLDER)
    reader = people.person(key)
    assert at_browser(reader).get(address(diploma)).status_code == 200
    entry = Entry.objects.about(anna.pk).get(act="document.read")
    assert (entry.actor, entry.subject) == (reader.pk, anna.pk)


def test_an_operator_is_not_staff_of_the_centre(diploma, at_browser):
    actions.release(FOLDER)
    assert at_browser(people.person("oleg")).get(address(diploma)).status_code == 404


def test_a_stranger_is_led_to_sign_in(diploma, client):
    assert client.get(address(diploma)).status_code == 302


def test_what_was_submitted_is_not_taken_back(diploma):
    actions.release(FOLDER)
    diploma.refresh_from_db()
    with pytest.raises(actions.DocumentRefused) as refused:
        actions.remove(diploma)
    assert refused.value.code == "already_submitted"


def test_the_last_document_of_a_file_takes_the_file_with_it(diploma):
    actions.copy(FOLDER, "another")
    actions.remove(diploma)
    assert StoredFile.objects.count() == 1
    actions.remove(Document.objects.get(folder="another"))
    assert not StoredFile.objects.exists()
