"""The authority is silent while Анна sends her signed application: it waits, then goes on or comes back."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from dopusk.kernel import sandbox
from dopusk.stand.running import RunningStand
from dopusk.stand.story import (
    Story,
    anna_answers,
    anna_begins,
    anna_brings_documents,
    anna_consents,
    anna_signs_in,
    anna_uploads,
    hold,
    sign_in,
    step,
    until,
)
from dopusk.stand.tokens import Issued, Registers, new_key
from dopusk.stand.visitor import Visitor
from dopusk.trust import cades
from dopusk.trust.keys import PrivateKey

ADDRESS = re.compile(r".*/applications/[0-9a-f-]{36}/")
PARTS = ("ocsp", "crl")


@dataclass
class Card:
    """A key of Анна's and its certificate, by the stand's own authority."""

    stand: RunningStand
    key: PrivateKey = field(init=False)
    issued: Issued = field(init=False)

    def __post_init__(self) -> None:
        who = sandbox.person("anna")
        made, request = new_key("ec", who.full_name)
        assert not isinstance(made, bytes)
        self.key = made
        self.issued = Registers.of(self.stand.state).issue(request, who, "ec")

    def sign(self, content: bytes) -> bytes:
        """CAdES-BES, detached."""
        own, *above = self.issued.chain
        return cades.create(content, own, cades.signer(self.key), chain=above, at=datetime.now(UTC))


@pytest.fixture
def story(stand):
    """Анна with a draft that lacks nothing; the authority answers again afterwards."""
    made = Story(stand)
    yield made
    for part in PARTS:
        stand.fault(part, "on")


def silence(stand: RunningStand, mode: str) -> None:
    for part in PARTS:
        stand.fault(part, mode)


def sends(story: Story, card: Card) -> Visitor:
    """Анна opens the page, signs its text, sends the file."""
    anna = story.visitor("anna")
    page = anna.open(f"{story.application}submit/?by=signature")
    (text,) = page.document.xpath("//a[@download]/@href")
    content = anna.client.get(f"{story.stand.cabinet}{text}").content
    anna.open(f"{story.application}submit/?by=signature")
    files = {"signature_file": ("text.p7s", card.sign(content), "application/pkcs7-signature")}
    anna.submit(files=files)
    return anna


def waits_for(story: Story) -> list[str]:
    """What the status page says of an authority that does not answer."""
    page = story.visitor("anna").open(story.application)
    return [
        one.text_content() for one in page.document.xpath("//main//*[contains(@class, 'dk-notice--warning')]")
    ]


def test_a_signature_nobody_vouches_for_waits_and_then_comes_back_or_goes_on(stand, story):
    for act in (anna_signs_in, anna_begins, anna_answers, anna_uploads, anna_consents, anna_brings_documents):
        act(story)
    anna = story.visitor("anna")
    revoked, good = Card(stand), Card(stand)

    # another's bytes, while all answer: refused at once, and nothing is sent
    anna.open(f"{story.application}submit/?by=signature")
    files = {"signature_file": ("text.p7s", good.sign(b"other"), "application/pkcs7-signature")}
    anna.submit(files=files, expect=422)

    # revoked, and the authority is silent: sent, but not registered
    Registers.of(stand.state).revoke(revoked.issued.serial)
    silence(stand, "off")
    sends(story, revoked)
    hold(anna.now.url == story.application, anna.now.text[:600])
    hold(any("удостоверяющий центр" in words for words in waits_for(story)), anna.now.text[:600])
    hold("Отправлено" in anna.now.text, anna.now.text[:600])

    # it answers: the application comes back with the reason, and nothing typed is lost
    silence(stand, "on")
    until("returned", lambda: anna.open(story.application).status == 200 and anna.has_form("/copy/"))
    anna.submit(action="/copy/")
    address = ADDRESS.match(anna.now.url)
    hold(address, anna.now.url)
    story.application = address[0]
    hold("отозван" in anna.now.text, anna.now.text[:600])
    step(story, "consent", {"given": "on"})

    # a good certificate, and silence again: it waits, then goes on by itself to the registrar
    silence(stand, "off")
    sends(story, good)
    hold(waits_for(story), anna.now.text[:600])
    silence(stand, "on")
    sign_in(story, "galina")
    queue = f"{stand.cabinet}/review/"
    until("in the queue", lambda: story.case in story.visitor("galina").open(queue).content.decode())
    hold(not waits_for(story), anna.now.text[:600])

    anna.open(f"{story.application}withdraw/")
    anna.submit()
