"""Norms hold on their days and may be corrected by a deployment."""

import json
from datetime import date, timedelta
from fractions import Fraction

import pytest

from dopusk.kernel import norms
from dopusk.kernel.invalid import Invalid

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("term_years", 5), ("min_total_hours", 144), ("min_dpp_hours", 72), ("break_years", 5),
        ("center_review_wd", 20), ("commission_review_wd", 15), ("apply_window_months", 12),
        ("quorum_fraction", Fraction(1, 2)), ("file_megabytes", 10), ("state_fee", 0),
    ],
)  # fmt: skip
def test_the_norms_of_today(key, value):
    assert norms.at(TODAY).value(key) == value
    assert norms.at(TODAY).norm(key).act


def test_a_word_is_asked_for_as_a_word():
    assert norms.at(TODAY).word("tie_break") == "chair"
    with pytest.raises(Invalid) as refused:
        norms.at(TODAY).value("tie_break")
    assert refused.value.code == "norm_not_a_number"


@pytest.mark.parametrize(
    ("key", "manner"),
    [
        ("sign_application_periodic", "offered"),
        ("sign_intake_decision", "simple"),
        ("sign_commission_closing", "simple"),
    ],
)
def test_how_acts_are_signed_unless_a_centre_says_otherwise(key, manner):
    assert norms.at(TODAY).word(key) == manner


def test_a_manner_of_signing_nobody_knows_is_no_norm():
    row = {"key": "sign_intake_decision", "value": "requierd", "valid_from": "2026-01-01", "act": "Приказ"}
    with pytest.raises(Invalid) as refused:
        norms.read(json.dumps([row]))
    assert refused.value.code == "norm_word"
    (read,) = norms.read(json.dumps([{**row, "value": "required"}]))
    assert read.value == "required"


def test_a_fraction_is_not_a_whole_number():
    with pytest.raises(Invalid) as refused:
        norms.at(TODAY).whole("quorum_fraction")
    assert refused.value.code == "norm_not_whole"


@pytest.mark.parametrize(
    ("day", "known"),
    [
        (date(2022, 12, 31), False),
        (date(2023, 1, 1), True),
        (date(2028, 12, 31), True),
        (date(2029, 1, 1), False),
    ],
)
def test_709n_governs_from_2023_to_2028(day, known):
    assert ("min_total_hours" in norms.at(day)) is known


def test_the_reprieve_of_34n_holds_only_in_its_months():
    key = "expired_2025_practise_until"
    assert key not in norms.at(date(2026, 1, 26))
    assert norms.at(date(2026, 1, 27)).norm(key).value == date(2026, 12, 31)
    assert key not in norms.at(date(2027, 1, 2))


def test_a_missing_norm_names_itself_and_the_day():
    with pytest.raises(Invalid) as refused:
        norms.at(TODAY).norm("no_such_norm")
    assert refused.value.code == "norm_missing"
    assert refused.value.detail == {"key": "no_such_norm", "day": "2026-11-22"}


def _row(**changed):
    row = {
        "key": "min_dpp_hours",
        "value": 74,
        "valid_from": "2026-06-01",
        "valid_to": "2026-12-31",
        "act": "Письмо",
    }
    return row | changed


def test_a_deployments_row_stands_before_ours_on_its_days_only(tmp_path):
    file = tmp_path / "norms.json"
    file.write_text(json.dumps([_row()]), encoding="utf-8")
    assert norms.at(TODAY, file).value("min_dpp_hours") == 74
    assert norms.at(TODAY, file).norm("min_dpp_hours").act == "Письмо"
    assert norms.at(date(2026, 5, 31), file).value("min_dpp_hours") == 72
    assert norms.at(date(2027, 1, 1), file).value("min_dpp_hours") == 72
    assert norms.at(TODAY, file).value("min_total_hours") == 144
    assert norms.at(TODAY).value("min_dpp_hours") == 72


def test_a_corrected_file_is_read_again(tmp_path):
    file = tmp_path / "norms.json"
    file.write_text(json.dumps([_row()]), encoding="utf-8")
    assert norms.at(TODAY, file).value("min_dpp_hours") == 74
    file.write_text(json.dumps([_row(value=80)]), encoding="utf-8")
    assert norms.at(TODAY, file).value("min_dpp_hours") == 80


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not json", "norms_json"),
        ('[{"key": "min_dpp_hours",}]', "norms_json"),
        ('{"key": "min_dpp_hours"}', "norms_format"),
        ("[1]", "norm_row"),
        (json.dumps([_row(valid_from="yesterday")]), "norm_days"),
        (json.dumps([_row(valid_from=2026)]), "norm_days"),
        (json.dumps([_row(valid_to="2026-05-31")]), "norm_days"),
        (json.dumps([{"key": "min_dpp_hours"}]), "norm_field"),
        (json.dumps([_row(valid_til="2026-12-31")]), "norm_field"),
        (json.dumps([_row(act="")]), "norm_field"),
        (json.dumps([_row(value=None)]), "norm_value"),
        (json.dumps([_row(value=True)]), "norm_value"),
        (json.dumps([_row(value="2026-02-30")]), "norm_value"),
        (json.dumps([_row(value="147/2")]), "norm_kind"),
        (json.dumps([_row(value="many")]), "norm_kind"),
        (json.dumps([_row(value=-1)]), "norm_kind"),
        (json.dumps([_row(key="quorum_fraction", value="3/2")]), "norm_kind"),
        (json.dumps([_row(key="expired_2025_practise_until", value=5)]), "norm_kind"),
        (json.dumps([_row(key="tie_break", value="chiar")]), "norm_word"),
        (json.dumps([_row(key="min_dpp_hour")]), "norm_key"),
        (json.dumps([_row(key=["min_dpp_hours"])]), "norm_key"),
    ],
)
def test_a_wrong_file_is_refused_rather_than_half_read(text, code):
    with pytest.raises(Invalid) as refused:
        norms.read(text)
    assert refused.value.code == code


def test_a_wrong_row_is_named_by_its_place_and_key():
    wrong = _row(key="sign_intake_decision", value="requierd")
    with pytest.raises(Invalid) as refused:
        norms.read(json.dumps([_row(), wrong]))
    assert (refused.value.detail["row"], refused.value.detail["key"]) == (2, "sign_intake_decision")


def test_broken_json_is_named_by_its_line():
    with pytest.raises(Invalid) as refused:
        norms.read('[\n{"key": \n')
    assert refused.value.detail["line"] == 3


def test_every_kind_of_our_own_rows_can_be_corrected():
    for one in norms.TABLE:
        value = one.value if isinstance(one.value, int | str) else str(one.value)
        (read,) = norms.read(json.dumps([_row(key=one.key, value=value)]))
        assert (read.key, read.value) == (one.key, one.value)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    file = tmp_path / "norms.json"
    file.write_bytes(b"\xff\xfe[]")
    with pytest.raises(Invalid) as refused:
        norms.at(TODAY, file)
    assert refused.value.code == "norms_format"


def test_no_norm_has_two_values_on_one_day():
    for row in norms.TABLE:
        others = [other for other in norms.TABLE if other.key == row.key and other is not row]
        assert not any(other.holds(row.valid_from) for other in others)
        assert row.valid_to is None or row.valid_from <= row.valid_to
        assert row.act
    assert timedelta(0) < norms.TABLE[-1].valid_to - norms.TABLE[-1].valid_from
