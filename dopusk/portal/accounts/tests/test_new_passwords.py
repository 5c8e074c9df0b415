"""What may become a password, and what guessers would try first."""

from datetime import timedelta

import pytest
from django import forms
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import sandbox
from dopusk.portal.accounts import guessable, passwords
from dopusk.portal.accounts.fields import NewPasswordForm, first_code
from dopusk.portal.tests.browser import known

ANNA = ("Орлова", "Анна", "Сергеевна", "14031987", "00000060003", "+79000000003", "anna.orlova@example.org")


@pytest.mark.parametrize(
    ("password", "alone", "with_second"),
    [
        # length, counted as people see it
        ("сосны-49-чай", "password_short", None),
        ("сосны-49-ча", "password_short", "password_short"),
        ("скворец у дороги", None, None),
        ("correct horse battery staple", None, None),
        ("Uchebnyy-stend-2026", None, None),  # everyone's in the sandbox; refused elsewhere by its own name
        ("ж1-" * 43, "password_long", "password_long"),
        # the list and what is hung on it
        ("qwerty-dragon-2026", "password_listed", "password_listed"),
        ("PASSWORD-2026!!", "password_listed", "password_listed"),
        ("P@ssw0rd!!!2026", "password_listed", "password_listed"),
        ("!!!!Dragon!!!!1987", "password_listed", "password_listed"),
        ("dragon-dragon-2026", "password_listed", "password_listed"),
        ("masterdragon2026", "password_listed", "password_listed"),
        # the same keys in the other layout
        ("зфыыцщкв123456789", "password_listed", "password_listed"),
        ("Gfhjkmgfhjkm2026", "password_listed", "password_listed"),
        ("парольпароль-2026", "password_listed", "password_listed"),
        # repetitions and walks
        ("aaaaaaaaaaaaaaaaaa", "password_repeats", "password_repeats"),
        ("qwerty1234567890", "password_repeats", "password_repeats"),
        ("dragondragondragon", "password_repeats", "password_repeats"),
        ("ыж1ыж1ыж1ыж1ыж1ыж1", "password_repeats", "password_repeats"),
        ("абвгдеёжзийклмноп", "password_repeats", "password_repeats"),
        ("98765432109876543", "password_repeats", "password_repeats"),
        ("йцукенгшщзхъфывапролдж", "password_repeats", "password_repeats"),
        # what is known of her
        ("Орлова-14031987-А", "password_personal", "password_personal"),
        ("OrlovaAnna140387!", "password_personal", "password_personal"),
        ("jhkjdf-fyyf-2026!", "password_personal", "password_personal"),  # «орлова-анна», layout forgotten
        ("+7 900 000-00-03 анна", "password_personal", "password_personal"),
        ("000-000-600 03 снилс", "password_personal", "password_personal"),
        ("anna.orlova@example.org", "password_personal", "password_personal"),
        ("Портал-Допуск-2026", "password_personal", "password_personal"),
        ("Анна кормит скворцов", None, None),  # her name and much more
    ],
)  # fmt: skip
def test_a_new_password_is_judged(password, alone, with_second):
    assert passwords.fault(password, second_factor=False, context=ANNA) == alone
    assert passwords.fault(password, second_factor=True, context=ANNA) == with_second


def test_length_is_counted_after_normalising_and_the_same_when_made_and_when_compared():
    longest = "й" * 128  # composed
    apart = "и\u0306" * 128  # the same, 256 code points
    kept = passwords.make(apart)
    assert passwords.fits(longest, kept)
    assert passwords.fault("ж" * 129, second_factor=True, context=()) == "password_long"
    with pytest.raises(passwords.TooLong):
        passwords.make("ж" * 129)
    assert not passwords.fits(longest + "й", kept)


def test_what_is_too_long_is_never_hashed(monkeypatch):
    def hashed(*given):
        raise AssertionError

    monkeypatch.setattr(passwords, "_hasher", hashed)
    assert not passwords.fits("x" * 129, None)
    assert not passwords.fits("\ufdfa" * 10, "$argon2id$kept")  # 18 characters each when normalised


@given(st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5))
def test_no_text_breaks_the_judgement(password, context):
    assert passwords.fault(password, second_factor=True, context=context) in {
        None, "password_short", "password_long", "password_listed", "password_repeats", "password_personal"
    }  # fmt: skip


WORDS = sorted(word for word in passwords._common() if word.isascii() and word.isalpha())


@given(st.sampled_from(WORDS), st.from_regex(r"[0-9!]{0,6}", fullmatch=True))
def test_every_listed_word_is_found_with_a_tail_and_in_the_other_layout(word, tail):
    assert passwords.listed(word.title() + tail)
    assert passwords.listed(word.translate(guessable._AS_RUSSIAN))


@given(st.text("abcdefghijkmnpqrtuvwxyz23456789", min_size=16, max_size=40))
def test_random_passwords_pass_but_for_repetitions(password):
    if guessable.listed(password, passwords._common()):
        return
    expected = "password_repeats" if guessable.repeats(password) else None
    assert passwords.fault(password, second_factor=False, context=()) == expected


@pytest.mark.django_db
def test_what_is_known_of_anna_is_her_name_birth_contacts_and_numbers():
    about = passwords.known_about(known("anna"))
    anna = sandbox.person("anna")
    assert {anna.last_name, anna.snils, anna.phone, anna.email, f"{anna.birth_date:%d%m%Y}"} <= set(about)


def test_a_hash_of_another_cost_is_outdated(settings):
    cheap = passwords.make("a password")
    assert not passwords.outdated(cheap)
    settings.TEST_COST_PASSWORDS = False
    passwords._hasher.cache_clear()
    assert passwords.outdated(cheap)


def test_passwords_do_not_age_unless_the_deployment_says_so(settings):
    now = timezone.now()
    assert not passwords.aged(now - timedelta(days=4000), now)
    settings.PASSWORD_MAX_AGE_DAYS = 90
    assert passwords.aged(now - timedelta(days=91), now)
    assert not passwords.aged(now - timedelta(days=89), now)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        (" скворец у дороги ", ""),
        ("сосны-49-чай", "password_short"),
        ("ж1-" * 43, "password_long"),
        ("парольпароль2026", "password_listed"),
        ("aaaaaaaaaaaaaaaaaa", "password_repeats"),
        ("Орлова-14031987-А", "password_personal"),
    ],
)
def test_the_form_says_each_fault_by_its_code_and_keeps_spaces(typed, code):
    form = NewPasswordForm({"new_password": typed}, context=ANNA)
    assert first_code(form) == code
    assert code or form.cleaned_data["new_password"] == typed


def test_the_field_is_for_managers_of_passwords_and_for_pasting():
    shown = str(NewPasswordForm(second_factor=True)["new_password"])
    assert 'autocomplete="new-password"' in shown
    assert "minlength: 12" in shown
    assert "maxlength=" not in shown
    assert isinstance(NewPasswordForm().fields["new_password"].widget, forms.PasswordInput)
