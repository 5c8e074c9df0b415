"""The table of OIDF's conditions, the tests that hold them and the document cannot part ways."""

import pytest

from tests.conformance.oidf import DOCUMENT, PLANS, check, document


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.name)
def test_every_condition_is_held_by_a_test_or_has_a_reason_why_not(plan):
    neither = [one for one in plan.conditions if not check(plan, one) and one not in plan.why_not]
    both = [one for one in plan.why_not if check(plan, one)]
    unknown = [one for one in plan.why_not if one not in plan.conditions]
    assert (neither, both, unknown) == ([], [], [])


def test_the_document_says_what_the_tests_do():
    """Write it anew by `python -m tests.conformance.oidf > docs/conformance.md`."""
    assert DOCUMENT.read_text() == document()
