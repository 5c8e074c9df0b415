"""What a certificate is worth on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.cabinet.verification.rules import Status, judge

DAYS = st.dates(date(2000, 1, 1), date(2999, 12, 31))
STATES = st.sampled_from(["active", "suspended", "revoked"])


@pytest.mark.parametrize(
    ("state", "valid_until", "status"),
    [
        ("active", "2026-11-22", Status.IN_FORCE),
        ("active", "2026-11-21", Status.EXPIRED),
        ("suspended", "2026-11-22", Status.SUSPENDED),
        ("suspended", "2026-11-21", Status.EXPIRED),
        ("revoked", "2026-11-22", Status.REVOKED),
        ("revoked", "2026-11-21", Status.REVOKED),
    ],
)
def test_state_and_last_day_together_make_the_status(state: str, valid_until: str, status: Status) -> None:
    assert judge(state, valid_until, "2026-11-22") == status


@given(STATES, DAYS, DAYS)
def test_only_an_active_one_within_its_term_is_in_force(state: str, last: date, today: date) -> None:
    in_force = judge(state, last.isoformat(), today.isoformat()) == Status.IN_FORCE
    assert in_force == (state == "active" and today <= last)


@given(STATES, DAYS, st.integers(0, 3000))
def test_what_is_expired_or_revoked_never_comes_into_force_again(state: str, last: date, later: int) -> None:
    over = {Status.EXPIRED, Status.REVOKED}
    after = last + timedelta(days=1)
    if after.year < 2990:
        assert judge(state, last.isoformat(), (after + timedelta(days=later)).isoformat()) in over
