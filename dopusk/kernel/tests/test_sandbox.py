"""The sandbox's people: valid, distinct, and their stories true on any day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dopusk.kernel import dates, email, inn, names, norms, ogrn, passport, phone, sandbox, snils
from dopusk.kernel.sandbox import Role, Seat
from dopusk.kernel.sandbox_stories import NURSING, THERAPY, newcomer_stories, stories

EVERYBODY = (*sandbox.PEOPLE, *sandbox.NEWCOMERS)
DAYS = st.dates(date(2025, 1, 1), date(2032, 12, 31))


def _story(key, today):
    return next(story for story in stories(today) if story.person == key)


def _counted(story, specialty):
    return sum(training.hours for training in story.trainings if training.specialty == specialty)


@pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.key)
def test_every_known_person_has_valid_numbers(person):
    assert snils.parse(snils.show(person.snils)) == person.snils
    assert inn.parse(person.inn) == person.inn
    assert phone.parse(person.phone) == person.phone
    assert email.parse(person.email) == person.email
    assert passport.parse_number(str(person.passport)) == person.passport
    assert passport.parse_issuer_code(person.passport_issuer_code) == person.passport_issuer_code
    for part in (person.last_name, person.first_name, person.patronymic):
        assert names.clean(part) == part


@given(DAYS)
def test_every_passport_is_in_order_on_any_day(today):
    for person in EVERYBODY:
        assert passport.issue_fault(person.birth_date, person.passport_issued, today) is None
        last = passport.replace_by(person.birth_date, person.passport_issued)
        assert last is None or last > today


def test_known_people_are_distinct():
    for name in ("key", "snils", "inn", "phone", "email", "passport"):
        assert len({getattr(person, name) for person in EVERYBODY}) == len(EVERYBODY)


def test_newcomers_are_kept_apart_and_are_who_the_plan_says():
    assert {one.key for one in sandbox.NEWCOMERS}.isdisjoint(one.key for one in sandbox.PEOPLE)
    assert [one.key for one in sandbox.NEWCOMERS if not one.passport_valid] == ["egor"]
    assert [one.key for one in sandbox.NEWCOMERS if one.snils_last_name] == ["zhanna"]
    assert not any(one.confirmed for one in sandbox.NEWCOMERS)
    health_workers = {story.person for story in newcomer_stories(date(2026, 11, 22))}
    assert health_workers == {"daria", "lidia", "nina"}
    with pytest.raises(KeyError):
        sandbox.person("daria")


def test_anna_and_the_commission_are_who_the_plan_says():
    anna = sandbox.person("anna")
    assert (anna.full_name, anna.snils, anna.phone) == (
        "Орлова Анна Сергеевна",
        "00000060003",
        "+79000000003",
    )
    assert (anna.email, str(anna.passport)) == ("anna@example.org", "9900 000603")
    assert {person.seat for person in sandbox.PEOPLE if person.role is Role.COMMISSIONER} == set(Seat)
    assert [person.key for person in sandbox.PEOPLE if not person.confirmed] == ["ksenia"]


@pytest.mark.parametrize("organisation", sandbox.ORGANISATIONS, ids=lambda organisation: organisation.key)
def test_every_known_organisation_has_valid_numbers(organisation):
    assert inn.parse_organisation(organisation.inn) == organisation.inn
    assert ogrn.parse(organisation.ogrn) == organisation.ogrn
    assert len(organisation.kpp) == 9
    assert organisation.oid.startswith("1.2.643.5.1.13.13.12.2.")


@given(DAYS)
@settings(max_examples=50)
def test_annas_story_is_in_order_on_any_day(today):
    anna = _story("anna", today)
    (held,) = anna.accreditations
    assert held.ends == dates.add_months(today, 2)
    assert held.passed < min(training.issued for training in anna.trainings)
    assert _counted(anna, NURSING) == 150
    assert sum(training.hours for training in anna.trainings if training.dpp) == 76


@given(DAYS)
@settings(max_examples=50)
def test_viktor_is_short_of_hours_and_maria_is_not_on_any_day(today):
    need = 144
    viktor, maria = _story("viktor", today), _story("maria", today)
    assert _counted(viktor, THERAPY) == 126 < need == sum(training.hours for training in viktor.trainings)
    assert _counted(maria, NURSING) == need
    assert _counted(maria, NURSING) < sum(training.hours for training in maria.trainings)
    for story in (viktor, maria):
        assert story.accreditations[0].passed < min(training.issued for training in story.trainings)


def test_the_stories_match_the_norms_of_the_day():
    assert norms.at(date(2026, 11, 22)).value("min_total_hours") == 144


def test_registrars_and_the_operator_are_not_health_workers():
    known = {story.person for story in stories(date(2026, 11, 22))}
    assert known.isdisjoint({"galina", "stepan", "oleg"})


def test_organisations_named_in_stories_exist():
    for story in (*stories(date(2026, 11, 22)), *newcomer_stories(date(2026, 11, 22))):
        for post in story.posts:
            assert sandbox.organisation(post.organisation)
        for school in (*story.education, *story.trainings):
            assert sandbox.organisation(school.school).kind == "school"
