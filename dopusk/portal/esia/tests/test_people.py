"""The sixteen test people: their levels, what is true of them, the blocked one."""

import json
import re

import pytest

from dopusk.kernel import inn, ogrn, snils
from dopusk.portal.accounts.actions import OnlyInSandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.accounts.rules import Level
from dopusk.portal.esia import numbers
from dopusk.portal.esia.data import portrait, rest
from dopusk.portal.esia.sandbox import people, seeding
from dopusk.portal.esia.sandbox.people_data import EXTRAS, ORGANISATIONS
from dopusk.portal.esia.scopes import LEGACY_ALL, Scope

LEVELS = {
    **dict.fromkeys(range(1, 9), Level.CONFIRMED),
    **dict.fromkeys(range(9, 13), Level.STANDARD),
    **dict.fromkeys(range(13, 16), Level.SIMPLIFIED),
    16: Level.CONFIRMED,
}
EVERYTHING = rest.View((Scope(LEGACY_ALL),))


def _told(number: int) -> rest.Element:
    sub = numbers.sub_of(1_000_300_600 + number)
    assert sub
    shown = portrait.of(sub)
    paths = [f"{name}.elements" for name in rest.EMBEDDED]
    return rest.person(shown.fields, shown.elements, EVERYTHING, paths, "http://localhost/rs/prns/1")


def test_there_are_sixteen_each_at_her_level():
    assert {seat.number: seat.level for seat in people.SIXTEEN} == LEVELS
    assert [seat.number for seat in people.SIXTEEN] == list(range(1, 17))
    assert [seat.number for seat in people.SIXTEEN if seat.blocked] == [16]


@pytest.mark.parametrize("seat", people.SIXTEEN, ids=lambda seat: str(seat.number))
def test_their_numbers_are_nobodys(seat):
    assert snils.parse(seat.snils) == f"000000600{seat.number:02d}"
    assert inn.parse(seat.who.inn).startswith("00")
    assert seat.who.passport.series == "9900"


def test_numbers_of_organisations_have_their_check_digits():
    for one in ORGANISATIONS.values():
        if one["type"] == "BUSINESS":
            assert ogrn.parse_entrepreneur(one["ogrn"])
            assert inn.parse(one["inn"])
        else:
            assert ogrn.parse(one["ogrn"])
            assert inn.parse_organisation(one["inn"])


def test_all_days_are_written_as_the_dialect_writes_them():
    text = json.dumps([EXTRAS, ORGANISATIONS], ensure_ascii=False)
    days = re.findall(r'"(?:\w*Date|birthDate)": "([^"]*)"', text)
    assert days
    assert all(re.fullmatch(r"[0-3][0-9]\.[01][0-9]\.[12][0-9]{3}", day) for day in days)


@pytest.mark.parametrize("text", ["000-000-600-03", "000-000-600 03", "00000060003"])
def test_anna_is_found_by_her_snils_in_any_spelling(text):
    seat = people.by_snils(text)
    assert seat
    assert seat.who.key == "anna"


@pytest.mark.parametrize("text", ["", "000-000-600-17", "000-000-600-00", "112-233-445 95"])
def test_nobody_is_found_by_another(text):
    assert people.by_snils(text) is None


@pytest.mark.django_db
def test_seeding_twice_makes_them_once():
    assert [seeding.seed_test_people(), seeding.seed_test_people()] == [16, 0]
    levels = {seat.number: Account.objects.get(esia__oid=seat.oid).level for seat in people.SIXTEEN}
    assert levels == LEVELS
    locked = Account.objects.exclude(locked_at=None).values_list("esia__oid", "lock_reason")
    assert list(locked) == [(1_000_300_616, "operator")]


@pytest.mark.django_db
def test_nobody_is_seeded_outside_the_sandbox(settings):
    settings.SANDBOX = False
    with pytest.raises(OnlyInSandbox):
        seeding.seed_test_people()


@pytest.mark.django_db
class TestOfEach:
    """What one can try with them."""

    @pytest.fixture(autouse=True)
    def _seeded(self, db):
        seeding.seed_test_people()

    @pytest.mark.parametrize("number", LEVELS)
    def test_trusted_is_said_of_the_confirmed_alone(self, number):
        assert _told(number)["trusted"] is (LEVELS[number] is Level.CONFIRMED)

    @pytest.mark.parametrize("number", LEVELS)
    def test_the_snils_is_told_of_everybody(self, number):
        assert _told(number)["snils"] == f"000-000-600 {number:02d}"

    def test_rustam_has_no_middle_name_and_a_foreign_passport(self):
        told = _told(9)
        identity = next(one for one in told["documents"]["elements"] if one["id"] == told["rIdDoc"])
        assert (identity["type"], told["citizenship"]) == ("FID_DOC", "KAZ")
        assert {"middleName", "inn"}.isdisjoint(told)

    def test_vera_has_two_children(self):
        assert [one["firstName"] for one in _told(2)["kids"]["elements"]] == ["Пётр", "Варвара"]

    def test_viktors_passport_is_not_valid(self):
        passport = _told(5)["documents"]["elements"][0]
        assert (passport["fmsValid"], passport["fmsState"]) == (False, "PASSPORT_INVALID")
        assert passport["number"] == "000605"

    def test_grigorys_licence_has_expired(self):
        licence = _told(8)["documents"]["elements"][1]
        assert (licence["type"], licence["expiryDate"]) == ("RF_DRIVING_LICENSE", "12.04.2022")

    def test_marias_new_mail_waits_and_the_old_one_stands(self):
        mail = _told(4)["contacts"]["elements"][0]
        told = (mail["value"], mail["vrfStu"], mail["vrfValStu"], mail["verifyingValue"])
        assert told == ("maria@example.org", "VERIFIED", "VERIFYING", "maria.new@example.org")

    def test_fedor_is_known_by_mail_alone(self):
        told = _told(13)
        assert [one["type"] for one in told["contacts"]["elements"]] == ["EML"]
        assert told["documents"]["size"] == 0

    def test_yulias_passport_is_being_looked_at(self):
        told = _told(14)
        assert told["verifying"] is True
        assert told["documents"]["elements"][0]["vrfValStu"] == "VERIFYING"

    def test_timurs_passport_was_not_found(self):
        assert _told(15)["documents"]["elements"][0]["vrfValStu"] == "VERIFICATION_FAILED"

    def test_stepan_works_for_himself(self):
        told = _told(7)
        assert told["selfEmployed"]["confirmed"] is True
        assert [one["type"] for one in told["roles"]["elements"]] == ["BUSINESS"]

    def test_the_same_is_told_twice_with_the_same_tags(self):
        assert _told(3) == _told(3)
