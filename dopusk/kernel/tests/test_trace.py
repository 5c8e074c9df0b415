"""The trace id follows the work."""

import re

from dopusk.kernel import trace


def test_a_new_id_is_32_hex_digits_and_not_yet_current():
    fresh = trace.new()
    assert re.fullmatch(r"[0-9a-f]{32}", fresh)
    with trace.use(trace.new()) as kept:
        assert trace.current() == kept != fresh


def test_within_the_block_the_given_id_is_current_and_after_it_the_former():
    outer, inner = trace.new(), trace.new()
    with trace.use(outer):
        with trace.use(inner):
            assert trace.current() == inner
        assert trace.current() == outer


def test_a_malformed_id_from_outside_is_replaced():
    for foreign in ("", "x" * 32, "a" * 31, "a" * 33, "a" * 31 + "\n", "A" * 32):
        with trace.use(foreign) as kept:
            assert kept != foreign
            assert re.fullmatch(r"[0-9a-f]{32}", kept)
            assert trace.current() == kept


def test_outside_any_work_the_id_stays_the_same():
    assert trace.current() == trace.current()
