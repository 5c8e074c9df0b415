"""Codes of apps as RFC 6238 has them, recovery codes as people type them, when a second step is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.factors import rules
from dopusk.portal.factors.rules import Ask, Kind, Methods

RFC = b"12345678901234567890"
MOMENT = 1_800_000_000.0


# RFC 6238, appendix B, the SHA-1 column; ours are the last six of its eight digits
@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(moment, code):
    assert rules.code_at(RFC, rules.step_at(moment)) == code[-6:]


@pytest.mark.parametrize("skew", [-1, 0, 1])
def test_a_clock_may_be_half_a_minute_off(skew):
    step = rules.step_at(MOMENT) + skew
    assert rules.step_of(RFC, rules.code_at(RFC, step), moment=MOMENT, last_step=0) == step


@pytest.mark.parametrize("skew", [-2, 2, 100])
def test_a_clock_further_off_is_refused(skew):
    code = rules.code_at(RFC, rules.step_at(MOMENT) + skew)
    assert rules.step_of(RFC, code, moment=MOMENT, last_step=0) is None


@pytest.mark.parametrize("used", [0, 1])
def test_a_used_code_and_those_before_it_are_over(used):
    now = rules.step_at(MOMENT)
    code = rules.code_at(RFC, now)
    assert rules.step_of(RFC, code, moment=MOMENT, last_step=now + used) is None


@given(st.binary(min_size=20, max_size=20), st.integers(min_value=0, max_value=4_000_000_000))
def test_the_code_of_the_moment_fits_however_it_is_spaced(secret, moment):
    step = rules.step_at(moment)
    code = rules.code_at(secret, step)
    assert rules.step_of(secret, f" {code[:3]} {code[3:]}", moment=moment, last_step=step - 1) in {
        step,
        step + 1,
    }


@given(st.text(max_size=40))
def test_whatever_is_typed_for_a_code_is_six_digits_or_nothing(text):
    code = rules.digits(text)
    assert code == "" or (len(code) == 6 and code.isdecimal() and code.isascii())
    assert rules.step_of(RFC, text, moment=MOMENT, last_step=0) in {
        None,
        *range(rules.step_at(MOMENT) - 1, rules.step_at(MOMENT) + 2),
    }


def test_the_address_for_the_app_says_what_apps_expect():
    address = rules.address(RFC, name="anna@example.org", issuer="Допуск")
    assert address.startswith("otpauth://totp/")
    for part in ("digits=6", "period=30", "algorithm=SHA1", "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"):
        assert part in address
    assert rules.written(RFC) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"


def test_ten_recovery_codes_of_which_each_is_found_by_its_head():
    codes = rules.new_recovery_codes()
    assert len({code[: rules.HEAD] for code in codes}) == 10
    assert all(len(rules.recovery_code(code)) == 15 for code in codes)
    assert 5 * rules.TAIL >= 64  # bits that prove it


@pytest.mark.parametrize(
    "typed",
    ["ab0de-fgh1j-kmnp5", "  АВ0DE FGHIJ КМNР5 ", "ABODE—FGHLJ—KMNP5", "abode.fghij.kmnp5"],
    ids=["small letters", "russian keyboard", "letters for digits", "dots"],
)
def test_a_recovery_code_is_understood_as_people_type_it(typed):
    assert rules.recovery_code(typed) == "AB0DEFGH1JKMNP5"


@given(st.text(max_size=60))
def test_no_recovery_code_typed_breaks_anything(text):
    code = rules.recovery_code(text)
    assert code == "" or set(code) <= set(rules.ALPHABET)
    assert code == "" or rules.recovery_code(code) == code


APP, KEY, SMS = Methods(totp=True, sms=True), Methods(passkeys=1), Methods(sms=True)


@pytest.mark.parametrize(
    ("have", "required", "operator", "ask", "known", "expected"),
    [
        (APP, True, False, Ask.ALWAYS, True, True),
        (APP, True, False, Ask.NEW_DEVICES, True, False),
        (APP, True, False, Ask.NEW_DEVICES, False, True),
        (APP, False, False, Ask.ALWAYS, False, False),
        (SMS, True, False, Ask.ALWAYS, False, True),
        (Methods(), True, False, Ask.ALWAYS, False, False),
        (KEY, True, True, Ask.NEW_DEVICES, True, True),
        (Methods(), True, True, Ask.ALWAYS, False, False),
    ],
)
def test_when_the_second_step_is_asked(have, required, operator, ask, known, expected):
    asked = rules.asked(have, required=required, operator=operator, ask=ask, known_device=known)
    assert asked is expected


@pytest.mark.parametrize(
    ("have", "kind", "operator", "code"),
    [
        (Methods(totp=True), Kind.TOTP, True, "operator_last_factor"),
        (Methods(passkeys=1), Kind.PASSKEY, True, "operator_last_factor"),
        (Methods(totp=True, passkeys=1), Kind.TOTP, True, None),
        (Methods(passkeys=2), Kind.PASSKEY, True, None),
        (Methods(totp=True), Kind.TOTP, False, None),
        (Methods(totp=True, sms=True), Kind.SMS, True, None),
        (Methods(sms=True), Kind.SMS, True, "operator_last_factor"),
    ],
)
def test_an_operator_keeps_one_strong_factor(have, kind, operator, code):
    assert rules.fault_of_removal(have, kind, operator=operator) == code
