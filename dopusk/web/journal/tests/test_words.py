"""Kept records are said in the language of the page, the rest is shown as it was written."""

from django.utils import translation

from dopusk.web.journal.words import Sentences

SENTENCES = Sentences(("Неделя: %(what)s", "Срок %(day)s"))


def said(words: str, language: str = "en") -> str:
    with translation.override(language):
        return SENTENCES.say(words)


def test_in_russian_a_record_is_what_was_written():
    assert said("Неделя: день", "ru") == "Неделя: день"


def test_names_the_catalogue_has_are_said_in_english_others_stay():
    assert said("Неделя: Анна, ошибка; выйти") == "Неделя: Анна, error; sign out"


def test_a_name_may_have_commas_of_its_own():
    assert said("Неделя: портал личности, форма устарела, ничего не отправлено, год") == (
        "Неделя: identity portal, the form is out of date, nothing was sent, year"
    )


def test_a_day_is_written_as_english_writes_it():
    assert said("Срок 03.12.2026") == said("Срок 2026-12-03") == "Срок 3 December 2026"


def test_what_no_sentence_fits_is_said_whole_or_left_alone():
    assert said("Вернуться в понедельник") == "Вернуться в понедельник"
    assert said("Выйти") == "Sign out"
