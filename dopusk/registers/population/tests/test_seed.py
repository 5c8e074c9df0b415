"""Filling the registers."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dopusk.kernel import sandbox
from dopusk.kernel.invalid import Invalid
from dopusk.registers.clients.models import Client
from dopusk.registers.organisations.models import Organisation
from dopusk.registers.population import actions, known
from dopusk.registers.population.models import Population
from dopusk.registers.population.rules import MOST_WORKERS, snils_of
from dopusk.registers.workers.models import Accreditation, EducationExt, Person

TODAY = date(2026, 11, 22)


def _silent(done, whole):
    pass


def _everybody():
    return list(Person.objects.filter(pk__gte=1_000_000_000).order_by("pk").values_list())


def test_a_first_filling_has_everything(db, capsys):
    call_command("seed", "--workers", "30")
    assert Person.objects.count() == 30 + 10
    assert Organisation.objects.count() == 89 * 8 + 5
    assert Client.objects.filter(active=True).count() == 3
    assert Population.objects.get().workers == 30
    assert "30 из 30" in capsys.readouterr().err


def test_filling_again_changes_nothing(db):
    call_command("seed", "--workers", "30")
    before = _everybody()
    call_command("seed", "--workers", "30")
    call_command("seed", "--workers", "10")
    assert _everybody() == before
    assert Person.objects.count() == 40


def test_filling_up_gives_the_same_people_as_filling_at_once(dictionary):
    actions.populate(20, 7, TODAY, _silent)
    actions.populate(50, 7, date(2027, 1, 1), _silent)
    by_two = _everybody()
    Population.objects.all().delete()
    Person.objects.all().delete()
    actions.TABLES["account"].objects.all().delete()
    actions.TABLES["passport"].objects.all().delete()
    actions.populate(50, 7, TODAY, _silent)
    assert _everybody() == by_two
    assert len(by_two) == 50


def test_another_seed_cannot_be_mixed_in(dictionary):
    actions.populate(5, 1, TODAY, _silent)
    with pytest.raises(Invalid) as refused:
        actions.populate(10, 2, TODAY, _silent)
    assert refused.value.code == "population_seed_differs"
    assert len(_everybody()) == 5


def test_more_than_the_numbers_allow_is_refused(dictionary):
    with pytest.raises(Invalid) as refused:
        actions.populate(MOST_WORKERS + 1, 1, TODAY, _silent)
    assert refused.value.code == "population_too_large"
    with pytest.raises(CommandError):
        call_command("seed", "--workers", str(MOST_WORKERS + 1))


def test_outside_the_sandbox_nobody_is_made_up(db, settings):
    settings.SANDBOX = False
    with pytest.raises(CommandError):
        call_command("seed")
    assert not Person.objects.exists()


def _keys_and_indexes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace UNION ALL"
            " SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2, 3"
        )
        return cursor.fetchall()


def test_a_big_load_rebuilds_every_key_and_index(people, monkeypatch):
    monkeypatch.setattr(actions, "BARE_FROM", 100)
    monkeypatch.setattr(actions, "BATCH", 30)
    before, told = _keys_and_indexes(), []
    actions.populate(130, 1, TODAY, lambda done, whole: told.append((done, whole)))
    assert _keys_and_indexes() == before
    assert [done for done, _whole in told] == [30, 60, 90, 120, 130]
    assert Person.objects.count() == 130 + 10
    big = _everybody()
    monkeypatch.setattr(actions, "BARE_FROM", 1000)
    Population.objects.all().delete()
    Person.objects.filter(pk__gte=1_000_000_000).delete()
    actions.TABLES["account"].objects.filter(snils__gte="5").delete()
    actions.TABLES["passport"].objects.exclude(series="9900").delete()
    actions.populate(130, 1, TODAY, _silent)
    assert _everybody() == big


def test_a_load_that_fails_leaves_everything_as_it_was(people, monkeypatch):
    monkeypatch.setattr(actions, "BARE_FROM", 10)
    actions.TABLES["account"].objects.create(
        snils=snils_of(15), last_name="Иной", first_name="Иван", birth_date=date(1990, 1, 1)
    )
    before = _keys_and_indexes()
    with pytest.raises(Exception, match=r"duplicate key|could not create unique index"):
        actions.populate(20, 1, TODAY, _silent)
    assert _keys_and_indexes() == before
    assert _everybody() == []
    assert not Population.objects.exists()


def test_known_people_are_settled_once_and_their_records_stay(people, cabinet):
    before = Accreditation.objects.count(), EducationExt.objects.count()
    assert known.settle(date(2027, 5, 5)) == 0
    assert (Accreditation.objects.count(), EducationExt.objects.count()) == before


def test_a_stand_filled_before_the_newcomers_came_gets_them_too(people):
    daria = sandbox.newcomer("daria").snils
    Person.objects.filter(snils=daria).delete()
    actions.TABLES["account"].objects.filter(snils=daria).delete()
    actions.TABLES["passport"].objects.filter(number=sandbox.newcomer("daria").passport.number).delete()
    assert known.settle(TODAY) == 1
    assert Person.objects.get(snils=daria).card.count() == 1


def test_viktor_lacks_hours_of_his_specialty_in_the_register_too(people):
    viktor = Person.objects.get(snils=sandbox.person("viktor").snils)
    hours = {ext.specialty_key: 0 for ext in viktor.ext.all()}
    for ext in viktor.ext.all():
        hours[ext.specialty_key] += ext.hours
    assert hours == {"31.08.49": 126, "31.08.38": 18}


def test_only_the_owner_of_a_new_number_is_found_by_it(dictionary):
    actions.populate(3, 1, TODAY, _silent)
    assert {person[1] for person in _everybody()} == {snils_of(index) for index in range(3)}
