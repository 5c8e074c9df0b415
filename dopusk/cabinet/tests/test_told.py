"""Everything the cabinet keeps in the journal can be said in English."""

from pathlib import Path

import pytest
from django.utils import translation

import dopusk.cabinet
from dopusk.cabinet.documents.rules import NAMES, title
from dopusk.cabinet.told import SENTENCES
from dopusk.web.journal.tests.kept import CYRILLIC, kept_sentences

KEPT = kept_sentences(Path(dopusk.cabinet.__file__).parent)


@pytest.mark.parametrize("words", sorted(KEPT))
def test_every_kept_sentence_has_its_english(words):
    with translation.override("en"):
        assert not CYRILLIC.search(SENTENCES.say(words))


@pytest.mark.parametrize("name", sorted(NAMES.values()))
def test_an_attached_document_is_named_in_english(name):
    with translation.override("en"):
        assert not CYRILLIC.search(SENTENCES.say(f"Приложен документ: {name}, 2 л."))


def test_the_faults_of_a_returned_application_are_named_in_english():
    with translation.override("en"):
        assert SENTENCES.say(
            "Центр аккредитации вернул заявление: нет подписи, даты или печати, скан не читается"
        ) == (
            "The accreditation centre returned the application: "
            "no signature, date or stamp, the scan cannot be read"
        )


@pytest.mark.parametrize("kind", sorted(NAMES))
def test_the_title_of_a_document_is_said_in_english(kind):
    with translation.override("en"):
        said = SENTENCES.say(title("Орлова А. С.", kind, 2)).removeprefix("Орлова А. С., ")
    assert not CYRILLIC.search(said)
