"""What may stand in a profile: tables, and days and years at random."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dopusk.kernel import dates
from dopusk.portal.profile import rules

TODAY = date(2026, 11, 22)
BORN = date(1987, 3, 14)
COLLEGE = {"institution": "Самарский медицинский колледж", "specialty": "Сестринское дело", "year": "2014"}
LICENCE = {"kind": "licence", "number": "ЛО-63-01", "issued_by": "Минздрав", "issued_on": "2020-02-29"}
POST = {"employer": "Городская больница № 1", "post": "медицинская сестра", "since": "2010-09-01"}
HOME = {"region": "Самарская область", "locality": "Самара", "house": "5", "postcode": "443001"}


def codes(section, content, **changes):
    merged = {**content, **changes}
    return [(fault.field, fault.code) for fault in rules.faults(section, merged, TODAY, BORN)]


@pytest.mark.parametrize(
    ("section", "content"),
    [("education", COLLEGE), ("qualification", LICENCE), ("employment", POST), ("registration", HOME)],
)
def test_annas_sections_stand_as_they_are(section, content):
    assert codes(section, content) == []


@pytest.mark.parametrize(
    ("section", "content", "changes", "expected"),
    [
        ("education", COLLEGE, {"institution": ""}, ("institution", "required")),
        ("education", COLLEGE, {"institution": "я" * 201}, ("institution", "text_long")),
        ("education", COLLEGE, {"institution": "кол\u200bледж"}, ("institution", "text_characters")),
        ("education", COLLEGE, {"year": "07"}, ("year", "year_format")),
        ("education", COLLEGE, {"year": "٢٠٠٧"}, ("year", "year_format")),
        ("education", COLLEGE, {"year": "2027"}, ("year", "year_future")),
        ("education", COLLEGE, {"year": "1939"}, ("year", "year_early")),
        ("education", COLLEGE, {"year": "2000"}, ("year", "year_young")),
        ("qualification", LICENCE, {"kind": "passport"}, ("kind", "choice_unknown")),
        ("qualification", LICENCE, {"issued_on": "2026-11-23"}, ("issued_on", "date_future")),
        ("qualification", LICENCE, {"issued_on": "1999-01-01"}, ("issued_on", "date_young")),
        ("qualification", LICENCE, {"valid_until": "2020-02-28"}, ("valid_until", "ends_before_start")),
        ("qualification", LICENCE, {"valid_until": "2077-01-01"}, ("valid_until", "date_far")),
        ("qualification", LICENCE, {"issued_on": "2019-02-29"}, ("issued_on", "date_format")),
        ("employment", POST, {"until": "2010-08-31"}, ("until", "ends_before_start")),
        ("employment", POST, {"until": "2027-01-01"}, ("until", "date_future")),
        ("residence", HOME, {"postcode": "4430"}, ("postcode", "postcode_format")),
        ("residence", HOME, {"house": ""}, ("house", "required")),
    ],
)
def test_what_cannot_stand_is_named_by_field_and_code(section, content, changes, expected):
    assert codes(section, content, **changes) == [expected]


@given(st.integers(min_value=0, max_value=99999))
def test_a_year_stands_when_it_lies_between_fourteen_and_now(year):
    stands = not codes("education", COLLEGE, year=str(year))
    assert stands == (BORN.year + 14 <= year <= TODAY.year)


@given(st.dates(min_value=date(1, 1, 1)), st.none() | st.dates(min_value=date(1, 1, 1)))
def test_work_has_begun_and_has_not_ended_before(since, until):
    content = {**POST, "since": since.isoformat(), "until": until.isoformat() if until else ""}
    stands = not rules.faults("employment", content, TODAY, BORN)
    grown = dates.add_years(BORN, 14)
    assert stands == (grown <= since <= TODAY and (until is None or since <= until <= TODAY))


@given(st.text(max_size=60))
def test_no_text_breaks_the_rules(text):
    tidied = rules.tidy(text)
    for section, fields in rules.SECTIONS.items():
        found = rules.faults(section, {field.name: tidied for field in fields}, TODAY, BORN)
        assert {fault.field for fault in found} <= {field.name for field in fields}
    assert rules.tidy(tidied) == tidied
    rules.identity_fault("birth_date", text, TODAY)
    rules.identity_fault("first_name", text, TODAY)


@pytest.mark.parametrize(
    ("field", "level", "has_snils", "code"),
    [
        ("sub", "simplified", False, "immutable_identifier"),
        ("snils", "confirmed", True, "immutable_snils"),
        ("snils", "simplified", False, "snils_by_proofing"),
        ("inn", "confirmed", True, "inn_by_proofing"),
        ("identity_document", "standard", True, "document_by_proofing"),
        ("last_name", "simplified", False, None),
        ("last_name", "standard", True, "name_needs_document"),
        ("patronymic", "confirmed", True, "name_needs_document"),
        ("birth_date", "simplified", False, None),
        ("birth_date", "confirmed", True, "immutable_birth_date"),
        ("gender", "standard", True, "immutable_gender"),
    ],
)
def test_what_nobody_changes_by_herself(field, level, has_snils, code):
    assert rules.immutable(field, level, has_snils=has_snils) == code


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("last_name", "", "name_empty"),
        ("last_name", "Orlova", "name_characters"),
        ("patronymic", "", None),
        ("gender", "", "choice_unknown"),
        ("birth_date", "2026-11-23", "birth_date_future"),
        ("birth_date", "1899-01-01", "birth_date_early"),
        ("birth_date", "1987-03-14", None),
    ],
)
def test_what_a_person_may_call_herself(field, text, code):
    assert rules.identity_fault(field, text, TODAY) == code


def test_the_look_is_asked_for_a_month_after_the_beginning_and_on_the_day_agreed():
    opened = date(2026, 10, 31)
    assert rules.next_look(opened) == date(2026, 11, 30)
    assert not rules.wants_look(None, opened, date(2026, 11, 29))
    assert rules.wants_look(None, opened, date(2026, 11, 30))
    assert not rules.wants_look(date(2026, 12, 7), opened, date(2026, 12, 6))
    assert rules.wants_look(date(2026, 12, 7), opened, date(2026, 12, 7))


@given(st.dates(max_value=date(9000, 1, 1)))
def test_the_next_look_is_about_a_month_away(today):
    assert timedelta(days=28) <= rules.next_look(today) - today <= timedelta(days=31)


@pytest.mark.parametrize(
    ("typed", "holds_post", "code"),
    [
        ("закрыть", False, None),
        (" Закрыть ", False, None),
        ("CLOSE", False, None),
        ("да", False, "not_typed"),
        ("", False, "not_typed"),
        ("закрыть", True, "holds_post"),
    ],
)
def test_an_account_closes_by_its_word_only(typed, holds_post, code):
    assert rules.close_fault(typed, holds_post=holds_post) == code
