"""The page a person signs on works without scripts; its bytes are given to her session and nobody else's."""

import re
import subprocess
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from dopusk.trust import validation
from dopusk.web.signing import actions, judging, pages, uploads, words
from dopusk.web.signing.actions import Examined
from dopusk.web.signing.models import Challenge
from dopusk.web.signing.tests.test_asking import ACT, ask

BELONGING = ("snils_missing", "someone_elses")


class Fields(HTMLParser):
    """Forms of a page: attributes of the form, its fields by name, its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.form, self.fields, self.links, self.labels = {}, {}, [], set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self.form = found
        elif tag == "input":
            self.fields[found.get("name")] = found
        elif tag == "a":
            self.links.append(found.get("href"))
        elif tag == "label":
            self.labels.add(found.get("for"))


@pytest.fixture
def client(db):
    """Her browser, with a session of Django's."""
    client = Client()
    client.session.save()
    return client


@pytest.fixture
def challenge(client):
    return actions.ask(ACT, session=client.session.session_key, owner="anna", origin="http://testserver")


def test_the_exact_bytes_are_given_as_a_file_to_her_session(client, challenge):
    answer = client.get(reverse("signing:content", args=[challenge.pk]))
    assert answer.content == challenge.content
    assert answer["Content-Disposition"] == f'attachment; filename="dopusk-{str(challenge.pk)[:8]}.txt"'
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


def test_a_stranger_finds_nothing_at_its_address(client, challenge):
    address = reverse("signing:content", args=[challenge.pk])
    other = Client()
    other.session.save()
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert client.post(address).status_code == 405
    Challenge.objects.all().delete()
    assert client.get(address).status_code == 404


def sign_page(challenge, **given):
    return render_to_string(
        "signing/parts/sign.html", {"signing": pages.page(challenge, **given), "button": "Подать заявление"}
    )


def test_without_any_script_the_page_leads_through_download_signing_and_upload(challenge):
    html = sign_page(challenge)
    page = Fields(html)
    assert page.form["method"] == "post"
    assert page.form["enctype"] == "multipart/form-data"
    assert "data-signing" in page.form
    assert page.fields["challenge"]["value"] == str(challenge.pk)
    assert page.fields["signature"]["value"] == ""
    assert page.fields["signature_file"]["type"] == "file"
    assert page.fields["signature_file"]["id"] in page.labels
    assert reverse("signing:content", args=[challenge.pk]) in page.links
    assert "Подать заявление" in html
    assert f"-in dopusk-{str(challenge.pk)[:8]}.txt" in html
    assert "Часов: 144" in html
    assert "Код:" not in html.split("data-signing")[0]


def test_a_refusal_stands_above_the_form_and_beside_the_file(challenge):
    html = sign_page(challenge, code="other_content", why="line_ends")
    assert "<code>other_content:line_ends</code>" in html
    assert f"{reverse('signing:help')}#other_content:line_ends" in Fields(html).links
    assert str(words.SENTENCES["other_content:line_ends"].what) in html
    assert "signature_file_error" in Fields(html).fields["signature_file"]["aria-describedby"]


def test_the_digest_breaks_between_its_groups_alone_and_is_copied_whole(challenge):
    shown = sign_page(challenge).split('<code class="signing-digest">')[1].split("</code>")[0]
    assert shown.count("<wbr>") == 7
    assert re.sub("<[^>]+>", "", shown) == challenge.sha256


def test_the_commands_shown_sign_with_what_lies_in_a_p12(challenge, office, anna, tmp_path):
    """The lines of the page, pasted one after another; what they make is accepted."""
    above = [x509.load_der_x509_certificate(one) for one in anna.chain[:1]]
    own = x509.load_der_x509_certificate(anna.certificate.der)
    locked = serialization.BestAvailableEncryption(b"1234")
    (tmp_path / "key.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"", anna.key, own, above, locked)
    )
    page = pages.page(challenge)
    (tmp_path / page.file_name).write_bytes(challenge.content)
    html = unescape(sign_page(challenge))
    lines = [one for one in re.findall(r"<code[^>]*>(openssl [^<]*)</code>", html) if "gost" not in one]
    assert len(lines) == 4
    for line in lines:
        asked = " -passin pass:1234" + (" -passout pass:1234" if line.endswith("-out key.pem") else "")
        verb = " ".join(line.split()[:2])
        subprocess.run(
            ["/bin/sh", "-c", line.replace(verb, verb + asked)], cwd=tmp_path, check=True, capture_output=True
        )
    office.faults["/ca.cer"] = "down"
    made = (tmp_path / f"{page.file_name}.p7s").read_bytes()
    assert judging.judge(made, challenge.content, received_at=timezone.now()).code == "good"


def test_what_people_wrote_stays_text(client):
    act = actions.Act("application", "", "Заявление", ("<script>alert(1)</script>",))
    challenge = actions.ask(act, session="s", owner="", origin="http://testserver")
    assert "<script>alert" not in sign_page(challenge)


@pytest.mark.parametrize(
    "code", [*validation.CODES, *actions.CODES, *uploads.CODES, *BELONGING, "roots_unavailable"]
)
def test_every_code_has_three_sentences(code):
    for one in words.say(code):
        assert str(one).strip().endswith((".", "?"))


def test_no_sentence_is_of_a_code_that_does_not_exist():
    codes = {*validation.CODES, *actions.CODES, *uploads.CODES, *BELONGING}
    assert {name.partition(":")[0] for name in words.SENTENCES} == codes


def test_in_english_the_page_says_no_word_of_russian(challenge):
    with translation.override("en"):
        spoken = [str(one) for sentences in words.SENTENCES.values() for one in sentences]
    assert [one for one in spoken if any("а" <= letter <= "я" for letter in one.lower())] == []


def test_a_refused_text_is_asked_for_anew_only_when_it_can_no_longer_be_signed(db):
    challenge = ask()
    assert pages.again(Examined(challenge, "other_content")) == challenge
    assert pages.again(Examined(challenge, "signature_absent")) == challenge
    assert pages.again(Examined(challenge, "revoked_before")) == challenge
    assert pages.again(Examined(challenge, "challenge_expired")) is None
    assert pages.again(Examined(None, "challenge_unknown")) is None
    assert pages.again(Examined(None, "signature_absent")) is None
    Challenge.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    challenge.refresh_from_db()
    assert pages.again(Examined(challenge, "signature_absent")) is None
