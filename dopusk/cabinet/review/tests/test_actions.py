"""Galina and Stepan at the centre: taking, putting back, passing on, sending back."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from dopusk.cabinet.applications.actions import NotAllowed, move, wake
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.review import actions
from dopusk.cabinet.review.models import Review
from dopusk.cabinet.review.rules import Fault
from dopusk.cabinet.review.tests.people import at_once, member, person, review
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
UNSIGNED = Fault("signature_missing", "employer_agreement", "Нет подписи главного врача")


def woken(application):
    return ProcrastinateJob.objects.filter(
        task_name="flow.advance", args__application_id=str(application.pk)
    ).count()


def test_galina_takes_a_case_and_it_is_written_down():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    case.refresh_from_db()
    assert case.registrar == galina
    assert case.taken_at
    entry = Entry.objects.get(act="review.taken")
    assert (entry.actor, entry.subject) == (galina.pk, case.application.applicant_id)


def test_taking_twice_changes_nothing():
    case, galina = review(), member("galina")
    first = actions.take(case.pk, galina).taken_at
    assert actions.take(case.pk, galina).taken_at == first
    assert Entry.objects.filter(act="review.taken").count() == 1


def test_a_case_of_galinas_is_not_taken_by_stepan():
    case = review()
    actions.take(case.pk, member("galina"))
    with pytest.raises(NotAllowed) as refused:
        actions.take(case.pk, member("stepan"))
    assert refused.value.refusal.code == "taken_by_other"
    assert refused.value.refusal.detail["holder"] == "Павлова Г. П."


def test_galina_does_not_judge_her_own_application():
    case = review("galina")
    galina = member("galina")
    with pytest.raises(NotAllowed) as refused:
        actions.take(case.pk, galina)
    assert refused.value.refusal.code == "own_application"
    assert actions.take_next(galina) is None


def test_the_next_case_is_the_most_urgent_free_one():
    today = timezone.localdate()
    calm, urgent, taken = (review(due_on=today + timedelta(days)) for days in (20, 2, 1))
    actions.take(taken.pk, member("stepan"))
    galina = member("galina")
    assert actions.take_next(galina) == urgent
    assert actions.take_next(galina) == calm
    assert actions.take_next(galina) is None


def test_a_released_case_is_free_again():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    actions.release(case.pk, galina)
    assert actions.take(case.pk, member("stepan")).registrar_id == "sub-stepan"


@pytest.mark.parametrize("verb", ["accept", "release"])
def test_a_case_is_decided_by_its_holder_only(verb):
    case = review()
    with pytest.raises(NotAllowed) as refused:
        getattr(actions, verb)(case.pk, member("galina"))
    assert refused.value.refusal.code == "not_taken"
    actions.take(case.pk, member("stepan"))
    with pytest.raises(NotAllowed) as refused:
        getattr(actions, verb)(case.pk, member("galina"))
    assert refused.value.refusal.code == "taken_by_other"


def test_accepting_is_written_and_asks_the_journey_to_go_on():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    actions.accept(case.pk, galina)
    case.refresh_from_db()
    assert (case.decision, case.application.state) == ("accept", "CENTER_REVIEW")
    assert woken(case.application) == 1
    assert Entry.objects.filter(act="review.accepted").exists()


def test_a_refusal_marks_what_has_to_be_mended():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    actions.refuse(case.pk, galina, [UNSIGNED, Fault("file_unreadable", "diploma")], "Остальное в порядке")
    application = Application.objects.get()
    assert application.state == "INTAKE_REFUSED"
    first, second = application.marks
    assert (first["code"], first["field"]) == ("signature_missing", "employer_agreement")
    assert first["words"] == "Нет подписи главного врача"
    assert second["words"]
    for mark in (first, second):
        assert mark["norm"]
        assert mark["fix"]
        assert mark["fixer"] == "applicant"
    event = Event.objects.get(state="INTAKE_REFUSED")
    assert event.detail["reasons"] == ["signature_missing", "file_unreadable"]
    assert woken(application) == 1


def test_a_refusal_without_reasons_changes_nothing():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    with pytest.raises(NotAllowed) as refused:
        actions.refuse(case.pk, galina, [], "Не нравится")
    assert refused.value.refusal.code == "reasons_missing"
    assert Application.objects.get().state == "CENTER_REVIEW"


def test_a_withdrawn_application_is_not_decided():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    move(case.application_id, "WITHDRAWN", actor="sub-anna", words="Отозвано", act="application.withdrawn")
    with pytest.raises(NotAllowed) as refused:
        actions.accept(case.pk, galina)
    assert refused.value.refusal.code == "not_in_review"


def test_waking_twice_asks_once():
    case = review()
    wake(case.application_id)
    wake(case.application_id)
    assert woken(case.application) == 1


@pytest.mark.django_db(transaction=True)
def test_two_registrars_at_once_and_one_wins():
    case = review()
    galina, stepan = member("galina"), member("stepan")
    answers = at_once(partial(actions.take, case.pk, galina), partial(actions.take, case.pk, stepan))
    won = [answer for answer in answers if isinstance(answer, Review)]
    lost = [answer for answer in answers if isinstance(answer, NotAllowed)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].refusal.code == "taken_by_other"
    case.refresh_from_db()
    assert case.registrar_id == won[0].registrar_id
    assert Entry.objects.filter(act="review.taken").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_the_next_case_get_different_ones():
    cases = {review().pk, review("maria").pk}
    galina, stepan = member("galina"), member("stepan")
    answers = at_once(partial(actions.take_next, galina), partial(actions.take_next, stepan))
    assert {answer.pk for answer in answers} == cases


@pytest.mark.django_db(transaction=True)
def test_accepting_and_refusing_at_once_decides_once():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    answers = at_once(
        partial(actions.accept, case.pk, galina),
        partial(actions.refuse, case.pk, galina, [UNSIGNED], ""),
        partial(actions.accept, case.pk, galina),
    )
    assert sum(isinstance(answer, Review) for answer in answers) == 1
    case.refresh_from_db()
    assert (case.decision == "refuse") == (case.application.state == "INTAKE_REFUSED")


@pytest.mark.django_db(transaction=True)
def test_withdrawing_and_accepting_at_once_never_leaves_both():
    case, galina = review(), member("galina")
    actions.take(case.pk, galina)
    withdraw = partial(
        move,
        case.application_id,
        "WITHDRAWN",
        actor=person("anna").pk,
        words="Отозвано",
        act="application.withdrawn",
    )
    refuse = partial(actions.refuse, case.pk, galina, [UNSIGNED], "")
    answers = at_once(withdraw, refuse)
    assert sum(isinstance(answer, NotAllowed) for answer in answers) == 1
