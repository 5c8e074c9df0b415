"""Accounts: found by any usual spelling, unreadable at rest, known passwords in the sandbox only."""

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import sandbox
from dopusk.portal.accounts import actions, passwords
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.accounts.rules import Kind, Known, meanings
from dopusk.portal.clients.models import Client
from dopusk.portal.tests.browser import known

ANNA = sandbox.person("anna")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+7 (900) 000-00-03", [Known(Kind.PHONE, "+79000000003")]),
        ("8 900 000 00 03", [Known(Kind.PHONE, "+79000000003")]),
        ("9000000003", [Known(Kind.PHONE, "+79000000003")]),
        ("000-000-600 03", [Known(Kind.SNILS, "00000060003")]),
        (" 00000060003 ", [Known(Kind.SNILS, "00000060003")]),
        (ANNA.inn, [Known(Kind.INN, ANNA.inn)]),
        ("Anna@EXAMPLE.org", [Known(Kind.EMAIL, "anna@example.org")]),
        ("", []),
        ("анна", []),
        ("123", []),
    ],
)
def test_an_identifier_is_understood_in_any_usual_spelling(typed, expected):
    assert meanings(typed) == expected


def test_eleven_digits_may_be_a_telephone_or_a_snils_and_the_telephone_goes_first():
    both = next(number for number in (f"79{n:09d}" for n in range(5000)) if len(meanings(number)) == 2)
    assert [one.kind for one in meanings(both)] == [Kind.PHONE, Kind.SNILS]


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_identifiers(text):
    assert len(meanings(text)) <= 2


@pytest.mark.django_db
def test_identifiers_and_documents_rest_unreadable():
    known("anna")
    account = Account.objects.get()
    rest = bytes(account.sealed) + b"".join(bytes(one.index) for one in Identifier.objects.all())
    for secret in (ANNA.snils, ANNA.inn, ANNA.phone, ANNA.email, ANNA.passport.number):
        assert secret.encode() not in rest
    assert account.opened()["snils"] == ANNA.snils


@pytest.mark.django_db
def test_one_identifier_belongs_to_one_account():
    known("anna")
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.open_account(actions.known_identity(ANNA), "another long password")
    assert Account.objects.count() == 1


@pytest.mark.django_db
def test_a_sealed_part_does_not_open_in_another_row():
    from dopusk.trust.sealing import SealBroken

    anna, boris = known("anna"), known("boris")
    boris.sealed = anna.sealed
    with pytest.raises(SealBroken):
        boris.opened()


# known passwords


@pytest.mark.django_db
def test_the_seed_makes_everyone_once_and_registers_the_cabinet(capsys):
    call_command("seed")
    first = set(Account.objects.values_list("sub", flat=True))
    call_command("seed")
    assert set(Account.objects.values_list("sub", flat=True)) == first
    assert len(first) == len(sandbox.PEOPLE)
    assert Account.objects.get(last_name="Белова").level == "standard"
    assert Client.objects.get().client_id == "dopusk-cabinet"
    assert "0 people are new" in capsys.readouterr().out


@pytest.mark.django_db
def test_outside_the_sandbox_the_seed_makes_no_people(settings):
    settings.SANDBOX = False
    call_command("seed")
    assert (Account.objects.count(), Client.objects.count()) == (0, 1)
    with pytest.raises(actions.OnlyInSandbox):
        actions.seed_known_people()
    with pytest.raises(actions.OnlyInSandbox):
        actions.open_account(actions.known_identity(ANNA), sandbox.PASSWORD)


@pytest.mark.django_db
def test_outside_the_sandbox_a_database_with_known_people_does_not_start(settings):
    known("anna")
    assert run_checks(databases=["default"]) == []
    settings.SANDBOX = False
    assert [fault.id for fault in run_checks(databases=["default"])] == ["dopusk.E101"]
    with pytest.raises(CommandError):
        call_command("check", databases=["default"])


@pytest.mark.parametrize("sandbox_mode", ["0", "1"])
def test_cheap_hashes_exist_in_the_sandbox_only(sandbox_mode, monkeypatch):
    import subprocess
    import sys

    monkeypatch.setenv("DOPUSK_SANDBOX", sandbox_mode)
    monkeypatch.setenv("DOPUSK_TEST_COST_PASSWORDS", "1")
    done = subprocess.run(
        [sys.executable, "-c", "import dopusk.portal.settings"], check=False, capture_output=True
    )
    assert (done.returncode == 0) is (sandbox_mode == "1")
    assert (b"Misconfigured" in done.stderr) is (sandbox_mode == "0")


# password hashes


def test_the_real_hash_is_argon2id_at_owasp_cost(settings):
    settings.TEST_COST_PASSWORDS = False
    passwords._hasher.cache_clear()
    assert passwords.make("a password").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_password_fits_itself_in_any_unicode_form_and_nothing_else():
    kept = passwords.make("пароль й ﬁ")
    assert passwords.fits("пароль й fi", kept)
    assert not passwords.fits("пароль и fi", kept)
    assert not passwords.fits("", kept)
    assert not passwords.fits("x" * 10_000, kept)


def test_for_nobody_no_password_fits_and_a_hash_is_compared_all_the_same(monkeypatch):
    compared = []
    real = passwords._hasher()

    class Counting:
        def verify(self, reference, password):
            compared.append(reference)
            return real.verify(reference, password)

        def hash(self, password):
            return real.hash(password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    assert not passwords.fits("anything", None)
    assert len(compared) == 1


def test_who_would_wait_too_long_is_told_so(monkeypatch):
    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    monkeypatch.setattr(passwords, "_turns", __import__("threading").BoundedSemaphore(1))
    with passwords._turns, pytest.raises(passwords.Busy):
        passwords.fits("anything", None)
    assert passwords.fits("anything", passwords.make("anything"))
