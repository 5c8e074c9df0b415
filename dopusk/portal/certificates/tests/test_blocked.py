"""What Анна has blocked stays so, in whatever bytes and with whatever certificate the key comes back."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from dopusk.portal.certificates import actions, rules
from dopusk.portal.certificates.models import Certificate
from dopusk.portal.certificates.tests.people import add, added, browser_of, card_of, code_of, sign_in
from dopusk.portal.home.actions import disown
from dopusk.portal.signin.actions import unlock
from dopusk.portal.signin.watch import tell_of_new_devices
from dopusk.portal.tests.browser import Browser, known
from dopusk.trust import certificates, der
from dopusk.web.delivery.models import Letter
from dopusk.web.journal.models import Entry
from dopusk.web.signing.tests.office import Card

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna():
    return known("anna")


def written_otherwise(card: Card) -> Card:
    """The same certificate in other bytes: of an ECDSA signature (r, s) the other one, (r, n - s)."""
    tbs, algorithm, value = der.parse(card.certificate.der).parts
    r, s = decode_dss_signature(value.body[1:])
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
    other = der.element(0x03, b"\0", encode_dss_signature(r, order - s))
    return replace(card, certificate=certificates.read(der.sequence(tbs.raw, algorithm.raw, other)))


@pytest.mark.parametrize("reason", [rules.Reason.LOST, rules.Reason.STOLEN])
def test_a_blocked_certificate_does_not_come_back_in_other_bytes(office, anna, settings, reason):
    settings.SIGNIN_CERTIFICATES = "any"
    card, one = added(office)
    other = written_otherwise(card)
    assert other.certificate != card.certificate
    assert sign_in(Browser(), other).status_code == 303  # as good as the first, to its issuer and to us
    assert Certificate.objects.count() == 1
    actions.block(anna.pk, one.pk, reason, session="", but=one.pk)
    assert code_of(sign_in(Browser(), other)) == "certificate_blocked"


def test_a_stolen_key_opens_nothing_by_its_next_certificate_either(office, anna, settings):
    settings.SIGNIN_CERTIFICATES = "any"
    _card, one = added(office)
    again = card_of(office, issued=timedelta(hours=1))  # of the same key
    actions.block(anna.pk, one.pk, rules.Reason.STOLEN, session="", but=one.pk)
    assert code_of(sign_in(Browser(), again)) == "certificate_blocked"
    assert code_of(add(browser_of(anna), again)) == "certificate_blocked_for_ever"


def not_me(purpose: str) -> None:
    """Press «это не я» in the newest letter of this purpose; then Анна gets in again."""
    text = Letter.objects.filter(purpose=purpose, channel="mail").latest("created_at").parcel().text
    link, browser = re.search(r"/not-me/[\w-]+/", text)[0], Browser()
    page = browser.get(link)
    if "certificate" in purpose:
        assert "сертификат, о котором мы написали, будет заблокирован навсегда" in page.text
    assert browser.submit(page, link).headers["location"] == "/recovery/?locked"


@pytest.mark.parametrize(
    ("letter", "reason"),
    [("notices.certificate_added", "not_mine"), ("notices.certificate_signin", "stolen")],
)
def test_it_was_not_me_ends_the_certificate_too(office, anna, letter, reason):
    """Or whoever has it would sign in again as soon as she has recovered."""
    card, one = added(office)
    sign_in(Browser(), card)
    not_me(letter)
    one.refresh_from_db()
    assert one.block_reason == reason
    unlock(anna.pk, by="recovery", why="")
    assert code_of(sign_in(Browser(), card)) == "certificate_blocked"


def test_it_was_not_me_in_the_journal_does_so_too_and_a_check_blocks_nothing(office, anna):
    card, one = added(office)
    actions.check(one, session="")
    disown(anna.pk, Entry.objects.get(act="certificate.checked"), session="")
    one.refresh_from_db()
    assert one.blocked_at is None
    unlock(anna.pk, by="recovery", why="")
    sign_in(Browser(), card)
    disown(anna.pk, Entry.objects.get(act="signin.done", object=one.object_key), session="")
    one.refresh_from_db()
    assert one.block_reason == "stolen"


def test_a_strange_device_that_was_let_in_by_a_certificate_ends_it(office, anna):
    """Its owner is told of a certificate's first sign-in alone; of the thief's she has a letter of the device."""
    card, one = added(office)
    sign_in(Browser(), card)
    tell_of_new_devices()
    sign_in(Browser("203.0.113.9"), card)
    assert tell_of_new_devices() == 1
    not_me("notices.new_device")
    one.refresh_from_db()
    assert one.block_reason == "stolen"


def test_a_strange_device_let_in_by_a_password_ends_no_certificate(office, anna):
    card, one = added(office)
    sign_in(Browser(), card)
    tell_of_new_devices()
    Browser("203.0.113.9").sign_in("anna@example.org")
    assert tell_of_new_devices() == 1
    not_me("notices.new_device")
    one.refresh_from_db()
    assert one.blocked_at is None
