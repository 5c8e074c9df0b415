"""What wants attention, how the journal is sorted, what a network is called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.home import rules, words

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IN_ORDER = rules.Portrait(
    level="confirmed",
    proofing="",
    unverified=frozenset(),
    contacts=frozenset({"phone", "email"}),
    second_factor=True,
    asked=False,
    cooling=False,
)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"level": "standard"}, ["not_confirmed"]),
        ({"level": "simplified", "proofing": "waiting"}, ["proofing_waiting"]),
        ({"level": "standard", "proofing": "review"}, ["proofing_review"]),
        ({"level": "standard", "proofing": "questions"}, ["proofing_questions"]),
        ({"level": "standard", "proofing": "suspended"}, ["confirmation_suspended"]),
        ({"unverified": frozenset({"email"})}, ["email_unverified"]),
        ({"unverified": frozenset({"email", "phone"})}, ["phone_unverified", "email_unverified"]),
        ({"contacts": frozenset()}, ["no_contact"]),
        ({"second_factor": False, "asked": True}, ["no_second_factor", "look"]),
        ({"second_factor": False, "by_signature": True}, ["password_alone"]),
        ({"by_signature": True}, []),
        ({"cooling": True}, ["cooling"]),
    ],
)
def test_what_wants_attention(changes, codes):
    assert rules.wants_attention(replace(IN_ORDER, **changes)) == codes


def test_a_certificate_that_ends_soon_is_mentioned():
    assert rules.wants_attention(replace(IN_ORDER, certificate_ending=True)) == ["certificate_ending"]


def test_every_code_has_its_words():
    every = {*rules.PROOFING.values(), "cooling", "not_confirmed", "no_contact", "phone_unverified"}
    every |= {"email_unverified", "no_second_factor", "password_alone", "certificate_ending"}
    assert every == set(words.ATTENTION)
    assert set(words.KINDS) == set(rules.KINDS)
    assert set(words.PERIODS) == set(rules.PERIODS)


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("signin.done", "signins"),
        ("sessions.ended", "signins"),
        ("consent.revoked", "consents"),
        ("oidc.entered", "data"),
        ("profile.document_read", "data"),
        ("profile.fact_added", "changes"),
        ("account.opened", "changes"),
        ("support.looked_up", "data"),
        ("registration.consented", "consents"),
        ("something.new", "changes"),
    ],
)
def test_every_act_is_of_one_kind(act, kind):
    assert rules.kind_of(act) == kind


@pytest.mark.parametrize(
    ("actor", "act", "subject", "hers"),
    [
        ("anna", "profile.fact_added", "anna", True),
        ("anna", "oidc.entered", "anna", True),
        ("anna", "support.looked_up", "boris", False),
        ("anna", "support.found_nobody", "system", False),
        ("system", "signin.failed", "anna", True),
        ("system", "recovery.begun", "anna", True),
        ("system", "account.opened", "anna", False),
        ("oleg", "signin.unlocked", "anna", False),
        ("oleg", "profile.name_changed", "anna", False),
    ],
)
def test_it_was_not_me_is_said_of_ones_own_acts_and_of_knocks(actor, act, subject, hers):
    assert rules.may_disown(actor, act, "anna", subject) == hers


OLEG = "11111111-2222-4333-8444-555555555555"


@pytest.mark.parametrize(
    ("actor", "act", "by"),
    [
        ("anna", "profile.fact_added", "own"),
        ("system", "proofing.confirmed", "system"),
        ("stranger", "signin.failed", "stranger"),
        ("stranger", "signin.second_failed", "stranger"),
        ("stranger", "passkey.counter_regressed", "stranger"),
        ("", "support.looked_up", "stranger"),
        (OLEG, "support.looked_up", "operator"),
        (OLEG, "signin.unlocked", "operator"),
        (OLEG, "profile.name_changed", "operator"),
        (OLEG, "signin.failed", "stranger"),
    ],
)
def test_only_the_acts_of_the_desk_are_laid_at_operators_doors(actor, act, by):
    assert rules.by(actor, act, "anna") == by
    assert by in words.BY


@pytest.mark.parametrize(
    ("network", "place"),
    [
        ("198.51.100.0/24", ""),
        ("192.168.1.0/24", "local"),
        ("127.0.0.0/24", "local"),
        ("10.20.30.0/24", "local"),
        ("172.32.0.0/24", ""),
        ("::/64", "local"),
        ("fd00:1::/64", "local"),
        ("2001:db8::/64", ""),
        ("unknown", "unknown"),
    ],
)
def test_a_network_is_called_local_only_when_it_is(network, place):
    assert rules.place(network) == place


@given(st.text(max_size=40))
def test_no_network_and_no_cell_breaks_anything(text):
    assert rules.place(text) in words.PLACES
    assert rules.cell(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


def test_periods_reach_back_as_they_say():
    assert rules.since("week", NOW) == NOW - timedelta(days=7)
    assert rules.since("", NOW) is None
    assert rules.since("nonsense", NOW) is None
