"""docs/signing.md says of every code what the pages say."""

import os

import pytest

from dopusk.portal.certificates import rules, words
from dopusk.portal.certificates.tests import meanings
from dopusk.trust.validation import CODES
from dopusk.web.signing import actions, uploads


def test_the_page_says_what_the_pages_say():
    page = meanings.PAGE.read_text()
    wanted = meanings.section()
    if os.environ.get("DOPUSK_WRITE_DOCS"):
        there = meanings.in_page(page)
        meanings.PAGE.write_text(
            page.replace(there.rstrip(), wanted.rstrip()) if there else f"{page}\n{wanted}"
        )
        page = meanings.PAGE.read_text()
    assert meanings.in_page(page) == wanted


@pytest.mark.parametrize(
    "code",
    [*CODES, *actions.CODES, *uploads.CODES, "someone_elses", *words.SENTENCES],
)
def test_every_refusal_has_its_three_sentences(code):
    said = words.say(code)
    assert all(str(part).strip() for part in said)


def test_every_code_of_the_rules_has_words():
    """What `may_sign_in` and `may_add` say themselves; a locked account has a page of its own."""
    own = {
        rules.may_sign_in(rules.Knock("good", level, kept, locked=locked))
        for level in ("", "standard", "confirmed")
        for kept in rules.Kept
        for locked in (False, True)
    } | {
        rules.may_add(rules.Offer("good", level, snils, "1", kept, have))
        for level in ("standard", "confirmed")
        for snils in ("1", "2")
        for kept in rules.Kept
        for have in (0, rules.MOST)
    }
    for code in own - {"", "account_locked"}:
        assert words.say(code)


def test_the_programs_on_her_computer_are_all_there():
    codes = {code for code, *_texts in meanings.messages()}
    assert {"NO_HOST", "NO_TOKEN", "WRONG_PIN", "LOCKED", "CANCELLED", "UNPLUGGED", "ORIGIN_REFUSED"} <= codes
    assert all(all(one.strip() for one in row) for row in meanings.messages())
