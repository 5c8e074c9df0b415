"""Registers go away in mid-application and at its end: unknown is said, nothing is lost, all goes on by itself."""

import httpx
import pytest

from dopusk.stand.story import (
    Story,
    anna_answers,
    anna_begins,
    anna_brings_documents,
    anna_consents,
    anna_signs_in,
    anna_submits,
    anna_uploads,
    boris_closes,
    boris_convenes,
    galina_accepts,
    hold,
    sign_in,
    the_certificate_appears,
    the_register_knows,
    three_vote,
    until,
)

REGISTERS = ("frmr", "snils", "passports", "dictionaries", "pki")


@pytest.fixture
def story(stand):
    """Анна with a draft that lacks nothing; every register answers again afterwards."""
    yield Story(stand)
    for register in REGISTERS:
        stand.fault(register, "on")


def silent(story):
    """What the status page says of registers that do not answer."""
    page = story.visitor("anna").open(story.application)
    return page.document.xpath("//*[@id='findings']//*[contains(@class, 'dk-notice--warning')]")


def queue(story):
    return story.visitor("galina").open(f"{story.stand.cabinet}/review/").content.decode()


def test_the_application_waits_for_the_register_and_the_outcome_is_delivered_once(stand, story):
    for act in (anna_signs_in, anna_begins, anna_answers, anna_uploads, anna_consents, anna_brings_documents):
        act(story)
    sign_in(story, "galina")

    # ФРМР is switched off: the preflight says so, and submitting is possible all the same
    stand.fault("frmr", "off")
    page = story.visitor("anna").open(f"{story.application}preflight/")
    assert page.document.xpath("//*[contains(@class, 'dk-finding--unknown')]")
    anna_submits(story)
    until("the page says which register is silent", lambda: len(silent(story)) > 0)
    assert story.case not in queue(story)

    # it answers again: the application goes on by itself
    stand.fault("frmr", "on")
    until("in the registrar's queue", lambda: story.case in queue(story))
    assert silent(story) == []

    # at the end it is off again: the certificate stands, the outcome waits, and is delivered once
    galina_accepts(story)
    boris_convenes(story)
    three_vote(story)
    stand.fault("frmr", "off")
    boris_closes(story)
    anna = story.visitor("anna")

    def issued():
        links = anna.open(story.application).document.xpath("//a[contains(@href, '/certificates/')]/@href")
        if links:
            story.number = links[0].split("/certificates/")[1].split("/")[0]
        return bool(links)

    until("the certificate is issued", issued)
    page = f"{stand.cabinet}/certificates/{story.number}/"
    hold("Внесено в ЕГИСЗ" not in anna.open(page).text, "recorded by a register that is off")
    answer = httpx.get(
        f"{stand.cabinet}/verify/{story.number}?code=x", headers={"Accept": "application/json"}
    )
    assert answer.json()["status"] == "not_found"
    stand.fault("frmr", "on")
    the_certificate_appears(story)
    the_register_knows(story)


def test_a_slow_and_a_garbling_register_are_unknown_too_and_no_page_breaks(stand, story):
    sign_in(story, "viktor")
    viktor = story.visitor("viktor")
    for mode, delay in (("break", 0), ("delay", 7000)):
        stand.fault("frmr", mode, delay)
        page = viktor.open(f"{stand.cabinet}/profile/")
        assert page.status == 200
        assert page.document.xpath("//main//*[contains(@class, 'dk-notice--warning')]")
        stand.fault("frmr", "on")
