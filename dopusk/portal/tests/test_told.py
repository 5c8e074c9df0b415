"""Everything the portal keeps in the journal can be said in English."""

from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

import dopusk.portal
from dopusk.kernel import sandbox
from dopusk.portal.consents.rules import FURTHER, WORDS, in_words
from dopusk.portal.esia.sandbox.people import SIXTEEN
from dopusk.portal.told import SENTENCES
from dopusk.web.journal.tests.kept import CYRILLIC, kept_sentences

PORTAL = Path(dopusk.portal.__file__).parent
# notices/actions.py keeps nothing in the journal: its sentences go into letters, which are always in Russian.
KEPT = kept_sentences(PORTAL) - kept_sentences(PORTAL / "notices")


@pytest.mark.parametrize("words", sorted(KEPT))
def test_every_kept_sentence_has_its_english(words):
    with translation.override("en"):
        assert not CYRILLIC.search(SENTENCES.say(words))


def test_what_anna_allowed_a_service_is_said_in_english():
    with translation.override("en"):
        said = SENTENCES.say(
            f"Вы разрешили сервису «Кабинет аккредитации» получать: {in_words(frozenset({*WORDS, *FURTHER}))}"
        )
    assert not CYRILLIC.search(said)


@pytest.mark.parametrize("person", sandbox.PEOPLE, ids=lambda person: person.key)
def test_what_one_can_try_as_a_known_person_is_said_in_english(person):
    with translation.override("en"):
        assert not CYRILLIC.search(gettext(person.about))


@pytest.mark.parametrize("seat", SIXTEEN, ids=lambda seat: seat.who.key)
def test_what_one_can_try_as_a_test_person_is_said_in_english(seat):
    with translation.override("en"):
        assert not CYRILLIC.search(gettext(seat.about))
