"""Translations: the compiler writes what gettext reads, and no page lacks its English."""

import gettext

import pytest

from dopusk.web import messages

PO = r"""# comment
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Вы «вошли»"
msgstr ""
"You are "
"in"

#, fuzzy
msgid "Неверно"
msgstr "Guess"

msgctxt "кнопка"
msgid "Дальше"
msgstr "Next\n\"page\""
msgid "%(n)s день"
msgid_plural "%(n)s дней"
msgstr[0] "%(n)s day"
msgstr[1] "%(n)s days"

msgid "Пусто"
msgstr ""
"""


@pytest.fixture
def catalogue(tmp_path):
    source = tmp_path / "django.po"
    source.write_text(PO, encoding="utf-8")
    source.with_suffix(".mo").write_bytes(messages.pack(messages.read(source)))
    with source.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_gettext_reads_what_we_compile(catalogue):
    assert catalogue.gettext("Вы «вошли»") == "You are in"
    assert catalogue.pgettext("кнопка", "Дальше") == 'Next\n"page"'
    assert catalogue.ngettext("%(n)s день", "%(n)s дней", 2) == "%(n)s days"


def test_guesses_and_gaps_fall_back_to_russian(catalogue):
    assert catalogue.gettext("Неверно") == "Неверно"
    assert catalogue.gettext("Пусто") == "Пусто"


def test_a_broken_line_is_named(tmp_path):
    source = tmp_path / "django.po"
    source.write_text('msgid "а"\nоб этом забыли\n', encoding="utf-8")
    with pytest.raises(ValueError, match=":2"):
        messages.read(source)


@pytest.mark.parametrize(
    "path", messages.catalogues(), ids=lambda path: str(path.relative_to(messages.PACKAGE))
)
def test_what_is_compiled_is_what_is_written(path):
    assert path.with_suffix(".mo").read_bytes() == messages.pack(messages.read(path))


def test_every_russian_text_has_its_english():
    assert [
        f"{path.relative_to(messages.PACKAGE)}: {text}"
        for path, text, _plural in messages.missing()
        if "gallery" not in path.name
    ] == []


def test_every_way_of_marking_a_text_is_seen(tmp_path):
    (tmp_path / "words.py").write_text(
        "from django.utils.translation import gettext_noop as noop, ngettext\n"
        "A = noop('слово ' 'второе')\n"
        "B = ngettext('%(n)s лист', '%(n)s листов', 2)\n",
        encoding="utf-8",
    )
    (tmp_path / "page.html").write_text(
        '{% notice title=_("Нельзя") %}{% translate "Можно (почти) всё" %}'
        "{% blocktranslate count n=n %}{{ n }} дело{% plural %}Дел: {{ n }}{% endblocktranslate %}",
        encoding="utf-8",
    )
    assert {(text, plural) for _path, text, plural in messages.used(tmp_path)} == {
        ("слово второе", ""),
        ("%(n)s лист", "%(n)s листов"),
        ("Нельзя", ""),
        ("Можно (почти) всё", ""),
        ("%(n)s дело", "Дел: %(n)s"),
    }
