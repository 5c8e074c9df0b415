"""Caps, locks and words, without a database."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.portal.codes import rules, words
from dopusk.portal.codes.rules import Cap, Count, Held, Limits, Per

NOW = datetime(2026, 12, 14, 10, 0, tzinfo=UTC)
LIMITS = rules.limits_on(date(2026, 12, 14))
MINUTE = timedelta(minutes=1)


def ago(*minutes):
    return tuple(NOW - MINUTE * each for each in sorted(minutes, reverse=True))


@pytest.mark.parametrize(
    ("counts", "held"),
    [
        ({}, None),
        ({Per.PLACE: Count(ago(0.5))}, Held(NOW + MINUTE / 2, "too_soon")),
        ({Per.PLACE: Count(ago(1))}, None),
        ({Per.NUMBER: Count(ago(1, 2, 3, 4))}, None),
        ({Per.NUMBER: Count(ago(1, 2, 3, 4, 59))}, Held(NOW + MINUTE, "number_cap")),
        ({Per.NUMBER: Count(ago(1, 2, 3, 4, 60))}, None),
        ({Per.NUMBER: Count(ago(*range(100, 110)))}, Held(NOW + timedelta(days=1) - 109 * MINUTE, "number_cap")),
        ({Per.ACCOUNT: Count(ago(*range(1, 11)))}, Held(NOW + 50 * MINUTE, "account_cap")),
        ({Per.PLACE: Count(locked_until=NOW)}, None),
        ({Per.PLACE: Count(locked_until=NOW + MINUTE)}, Held(NOW + MINUTE, "wrong_codes")),
        (
            {Per.PLACE: Count(ago(0.5), locked_until=NOW + 9 * MINUTE), Per.NUMBER: Count(ago(1, 2, 3, 4, 59))},
            Held(NOW + 9 * MINUTE, "wrong_codes"),
        ),
    ],
)  # fmt: skip
def test_when_another_code_may_go(counts, held):
    assert rules.may_send(counts, LIMITS, NOW) == held


@given(gaps=st.lists(st.integers(0, 4000), max_size=60))
def test_no_run_of_askings_ever_goes_past_a_cap(gaps):
    """Whatever the pauses (seconds): within any window no more went than its cap allows, and a wait that was told
    is enough."""
    limits = Limits(
        date(2026, 1, 1),
        caps=(Cap(Per.NUMBER, 3, timedelta(hours=1)), Cap(Per.NUMBER, 5, timedelta(hours=6))),
    )
    count, now = Count(), NOW
    went: list[datetime] = []
    for gap in gaps:
        now += timedelta(seconds=gap)
        held = rules.may_send({Per.PLACE: count, Per.NUMBER: count}, limits, now)
        if held:
            assert held.until > now
            count_then = rules.may_send({Per.PLACE: count, Per.NUMBER: count}, limits, held.until)
            assert count_then is None
        else:
            count = rules.after_sending(count, limits, now)
            went.append(now)
    for cap in limits.caps:
        for start in went:
            assert sum(start <= at < start + cap.within for at in went) <= cap.most
    assert all(later - earlier >= limits.again_after for earlier, later in pairwise(went))


@given(answers=st.lists(st.booleans(), max_size=120))
def test_locks_double_up_to_a_day_and_a_right_answer_forgets(answers):
    count, now, in_a_row, locks = Count(), NOW, 0, 0
    for right in answers:
        if right:
            count, in_a_row, locks = rules.after_right(count), 0, 0
            continue
        in_a_row += 1
        count = rules.after_wrong(count, Per.PLACE, LIMITS, now)
        if in_a_row % LIMITS.tries == 0:
            assert count.locked_until == now + min(timedelta(minutes=30) * 2**locks, timedelta(days=1))
            locks += 1
            now = count.locked_until
        else:
            assert not count.locked_until or count.locked_until <= now
    assert count.failures == in_a_row % LIMITS.tries


def test_wrong_answers_in_a_row_on_one_number_stay_under_what_nist_allows():
    """SP 800-63B-4 §3.2.2: at most 100. A ceiling of 50 and then a lock."""
    assert LIMITS.ceiling <= 100
    assert rules.after_wrong(Count(failures=LIMITS.ceiling - 1), Per.NUMBER, LIMITS, NOW).locked_until


def test_the_limits_of_a_day_are_those_in_force():
    table = (Limits(date(2026, 1, 1)), Limits(date(2027, 1, 1), tries=5))
    for day, tries in ((date(2025, 5, 5), 10), (date(2026, 12, 31), 10), (date(2027, 1, 1), 5)):
        assert rules.limits_on(day, table).tries == tries


@given(text=st.text())
def test_any_text_is_tidied_without_harm(text):
    tidy = rules.tidy(text)
    assert tidy == "" or (len(tidy) == 6 and tidy.isdigit() and rules.tidy(tidy) == tidy)


@pytest.mark.parametrize(
    ("purpose", "variant"),
    [
        *((name, "") for name, one in rules.PURPOSES.items() if one.channels),
        ("registration.phone", "taken"),
        ("contacts.phone", "taken"),
    ],
)
def test_a_text_names_the_site_and_the_purpose_and_fits_two_parts(purpose, variant):
    text = words.code_text("Портал «допуск»", purpose, "482913", variant=variant)
    assert text.startswith("Портал «допуск»: 482913 ")
    assert words.CODES[purpose] in text
    assert words.NEVER_TELL in text
    assert len(text.encode("utf-16-le")) // 2 <= words.LONGEST_SMS


@pytest.mark.parametrize("purpose", sorted(words.LINKS))
def test_a_letter_names_the_site_and_holds_the_link_on_a_line_of_its_own(purpose):
    subject, text = words.link_text("Портал «допуск»", purpose, "https://portal.example/x/t/", "24 часа")
    assert "https://portal.example/x/t/" in text.split("\n")
    assert "Портал «допуск»" in subject
    assert "24 часа" in text


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "1 час"), (2, "2 часа"), (11, "11 часов"), (21, "21 час"), (24, "24 часа"), (240, "10 суток")],
)
def test_how_long_a_link_works(hours, said):
    assert words.lasting(hours) == said
