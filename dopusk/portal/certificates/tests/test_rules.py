"""Who is let in by a signature, whose certificate may be added, how a certificate stands."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.certificates import rules
from dopusk.portal.certificates.rules import Accepted, Kept, Knock, Named, Offer, Standing
from dopusk.trust.validation import CODES

CONFIRMED = "confirmed"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("knock", "code"),
    [
        (Knock("good", CONFIRMED, Kept.ADDED), ""),
        (Knock("good", CONFIRMED, Kept.ABSENT), "certificate_required"),
        (Knock("good", CONFIRMED, Kept.ABSENT, accepted=Accepted.ANY), ""),
        (Knock("good", CONFIRMED, Kept.ADDED, locked=True), "account_locked"),
        (Knock("good", CONFIRMED, Kept.ABSENT, locked=True), "account_locked"),
        (Knock("good", CONFIRMED, Kept.BLOCKED), "certificate_blocked"),
        (Knock("good", CONFIRMED, Kept.BLOCKED, accepted=Accepted.ANY), "certificate_blocked"),
        (Knock("good", CONFIRMED, Kept.BLOCKED_FOR_EVER, accepted=Accepted.ANY), "certificate_blocked"),
        (Knock("good", CONFIRMED, Kept.BLOCKED, locked=True), "certificate_blocked"),
        (Knock("good", "standard", Kept.ABSENT, accepted=Accepted.ANY), "certificate_not_confirmed"),
        (Knock("good", "simplified", Kept.ADDED), "certificate_not_confirmed"),
        (Knock("good", ""), "certificate_unknown_person"),
        (Knock("root_unknown", CONFIRMED, Kept.ADDED), "root_unknown"),
        (Knock("revoked_before", CONFIRMED, Kept.BLOCKED), "revoked_before"),
        (Knock("revocation_unknown", CONFIRMED, Kept.ADDED, accepted=Accepted.ANY), "revocation_unknown"),
        (Knock("challenge_used", CONFIRMED, Kept.ADDED), "challenge_used"),
    ],
)
def test_a_signature_opens_a_session_or_says_why_not(knock, code):
    assert rules.may_sign_in(knock) == code


KNOCKS = st.builds(
    Knock,
    verdict=st.sampled_from([*CODES, "challenge_used", "other_session", "signature_absent"]),
    level=st.sampled_from(["", "simplified", "standard", CONFIRMED]),
    kept=st.sampled_from(Kept),
    locked=st.booleans(),
    accepted=st.sampled_from(Accepted),
)


@given(KNOCKS)
def test_nothing_is_told_of_accounts_before_the_signature_is_right(knock):
    if knock.verdict != "good":
        assert rules.may_sign_in(knock) == knock.verdict


@given(KNOCKS)
def test_whoever_is_let_in_is_confirmed_unlocked_and_has_not_blocked_the_key(knock):
    if not rules.may_sign_in(knock):
        assert (knock.verdict, knock.level, knock.locked) == ("good", CONFIRMED, False)
        assert knock.kept is Kept.ADDED or (knock.kept is Kept.ABSENT and knock.accepted is Accepted.ANY)


@given(KNOCKS)
def test_a_blocked_key_learns_nothing_but_that(knock):
    if knock.verdict == "good" and knock.level and knock.kept in {Kept.BLOCKED, Kept.BLOCKED_FOR_EVER}:
        assert rules.may_sign_in(knock) == "certificate_blocked"


SNILS, OTHER = "11223344595", "08765430300"


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        (Offer("good", CONFIRMED, SNILS, SNILS), ""),
        (Offer("good", CONFIRMED, SNILS, SNILS, Kept.BLOCKED), ""),
        (Offer("good", CONFIRMED, SNILS, SNILS, Kept.BLOCKED_FOR_EVER), "certificate_blocked_for_ever"),
        (Offer("good", CONFIRMED, SNILS, SNILS, Kept.ADDED), "certificate_added_already"),
        (Offer("good", CONFIRMED, OTHER, SNILS), "someone_elses"),
        (Offer("good", CONFIRMED, "", ""), "someone_elses"),
        (Offer("good", "standard", SNILS, SNILS), "certificate_not_confirmed"),
        (Offer("suspended", CONFIRMED, SNILS, SNILS), "suspended"),
        (Offer("revocation_unknown", CONFIRMED, SNILS, SNILS), "revocation_unknown"),
        (Offer("good", CONFIRMED, SNILS, SNILS, have=rules.MOST), "certificate_too_many"),
        (Offer("good", CONFIRMED, SNILS, SNILS, Kept.BLOCKED, have=rules.MOST), ""),
    ],
)
def test_a_certificate_is_added_by_its_snils(offer, code):
    assert rules.may_add(offer) == code


@pytest.mark.parametrize(
    ("reason", "kept"),
    [
        (None, Kept.ABSENT),
        ("", Kept.ADDED),
        ("lost", Kept.BLOCKED),
        ("not_needed", Kept.BLOCKED),
        ("stolen", Kept.BLOCKED_FOR_EVER),
        ("not_mine", Kept.BLOCKED_FOR_EVER),
    ],
)
def test_a_key_others_may_have_stays_blocked_for_ever(reason, kept):
    assert rules.kept(reason) is kept


def test_names_are_compared_as_people_read_them():
    hers = Named("Орлова", "Алёна", "Сергеевна")
    assert rules.differences(Named("ОРЛОВА", "Алена", "Сергеевна"), hers) == ()
    assert rules.differences(Named("Смирнова", "Алёна", ""), hers) == ("last_name", "patronymic")


@pytest.mark.parametrize(
    ("code", "blocked", "starts", "ends", "standing"),
    [
        ("good", False, -DAY, DAY, Standing.GOOD),
        ("good", True, -DAY, DAY, Standing.BLOCKED),
        ("good", False, -DAY, -timedelta(seconds=1), Standing.EXPIRED),
        ("good", False, DAY, 2 * DAY, Standing.NOT_YET),
        ("revoked_before", False, -DAY, -timedelta(seconds=1), Standing.REVOKED),
        ("revoked_unproved", False, -DAY, DAY, Standing.REVOKED),
        ("suspended", False, -DAY, DAY, Standing.SUSPENDED),
        ("revocation_unknown", False, -DAY, DAY, Standing.UNKNOWN),
        ("", False, -DAY, DAY, Standing.UNKNOWN),
        ("root_unknown", False, -DAY, DAY, Standing.UNTRUSTED),
        ("wrong_purpose", False, -DAY, DAY, Standing.UNTRUSTED),
    ],
)
def test_how_a_certificate_stands(code, blocked, starts, ends, standing):
    times = {"not_before": NOW + starts, "not_after": NOW + ends, "now": NOW}
    assert rules.standing(code, blocked=blocked, **times) is standing


@pytest.mark.parametrize(
    ("left", "days", "soon"),
    [
        (30 * DAY, 30, True),
        (31 * DAY, 31, False),
        (timedelta(hours=3), 0, True),
        (-timedelta(hours=3), -1, False),
    ],
)
def test_its_owner_is_told_a_month_before_its_end(left, days, soon):
    assert (rules.days_left(NOW + left, NOW), rules.ends_soon(NOW + left, NOW)) == (days, soon)
