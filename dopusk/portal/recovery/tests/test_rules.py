"""What gives access back, by level and by what there is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.recovery import rules
from dopusk.portal.recovery.rules import Evidence, Held

NOW = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
P, E, S, F, D = Evidence.PHONE, Evidence.EMAIL, Evidence.SNILS, Evidence.FACTOR, Evidence.DATA


def ways(level: str, have: str, *, lost_factor: bool = False) -> set[str]:
    letters = {"P": P, "E": E, "S": S, "F": F, "D": D}
    found = rules.ways(Held(level, frozenset(letters[one] for one in have)), lost_factor=lost_factor)
    return {"".join(sorted(letter for letter, one in letters.items() if one in way)) for way in found}


@pytest.mark.parametrize(
    ("level", "have", "expected"),
    [
        # simplified: one confirmed contact
        ("simplified", "P", {"P"}),
        ("simplified", "E", {"E"}),
        ("simplified", "PE", {"P", "E"}),
        ("simplified", "", set()),
        # standard: both contacts, or one and СНИЛС
        ("standard", "PES", {"EP", "PS", "ES"}),
        ("standard", "PS", {"PS"}),
        ("standard", "P", set()),
        # confirmed: both contacts, or one and the second factor, or one and the data of proofing
        ("confirmed", "PESD", {"EP", "DP", "DE"}),
        ("confirmed", "PESFD", {"EP", "FP", "EF", "DP", "DE"}),
        ("confirmed", "PSD", {"DP"}),
        ("confirmed", "PS", set()),
        ("confirmed", "PSF", {"FP"}),
        ("confirmed", "SFD", set()),
    ],
)
def test_access_comes_back_at_the_assurance_the_account_had(level, have, expected):
    assert ways(level, have) == expected


@pytest.mark.parametrize(
    ("level", "have", "expected"),
    [
        ("simplified", "PEF", {"EP"}),
        ("simplified", "PF", set()),
        ("standard", "PESFD", {"DP", "DE"}),
        ("confirmed", "PESFD", {"DP", "DE"}),
        ("confirmed", "PSFD", {"DP"}),
        ("confirmed", "PEF", {"EP"}),
        ("confirmed", "SFD", set()),
    ],
)
def test_a_lost_second_factor_costs_the_documents_or_both_contacts(level, have, expected):
    assert ways(level, have, lost_factor=True) == expected


@given(
    st.sampled_from(["standard", "confirmed"]),
    st.frozensets(st.sampled_from(Evidence)),
    st.frozensets(st.sampled_from(Evidence)),
    st.booleans(),
)
def test_no_proven_account_is_given_for_one_thing_or_for_what_it_does_not_have(level, have, shown, lost):
    possible = rules.ways(Held(level, have), lost_factor=lost)
    if rules.enough(possible, shown):
        assert len(shown & have) >= 2
        assert shown & set(rules.CONTACTS)
    for step in rules.next_steps(possible, shown):
        assert step in have
        assert step not in shown


def test_what_is_asked_next_leads_on_from_what_was_shown():
    possible = rules.ways(Held("confirmed", frozenset({P, E, S, F, D})))
    assert set(rules.next_steps(possible, frozenset({P}))) == {E, F, D}
    assert rules.next_steps(possible, frozenset({P, E}))[0] in {F, D}
    assert rules.enough(possible, frozenset({P, E}))


@pytest.mark.parametrize(
    ("level", "factor_stays", "hours", "expected"),
    [
        ("confirmed", False, 72, NOW + timedelta(hours=72)),
        ("confirmed", True, 72, None),
        ("confirmed", False, 0, None),
        ("standard", False, 72, None),
        ("simplified", False, 72, None),
    ],
)
def test_who_cools_off(level, factor_stays, hours, expected):
    assert rules.cooling(level, factor_stays=factor_stays, hours=hours, now=NOW) == expected


def test_five_tries_in_six_hours_and_the_next_when_the_first_is_forgotten():
    times = [NOW - timedelta(hours=5 - n) for n in range(5)]
    assert rules.held_until(times, 5, rules.DATA_WINDOW, NOW) == times[0] + timedelta(hours=6)
    assert rules.held_until(times[1:], 5, rules.DATA_WINDOW, NOW) is None
    assert rules.held_until([NOW - timedelta(hours=7), *times[1:]], 5, rules.DATA_WINDOW, NOW) is None
