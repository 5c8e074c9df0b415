"""The page of help: how to sign here, what each refusal means, in the words the pages say."""

import re
from html import unescape

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dopusk.web.environment import Misconfigured
from dopusk.web.signing import configuration, meanings, pages, words
from dopusk.web.signing.words import Sentences

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
PROGRAMS = re.compile(r'<template data-code="([A-Z_]+)">')
PORTAL, CABINET = "https://portal.example.org", "https://cabinet.example.org"


@pytest.fixture
def deployment(settings):
    """Two sites at addresses of their own; no sandbox."""
    settings.PORTAL_URL, settings.CABINET_URL, settings.ALONE = PORTAL, CABINET, False
    settings.SIGNING_REGISTERS = ""
    return settings


def shown(**asked):
    answer = Client().get(reverse("signing:help"), asked)
    assert answer.status_code == 200
    return re.sub("</?span[^>]*>", "", unescape(answer.content.decode()))


def anchors(html):
    return set(re.findall(r'<div class="signing-meanings__one" id="([^"]+)"', html))


def test_every_refusal_of_the_pages_has_its_place_there(deployment):
    programs = set(PROGRAMS.findall(render_to_string("signing/parts/messages.html")))
    assert {"WRONG_PIN", "LOCKED", "NO_HOST", "ORIGIN_REFUSED"} <= programs
    assert anchors(shown()) == {*words.SENTENCES, *words.OF_THIS_SITE, *programs} - {"good"}


def test_a_refusal_of_the_site_itself_is_told_too(deployment, monkeypatch):
    monkeypatch.setitem(words.OF_THIS_SITE, "only_here", Sentences("Случилось.", "Почему.", "Что делать."))
    html = shown()
    assert 'id="only_here"' in html
    assert "Почему. Что делать." in html


def test_what_a_program_says_comes_whole_and_without_its_buttons():
    every = {one.code: one for group in meanings.groups() for one in group.meanings}
    for one in every.values():
        assert all(said.endswith(".") for said in (one.what, one.why, one.todo)), one
    said = f"{every['WRONG_PIN']} {every['NO_HOST']}"
    assert "Ввести ПИН-код ещё раз" not in said
    assert "новой вкладке" not in said
    assert "осталось попыток:" not in said  # how many is not known here


@pytest.mark.parametrize("asked", ["WRONG_PIN", "wrong_pin", "  Пин-код   не подошел "])
def test_a_refusal_is_found_by_its_code_and_by_its_words(deployment, asked):
    assert "WRONG_PIN" in anchors(shown(q=asked))
    assert "revoked_before" not in anchors(shown(q=asked))


def test_what_is_not_there_is_said_not_to_be(deployment):
    html = shown(q='<b>"нет такого')
    assert anchors(html) == set()
    assert f'href="{reverse("signing:help")}#messages"' in html
    assert '<b>"' not in Client().get(reverse("signing:help"), {"q": '<b>"x'}).content.decode()


def test_the_agent_is_installed_for_the_addresses_of_this_deployment(deployment):
    html = shown()
    assert f"./dev agent install --origin {PORTAL} --origin {CABINET}</code>" in html
    assert f"./dev agent check --origin {PORTAL} --origin {CABINET}</code>" in html


def test_addresses_of_this_machine_the_agent_knows_already(deployment):
    deployment.PORTAL_URL, deployment.CABINET_URL = "http://localhost:8001", "http://127.0.0.1:8002"
    assert "./dev agent install</code>" in shown()
    deployment.CABINET_URL = "https://localhost:8443"
    assert "./dev agent install --origin https://localhost:8443</code>" in shown()


def test_a_site_that_stands_alone_names_itself_only(deployment):
    deployment.ALONE = True
    mine = {"portal": PORTAL, "cabinet": CABINET}[deployment.SITE]
    assert f"./dev agent install --origin {mine}</code>" in shown()


def test_vendors_programs_are_told_of_where_the_operator_has_connected_them(deployment):
    deployment.SIGNING_CADESPLUGIN, deployment.SIGNING_RUTOKEN = "", ""
    assert "Browser plug-in" not in shown()
    deployment.SIGNING_CADESPLUGIN = "vendor/cadesplugin_api.js"
    assert "Browser plug-in" in shown()
    assert "Рутокен Плагин" not in shown().split('id="agent"')[0]


def test_certificates_for_trying_are_told_of_in_a_sandbox_alone(deployment):
    assert "./dev token new" not in shown()
    deployment.SIGNING_REGISTERS = "http://localhost:8003"
    html = shown()
    assert 'href="http://localhost:8003/pki/"' in html
    assert "./dev token new --person anna" in html


def test_in_english_it_says_no_word_of_russian(deployment):
    deployment.SIGNING_REGISTERS, deployment.SIGNING_RUTOKEN = "http://localhost:8003", "vendor/r.js"
    deployment.SIGNING_CADESPLUGIN = "vendor/c.js"
    with translation.override("en"):
        for asked in ("", "pin", "нет такого"):
            page = render_to_string("signing/help.html", {"page": pages.help_page(asked)})
            main = page.split("<main")[1].split("</main>")[0].replace(asked, "")
            main = main.replace("СНИЛС", "")  # has no English
            assert CYRILLIC.findall(main) == []


def test_pages_lead_to_it_unless_the_operator_has_a_page_of_theirs(settings):
    settings.SIGNING_HELP_URL = ""
    assert pages.help_url() == reverse("signing:help")
    settings.SIGNING_HELP_URL = "https://help.example.org/signing"
    assert pages.help_url() == "https://help.example.org/signing"


@pytest.mark.parametrize("wrong", ["https://help.example.org/#signing", "javascript:alert(1)", "help"])
def test_an_address_that_takes_no_anchor_stops_the_start(monkeypatch, wrong):
    monkeypatch.setenv("DOPUSK_SIGNING_HELP_URL", wrong)
    with pytest.raises(Misconfigured):
        configuration.chosen(sandbox=False, registers="", session="")


def test_it_is_read_by_anybody_and_nothing_is_sent_to_it(db):
    assert Client().post(reverse("signing:help")).status_code == 405
