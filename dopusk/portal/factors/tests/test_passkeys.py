"""Passkeys with a software authenticator: what is kept, who is let in, what is refused and by which code."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from dopusk.portal.factors import actions, passkeys
from dopusk.portal.factors.models import Ceremony, Passkey
from dopusk.portal.factors.passkeys import Asserted, Refused
from dopusk.portal.factors.tests.authenticator import BE, BS, UP, UV, Authenticator
from dopusk.portal.notices.models import Notice
from dopusk.portal.tests.browser import known
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
HERS, THIEFS = "the browser of Anna", "another browser"


def made(account, device=None, binding=HERS):
    device = device or Authenticator()
    begun = passkeys.begin_registration(
        account.pk, binding, name="anna@example.org", display_name="Орлова Анна"
    )
    return passkeys.finish_registration(account.pk, binding, device.create(begun), name="Телефон")


def enter(device, binding=HERS, sub=None, **changes):
    return passkeys.finish_assertion(
        binding, device.get(passkeys.begin_assertion(binding, sub), **changes), sub
    )


@pytest.fixture
def anna():
    return known("anna")


@pytest.fixture
def device(anna):
    device = Authenticator()
    assert isinstance(made(anna, device), Passkey)
    return device


@pytest.mark.parametrize("kind", ["es256", "eddsa"])
def test_anna_makes_a_passkey_and_enters_by_it_without_a_name(anna, kind):
    device = Authenticator(kind=kind)
    key = made(anna, device)
    assert (key.transports, key.may_sync, key.backed_up, key.name) == (
        ["hybrid", "internal"],
        False,
        False,
        "Телефон",
    )
    anna.refresh_from_db()
    assert anna.second_factor
    assert enter(device) == Asserted(anna.pk, key.pk, ["hwk", "user", "mfa"])
    key.refresh_from_db()
    assert (key.sign_count, key.used_at is not None) == (1, True)
    assert Notice.objects.filter(account=anna, kind="factor_added").exists()


def test_a_passkey_that_is_backed_up_is_a_key_in_software(anna):
    device = Authenticator(flags=UP | UV | BE, count=None)
    key = made(anna, device)
    assert (key.may_sync, key.backed_up) == (True, False)
    device.flags |= BS
    assert enter(device).amr == ["swk", "user", "mfa"]
    key.refresh_from_db()
    assert key.backed_up


def test_a_device_that_does_not_count_enters_again_and_again(anna):
    device = Authenticator(count=None)
    made(anna, device)
    assert [type(enter(device)) for _ in range(3)] == [Asserted] * 3


def test_the_options_ask_for_a_discoverable_key_that_verifies_its_user(anna, device):
    asked = passkeys.begin_registration(anna.pk, HERS, name="a", display_name="b")["publicKey"]
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (asked["rp"]["id"], asked["attestation"]) == ("localhost", "none")
    assert len(asked["excludeCredentials"]) == 1
    free = passkeys.begin_assertion(HERS)["publicKey"]
    assert (free["allowCredentials"], free["userVerification"]) == ([], "required")
    assert len(passkeys.begin_assertion(HERS, anna.pk)["publicKey"]["allowCredentials"]) == 1


def test_a_second_step_takes_the_passkey_of_the_awaited_person_only(anna, device):
    boris = known("boris")
    assert enter(device, sub=anna.pk).sub == anna.pk
    assert enter(device, sub=boris.pk) == Refused("passkey_unknown")
    begun = passkeys.begin_assertion(HERS, anna.pk)
    assert passkeys.finish_assertion(HERS, device.get(begun)) == Refused("challenge_unknown")


def test_a_challenge_to_enter_does_not_serve_to_add_a_passkey(anna, device):
    begun = passkeys.begin_assertion(HERS, anna.pk)
    answer = device.get(begun)
    assert passkeys.finish_registration(anna.pk, HERS, answer, name="x") == Refused("challenge_unknown")
    assert passkeys.finish_assertion(HERS, answer, anna.pk).sub == anna.pk, "and is not used up by that"


def test_an_answer_counts_once(anna, device):
    answer = device.get(passkeys.begin_assertion(HERS))
    assert passkeys.finish_assertion(HERS, answer).sub == anna.pk
    assert passkeys.finish_assertion(HERS, answer) == Refused("challenge_used")


def test_a_wrong_answer_uses_the_challenge_up(device):
    begun = passkeys.begin_assertion(HERS)
    assert passkeys.finish_assertion(HERS, device.get(begun, signature="AAAA")) == Refused("signature_bad")
    assert passkeys.finish_assertion(HERS, device.get(begun)) == Refused("challenge_used")


def test_an_answer_of_another_browser_is_not_taken(device):
    answer = device.get(passkeys.begin_assertion(HERS))
    assert passkeys.finish_assertion(THIEFS, answer) == Refused("challenge_unknown")


def test_after_five_minutes_the_challenge_is_over(device):
    begun = passkeys.begin_assertion(HERS)
    Ceremony.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert passkeys.finish_assertion(HERS, device.get(begun)) == Refused("challenge_expired")


def test_the_challenge_of_one_ceremony_does_not_serve_another(device):
    first, second = passkeys.begin_assertion(HERS), passkeys.begin_assertion(HERS)
    answer = device.get(first) | {"ceremony": second["ceremony"]}
    assert passkeys.finish_assertion(HERS, answer) == Refused("signature_bad")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"origin": "http://localhost:8001"}, "origin_mismatch"),
        ({"origin": "https://dopusk.example"}, "origin_mismatch"),
        ({"rp": "dopusk.example"}, "origin_mismatch"),
        ({"cross_origin": True}, "origin_mismatch"),
        ({"flags": UP}, "not_verified"),
        ({"flags": UV}, "not_verified"),
        ({"handle": b"\0" * 16}, "passkey_unknown"),
        ({"handle": b""}, "passkey_unknown"),
        ({"credential_id": b"stranger"}, "passkey_unknown"),
        ({"key": Authenticator().key}, "signature_bad"),
        ({"flags": UP | UV | BS}, "signature_bad"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_refusal_has_its_code(device, changes, code):
    for name, value in changes.items():
        setattr(device, name, value)
    assert enter(device) == Refused(code)


def test_a_counter_that_went_back_may_be_a_copy(anna, device):
    assert isinstance(enter(device), Asserted)
    device.count = 0
    assert enter(device) == Refused("counter_regressed")
    assert Entry.objects.about(str(anna.pk)).filter(act="passkey.counter_regressed").count() == 1


def test_a_forger_cannot_claim_a_copy(anna, device):
    assert isinstance(enter(device), Asserted)
    device.count, device.key = 0, Authenticator().key
    assert enter(device) == Refused("signature_bad")
    assert not Entry.objects.about(str(anna.pk)).filter(act="passkey.counter_regressed").exists()


def test_a_closed_account_is_not_entered(anna, device):
    anna.closed_at = timezone.now()
    anna.save()
    assert enter(device) == Refused("passkey_unknown")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"origin": "http://127.0.0.1:8000"}, "origin_mismatch"),
        ({"cross_origin": True}, "origin_mismatch"),
        ({"flags": UP}, "not_verified"),
        ({"rp": "dopusk.example"}, "signature_bad"),
        ({"flags": UV}, "signature_bad"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_registration_is_refused_by_its_code(anna, changes, code):
    assert made(anna, Authenticator(**changes)) == Refused(code)
    anna.refresh_from_db()
    assert not anna.second_factor


def test_a_passkey_belongs_to_one_person(anna, device):
    assert made(known("boris"), device) == Refused("passkey_exists")


def test_twenty_passkeys_are_enough(anna, monkeypatch):
    monkeypatch.setattr(passkeys.rules, "MOST_PASSKEYS", 2)
    assert isinstance(made(anna), Passkey)
    assert isinstance(made(anna), Passkey)
    assert passkeys.begin_registration(anna.pk, HERS, name="a", display_name="b") == Refused("passkey_limit")


def test_a_registration_is_bound_to_the_session_and_person_that_began_it(anna):
    device = Authenticator()
    begun = passkeys.begin_registration(anna.pk, HERS, name="a", display_name="b")
    answer = device.create(begun)
    assert passkeys.finish_registration(anna.pk, THIEFS, answer, name="x") == Refused("challenge_unknown")
    assert passkeys.finish_registration(known("boris").pk, HERS, answer, name="x") == Refused(
        "challenge_unknown"
    )
    assert passkeys.finish_assertion(HERS, answer) == Refused("challenge_unknown")
    assert isinstance(passkeys.finish_registration(anna.pk, HERS, answer, name="x"), Passkey)


def test_a_passkey_may_be_called_otherwise_by_its_owner_only(anna, device):
    key = Passkey.objects.get()
    assert passkeys.rename(anna.pk, key.pk, "Рабочий компьютер")
    assert not passkeys.rename(known("boris").pk, key.pk, "Мой")
    assert Passkey.objects.get().name == "Рабочий компьютер"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature", "x"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=ANYTHING)
def test_no_answer_however_odd_breaks_the_portal(device, junk):
    begun = passkeys.begin_assertion(HERS)
    answer = {"ceremony": begun["ceremony"], "credential": json.loads(json.dumps(junk))}
    assert isinstance(passkeys.finish_assertion(HERS, answer), Refused)
    begun = passkeys.begin_registration(known("anna").pk, HERS, name="a", display_name="b")
    answer["ceremony"] = begun["ceremony"]
    assert isinstance(passkeys.finish_registration(known("anna").pk, HERS, answer, name="x"), Refused)


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]),
    place=st.integers(0, 10_000),
    bits=st.integers(1, 255),
)
def test_one_spoiled_byte_of_a_true_answer_lets_nobody_in(device, name, place, bits):
    answer = device.get(passkeys.begin_assertion(HERS))
    spoiled = bytearray(base64url_to_bytes(answer["credential"]["response"][name]))
    spoiled[place % len(spoiled)] ^= bits
    answer["credential"]["response"][name] = bytes_to_base64url(bytes(spoiled))
    assert isinstance(passkeys.finish_assertion(HERS, answer), Refused)


@pytest.mark.django_db(transaction=True)
def test_of_four_with_the_same_answer_at_once_one_enters():
    anna, device = known("anna"), Authenticator()
    made(anna, device)
    answer = device.get(passkeys.begin_assertion(HERS))
    answers, gate = [], threading.Barrier(4)

    def run():
        try:
            gate.wait(10)
            answers.append(passkeys.finish_assertion(HERS, answer))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert sum(isinstance(one, Asserted) for one in answers) == 1
    assert actions.methods(anna.pk).passkeys == 1
