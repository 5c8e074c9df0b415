"""What support may do with an account, as a table; temporary passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.support.rules import Act, Reason, Stands, Why, fault, temporary_password
from dopusk.portal.support.words import ACTS, LOCKS, MUST_CHANGE, REASONS, REFUSED, WHYS, cause, purpose

LOCKED = Stands(
    own=False, operators=False, closed=False, locked_by="operator", counted=True, must_change="", sessions=1
)


def stands(**changes):
    return Stands(**{**vars(LOCKED), **changes})


TABLE = [
    (Act.UNLOCK, {}, False, None),
    (Act.UNLOCK, {"locked_by": ""}, False, None),
    (Act.UNLOCK, {"counted": False}, False, None),
    (Act.UNLOCK, {"locked_by": "", "counted": False}, False, "nothing_locked"),
    (Act.UNLOCK, {"locked_by": "owner"}, False, "owner_locked"),
    (Act.UNLOCK, {"locked_by": "recovery"}, True, "owner_locked"),
    (Act.UNLOCK, {"own": True}, False, "own_account"),
    (Act.UNLOCK, {"own": True, "operators": True}, True, "own_account"),
    (Act.UNLOCK, {"operators": True}, False, "operators_account"),
    (Act.UNLOCK, {"operators": True}, True, None),
    (Act.UNLOCK, {"closed": True}, True, "account_closed"),
    (Act.LOCK, {"locked_by": ""}, False, None),
    (Act.LOCK, {}, False, "already_locked"),
    (Act.ORDER_PASSWORD, {}, False, None),
    (Act.ORDER_PASSWORD, {"must_change": "listed"}, False, None),
    (Act.ORDER_PASSWORD, {"must_change": "ordered"}, False, "already_ordered"),
    (Act.ORDER_PASSWORD, {"must_change": "operator_made"}, False, "already_ordered"),
    (Act.END_SESSIONS, {}, False, None),
    (Act.END_SESSIONS, {"sessions": 0}, False, "no_sessions"),
    (Act.TAKE_FACTORS, {"second": True}, True, "recovery_does"),
    (Act.TAKE_FACTORS, {"second": True, "operators": True}, False, "operators_account"),
    (Act.TAKE_FACTORS, {"operators": True}, True, "no_factor"),
    (Act.TAKE_FACTORS, {"second": True, "operators": True}, True, None),
    (Act.SEND_PASSWORD, {}, False, "not_operator_made"),
    (Act.SEND_PASSWORD, {"must_change": "operator_made"}, False, None),
]


@pytest.mark.parametrize(("act", "changes", "administrator", "code"), TABLE)
def test_what_may_be_done(act, changes, administrator, code):
    assert fault(act, stands(**changes), administrator=administrator) == code
    assert code is None or REFUSED[code]


@given(
    st.sampled_from(Act),
    st.builds(
        Stands,
        own=st.booleans(),
        operators=st.booleans(),
        closed=st.booleans(),
        locked_by=st.sampled_from(["", *LOCKS]),
        counted=st.booleans(),
        must_change=st.sampled_from(["", *MUST_CHANGE]),
        sessions=st.integers(0, 3),
        second=st.booleans(),
    ),
    st.booleans(),
)
def test_nothing_is_ever_done_with_ones_own_account_or_with_a_colleague_of_hers(act, account, administrator):
    code = fault(act, account, administrator=administrator)
    assert code is None or code in REFUSED
    if account.own or account.closed or (account.operators and not administrator):
        assert code


def test_everything_has_its_words():
    assert set(ACTS) == set(Act)
    assert set(REASONS) == set(Reason)
    assert set(WHYS) == set(Why)


def test_temporary_passwords_are_long_and_never_the_same():
    made = {temporary_password() for _ in range(200)}
    assert len(made) == 200
    assert {len(one) for one in made} == {19}
    assert not set("01oil") & set("".join(made))


@pytest.mark.parametrize(
    ("code", "said"), [("smtp_550", True), ("http_ConnectError", True), ("resting", True), ("odd", False)]
)
def test_causes_of_failure_in_words(code, said):
    assert bool(cause(code)) is said


@pytest.mark.parametrize("code", ["signin.second", "notices.unlocked", "support.password"])
def test_purposes_in_words(code):
    assert purpose(code) != code


def test_a_purpose_nobody_knows_stays_a_code():
    assert purpose("notices.odd") == "notices.odd"
    assert purpose("odd") == "odd"
