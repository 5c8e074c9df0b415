"""Notices: told in the fact's transaction, to contacts that are hers, in Russian."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Identifier
from dopusk.portal.notices import actions, rules, words
from dopusk.portal.notices.models import Notice
from dopusk.portal.tests.browser import known
from dopusk.web.delivery.models import Letter

ANNA = sandbox.person("anna")
BOTH = {"email": "anna@example.org", "phone": "+79000000003"}


@pytest.mark.parametrize(
    ("contacts", "urgent", "expected"),
    [
        (BOTH, False, ["mail"]),
        (BOTH, True, ["mail", "sms"]),
        ({"phone": "+79000000003"}, False, ["sms"]),
        ({"email": "anna@example.org"}, True, ["mail"]),
        ({}, True, []),
    ],
)
def test_where_a_notice_goes(contacts, urgent, expected):
    assert [channel for channel, _ in rules.addresses(contacts, urgent=urgent)] == expected


@pytest.mark.parametrize("kind", sorted(words.TEXTS))
def test_every_kind_has_words_with_and_without_its_facts(kind):
    names = [
        "device",
        "network",
        "reason",
        "method",
        "old",
        "new",
        "register",
        "field",
        "answer",
        "what",
        "until",
        "why",
    ]
    facts = dict.fromkeys(names, "x")
    for language in ("ru", "en"):
        with translation.override(language):
            assert words.title(kind)
            assert "%(" not in words.text(kind, facts)
            assert words.text(kind, facts)
            words.text(kind, {})


def test_facts_are_said_as_people_say_them():
    until = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
    said = words.text("recovered", {"until": until.isoformat()})
    assert "14 декабря 2026, 12:30" in said
    assert "приложение с кодами" in words.text("factor_added", {"method": "totp"})


@pytest.mark.django_db
def test_anna_is_told_by_mail_and_in_her_list():
    anna = known("anna")
    actions.tell(
        anna.sub, "password_changed", detail={"device": "Firefox, Linux", "network": "198.51.100.0/24"}
    )
    notice = Notice.objects.of(anna.sub).get()
    assert "Firefox, Linux" in notice.text
    letter = Letter.objects.get()
    assert (letter.channel, letter.purpose, letter.about) == (
        "mail",
        "notices.password_changed",
        str(anna.sub),
    )
    assert letter.parcel().to == ANNA.email
    assert "/not-me/" not in letter.parcel().text


@pytest.mark.django_db
def test_an_urgent_notice_goes_by_phone_too_and_both_carry_the_way_to_say_not_me(settings):
    anna = known("anna")
    actions.tell(anna.sub, "recovered", urgent=True, not_me_token="abc", link="/security/")
    parcels = {one.channel: one.parcel() for one in Letter.objects.all()}
    assert set(parcels) == {"mail", "sms"}
    for parcel in parcels.values():
        assert f"{settings.PORTAL_URL}/not-me/abc/" in parcel.text
    assert settings.PORTAL_NAME in parcels["sms"].text
    assert f"{settings.PORTAL_URL}/security/" in parcels["mail"].text


@pytest.mark.django_db
def test_a_contact_that_is_not_shown_to_be_hers_gets_nothing():
    anna = known("anna")
    Identifier.objects.filter(account=anna, kind="email").update(verified_at=None)
    actions.tell(anna.sub, "confirmed")
    assert [one.channel for one in Letter.objects.all()] == ["sms"]


@pytest.mark.django_db
def test_letters_may_be_sent_to_an_old_address_or_nowhere():
    anna = known("anna")
    actions.tell(anna.sub, "email_changed", to=[("mail", "old@example.org")])
    actions.tell(anna.sub, "review_profile", to=[])
    assert [one.parcel().to for one in Letter.objects.all()] == ["old@example.org"]
    assert Notice.objects.of(anna.sub).count() == 2


@pytest.mark.django_db
def test_letters_are_russian_whatever_language_the_page_has():
    anna = known("anna")
    with translation.override("en"):
        actions.tell(anna.sub, "locked")
    assert Letter.objects.get().parcel().subject == "Вход закрыт"


@pytest.mark.django_db
def test_what_is_not_kept_is_not_told():
    anna = known("anna")
    with transaction.atomic():
        actions.tell(anna.sub, "locked")
        transaction.set_rollback(True)
    assert not Notice.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.django_db
def test_an_unknown_kind_is_the_callers_mistake():
    with pytest.raises(actions.UnknownKind):
        actions.tell(known("anna").sub, "hello")


@pytest.mark.django_db
def test_what_she_has_read_is_not_new_and_nobody_elses_is_touched():
    anna, boris = known("anna"), known("boris")
    first = actions.tell(anna.sub, "confirmed")
    actions.tell(anna.sub, "new_device", detail={"until": timezone.now() + timedelta(hours=1)})
    actions.tell(boris.sub, "confirmed")
    assert actions.read(anna.sub, [first.pk]) == 1
    assert [one.kind for one in Notice.objects.unread(anna.sub)] == ["new_device"]
    assert actions.read(anna.sub) == 1
    assert Notice.objects.unread(boris.sub).count() == 1
