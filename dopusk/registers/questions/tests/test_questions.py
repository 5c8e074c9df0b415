"""Дарья is asked what she alone should know; a stranger learns nothing by trying."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.registers.clients.models import Client
from dopusk.registers.passports.models import Passport
from dopusk.registers.population import actions as population
from dopusk.registers.questions import rules
from dopusk.registers.questions.actions import KEPT
from dopusk.registers.questions.models import Session
from dopusk.registers.workers import models as workers
from dopusk.web.journal.models import Entry

DARIA = sandbox.newcomer("daria")
STORY = {  # what is true of Дарья, by kind
    "institution": "ГБПОУ «Учебный медицинский колледж»",
    "diploma_year": "2017",
    "specialty": "Сестринское дело",
    "employer": "ГБУЗ «Учебная городская клиническая больница № 1»",
    "birth_place": "г. Тверь",
}


def identity(person, **changed):
    return {
        "snils": person.snils,
        "lastName": person.last_name,
        "firstName": person.first_name,
        "patronymic": person.patronymic,
        "birthDate": person.birth_date.isoformat(),
    } | changed


def ask(portal, person=DARIA, **changed):
    return portal.post("/api/questions", identity(person, **changed))


def answer(portal, session, answers):
    return portal.post(f"/api/questions/{session}/answers", {"answers": answers})


def right(session):
    return Session.objects.get(pk=session).right()


def test_daria_is_asked_three_questions_of_four_or_five_options(people, portal):
    asked = ask(portal).json()
    assert len(asked["questions"]) == len({question["kind"] for question in asked["questions"]}) == 3
    for question in asked["questions"]:
        words = [option["words"] for option in question["options"]]
        assert len(words) == len(set(words)) == len({option["key"] for option in question["options"]})
        assert len(words) in {4, 5}
        (true,) = [
            option["words"]
            for option in question["options"]
            if option["key"] == right(asked["id"])[question["key"]]
        ]
        assert true == STORY.get(question["kind"], true)
        assert set(question) == {"key", "kind", "options"}


@pytest.mark.parametrize(
    "person", [sandbox.person("ksenia"), *map(sandbox.newcomer, ("daria", "lidia", "nina"))], ids=str
)
def test_whoever_registers_in_the_sandbox_can_be_asked(people, portal, person):
    asked = ask(portal, person)
    assert asked.status_code == 200
    assert "birth_place" not in [question["kind"] for question in asked.json()["questions"]]


@pytest.mark.parametrize(
    "told",
    [
        identity(sandbox.newcomer("igor")),  # not in ФРМР
        identity(sandbox.newcomer("zhanna")),  # another surname in the СНИЛС register
        identity(sandbox.person("oleg")),
        identity(DARIA, birthDate="1997-02-19"),
        identity(DARIA, lastName="Фроловская"),
        identity(DARIA, snils=sandbox.person("anna").snils),
        identity(DARIA, snils="112-233-445 95"),
    ],
    ids=["igor", "zhanna", "oleg", "birth date", "surname", "another's number", "nobody's number"],
)
def test_too_little_known_and_not_who_she_says_are_one_answer(people, portal, told):
    refused = portal.post("/api/questions", told)
    assert refused.status_code == 404
    body = refused.json()
    assert body.pop("traceId")
    assert body == {
        "type": "urn:dopusk:problem:not_enough_data",
        "title": "О таком человеке нельзя составить трёх вопросов",
        "status": 404,
        "code": "not_enough_data",
    }
    assert not Session.objects.exists()


def test_asking_again_shows_the_same_options_so_that_nothing_is_narrowed(people, portal):
    def shown():
        asked = ask(portal).json()["questions"]
        return {one["kind"]: sorted(option["words"] for option in one["options"]) for one in asked}

    assert shown() == shown() == shown()


def test_keys_and_order_say_nothing(people, portal):
    first, places = set(), set()
    for _ in range(24):
        asked = ask(portal).json()
        first.add(asked["questions"][0]["kind"])
        for question in asked["questions"]:
            keys = [option["key"] for option in question["options"]]
            places.add(keys.index(right(asked["id"])[question["key"]]))
    assert len(first) == 3
    assert places >= {0, 1, 2, 3}


def test_all_three_right_pass(people, portal):
    session = ask(portal).json()["id"]
    assert answer(portal, session, right(session)).json() == {"passed": True}


@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_anything_less_does_not_and_how_many_were_right_is_not_told(people, portal, wrong):
    asked = ask(portal).json()
    answers = right(asked["id"])
    for question in asked["questions"][:wrong]:
        other = next(o["key"] for o in question["options"] if o["key"] != answers[question["key"]])
        answers[question["key"]] = other
    refused = answer(portal, asked["id"], answers)
    assert (refused.status_code, refused.json()) == (200, {"passed": False})


def test_there_is_one_answer_only_and_nothing_of_the_questions_is_kept(people, portal):
    session = ask(portal).json()["id"]
    answers = right(session)
    answer(portal, session, answers)
    again = answer(portal, session, answers)
    assert (again.status_code, again.json()["code"]) == (409, "already_answered")
    assert Session.objects.get(pk=session).questions == []


def test_after_a_quarter_of_an_hour_it_is_too_late(people, portal):
    session = ask(portal).json()["id"]
    row = Session.objects.get(pk=session)
    assert row.expires_at - row.asked_at == timedelta(minutes=15)
    Session.objects.update(expires_at=timezone.now())
    late = answer(portal, session, right(session))
    assert (late.status_code, late.json()["code"]) == (410, "expired")


@pytest.mark.parametrize("spoil", ["missing", "more", "foreign option", "no such question"])
def test_an_answer_that_is_none_spends_nothing(people, portal, spoil):
    session = ask(portal).json()["id"]
    answers = right(session)
    spoilt = dict(answers)
    one, other, _third = spoilt
    if spoil in {"missing", "no such question"}:
        del spoilt[one]
    if spoil in {"more", "no such question"}:
        spoilt["nothing"] = answers[one]
    if spoil == "foreign option":
        spoilt[one] = answers[other]
    refused = answer(portal, session, spoilt)
    assert (refused.status_code, refused.json()["code"]) == (422, "answers_malformed")
    assert answer(portal, session, answers).json() == {"passed": True}


def test_nobody_answers_what_was_never_asked_or_asked_by_another(people, portal):
    session = ask(portal).json()["id"]
    answers = right(session)
    nobody = answer(portal, uuid.uuid4(), answers)
    Session.objects.update(client="cabinet")
    another = answer(portal, session, answers)
    assert [(one.status_code, one.json()["code"]) for one in (nobody, another)] == [(404, "not_found")] * 2
    assert portal.post("/api/questions/17/answers", {"answers": {}}).status_code == 404


def test_old_questions_are_forgotten(people, portal):
    ask(portal)
    Session.objects.update(expires_at=timezone.now() - KEPT - timedelta(seconds=1))
    fresh = ask(portal).json()["id"]
    assert [str(row.pk) for row in Session.objects.all()] == [fresh]


def test_the_journal_knows_that_it_was_asked_and_not_of_whom(people, portal):
    session = ask(portal).json()["id"]
    answer(portal, session, right(session))
    asked, answered = Entry.objects.filter(object=f"questions:{session}").order_by("pk")
    assert (asked.act, answered.act, answered.actor) == ("questions.asked", "questions.answered", "portal")
    assert DARIA.snils not in str([vars(asked), vars(answered)])
    assert DARIA.snils not in str(list(Session.objects.values()))


def test_a_birth_place_is_asked_when_two_questions_are_not_enough(people, portal):
    worker = workers.Person.objects.get(snils=DARIA.snils)
    worker.card.all().delete()
    workers.EducationProf.objects.filter(person=worker).update(specialty_key="unheard-of")
    kinds = [question["kind"] for question in ask(portal).json()["questions"]]
    assert sorted(kinds) == ["birth_place", "diploma_year", "institution"]
    Passport.objects.filter(number=DARIA.passport.number).delete()
    assert ask(portal).json()["code"] == "not_enough_data"


def test_synthetic_workers_can_be_asked_too(people, portal):
    population.settle_organisations()
    population.populate(40, 1, timezone.localdate(), lambda done, whole: None)
    able, options = 0, set()
    for worker in workers.Person.objects.filter(pk__gte=1_000_000_000):
        asked = ask(portal, worker)
        able += asked.status_code == 200
        for question in asked.json().get("questions", []):
            options.add(len(question["options"]))
    assert able == 40
    assert options <= {4, 5}


def test_an_existing_stand_lets_the_portal_ask_after_the_next_seed(db):
    call_command("seed", "--workers", "0")
    Client.objects.filter(name="portal").update(scopes=["snils", "passports", "dictionaries"])
    call_command("seed", "--workers", "0")
    assert "questions" in Client.objects.get(name="portal").scopes


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_taken(people, portal):
    session = ask(portal).json()["id"]
    answers, codes = right(session), []

    def send():
        codes.append(answer(portal, session, answers).status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200, 409, 409, 409]


def test_there_is_a_kind_for_every_question_and_no_other(people, portal):
    asked = ask(portal).json()["questions"]
    assert {question["kind"] for question in asked} <= {str(kind) for kind in rules.Kind}
