"""What may be recorded, by the rules alone."""

from dataclasses import replace
from datetime import date

import pytest

from dopusk.registers.workers.rules import Outcome, differing, fault

TODAY = date(2026, 11, 22)
GOOD = Outcome("00000060003", "periodic", "34.02.01", TODAY, date(2031, 11, 22), TODAY, "69-11")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({}, None),
        ({"pass_date": date(2026, 11, 20)}, None),
        ({"pass_date": date(2026, 11, 23)}, "dates_order"),
        ({"end_date": TODAY}, "dates_order"),
        ({"protocol_date": date(2026, 11, 23)}, "passed_in_future"),
    ],
)
def test_the_order_of_dates(changed, code):
    assert fault(replace(GOOD, **changed), TODAY) == code


def test_records_differ_in_the_fields_that_differ():
    assert differing(GOOD, GOOD) == ()
    assert differing(GOOD, replace(GOOD, kind="primary", snils="1")) == ("snils", "kind")
