"""Each verb changes what it says and nothing else, also when pressed twice at once."""

import threading
import uuid

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from dopusk.cabinet.applications import actions
from dopusk.cabinet.applications.models import Application, Event
from dopusk.cabinet.applications.tests import drafts
from dopusk.cabinet.documents.actions import DocumentRefused
from dopusk.cabinet.documents.models import Document
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.actions import verify
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


def code_of(call, *arguments, **more):
    with pytest.raises(actions.NotAllowed) as refused:
        call(*arguments, **more)
    return refused.value.refusal.code


def test_a_draft_begins_with_what_the_portal_knows(anna):
    application = drafts.draft(anna)
    assert application.data["contacts"] == {"email": "anna@example.org", "phone": "+79000000003"}
    assert (application.state, application.specialty_code) == ("DRAFT", "34.02.01")
    assert Entry.objects.last() is None or Entry.objects.filter(act="application.started").count() == 1


def test_beginning_twice_gives_the_same_draft(anna):
    assert drafts.draft(anna) == drafts.draft(anna)
    assert actions.start(anna) == actions.start(anna)
    assert Application.objects.count() == 2


def test_a_second_application_for_the_specialty_has_to_wait(anna):
    drafts.submitted(anna)
    assert code_of(drafts.draft, anna) == "already_applied"


def test_two_people_apply_for_the_same_specialty(anna, maria):
    assert drafts.draft(anna) != drafts.draft(maria)


def test_a_step_is_saved_and_the_version_grows(anna):
    application = drafts.draft(anna)
    saved = actions.save_step(application.pk, anna, "report", {"agreement": "agreed"})
    assert saved.data["report"] == {"agreement": "agreed"}
    assert saved.version == application.version + 1


def test_the_same_answers_again_change_nothing(anna):
    application = drafts.draft(anna)
    first = actions.save_step(application.pk, anna, "report", {"agreement": "agreed"})
    second = actions.save_step(application.pk, anna, "report", {"agreement": "agreed"})
    assert first.version == second.version
    assert Entry.objects.filter(act="application.step_saved").count() == 1


def test_an_old_form_does_not_overwrite_a_newer_answer(anna):
    application = drafts.draft(anna)
    seen = actions.rules.stamp({})
    actions.save_step(application.pk, anna, "report", {"agreement": "agreed"}, seen=seen)
    code = code_of(actions.save_step, application.pk, anna, "report", {"agreement": "not_working"}, seen=seen)
    assert code == "changed_elsewhere"
    assert Application.objects.get().data["report"] == {"agreement": "agreed"}


@pytest.mark.parametrize(
    "call",
    [
        lambda pk, who: actions.save_step(pk, who, "report", {"agreement": "agreed"}),
        lambda pk, who: actions.submit(pk, who, "0" * 64),
        actions.withdraw,
        actions.copy,
        lambda pk, who: actions.remove_document(pk, who, uuid.uuid4()),
    ],
)
def test_somebody_elses_application_does_not_exist_for_her(anna, maria, call):
    application = drafts.whole(anna)
    with pytest.raises(Application.DoesNotExist):
        call(application.pk, maria)


def test_submission_freezes_what_was_signed_and_asks_for_the_next_step(anna):
    application = drafts.whole(anna)
    signed = drafts.digest(application)
    application = actions.submit(application.pk, anna, signed)
    assert application.state == "SUBMITTED"
    assert actions.statement.digest(application.snapshot) == signed
    assert Entry.objects.get(act="application.submitted").detail.count(signed) == 1
    assert not Document.objects.filter(released_at=None).exists()
    job = ProcrastinateJob.objects.get(task_name="flow.advance")
    assert job.args == {"application_id": str(application.pk)}
    assert [event.state for event in application.events.order_by("id")] == ["DRAFT", "SUBMITTED"]


def test_the_snapshot_holds_no_open_snils(anna):
    application = drafts.submitted(anna)
    assert "00000060003" not in str(application.snapshot)
    assert application.snapshot["applicant"]["snils_masked"].endswith("600 03")


def test_what_changed_after_reading_is_not_signed(anna):
    application = drafts.whole(anna)
    signed = drafts.digest(application)
    actions.save_step(application.pk, anna, "report", {"agreement": "not_working"})
    assert code_of(actions.submit, application.pk, anna, signed) == "content_changed"
    assert Application.objects.get().state == "DRAFT"
    assert not ProcrastinateJob.objects.filter(task_name="flow.advance").exists()


def test_an_unfinished_draft_is_not_submitted(anna):
    application = drafts.draft(anna)
    assert code_of(actions.submit, application.pk, anna, drafts.digest(application)) == "incomplete"


def test_nothing_changes_in_what_was_submitted(anna):
    application = drafts.submitted(anna)
    paper = Document.objects.in_folder(str(application.pk)).first()
    stored = StoredFile.objects.first()
    for call in (
        lambda: actions.save_step(application.pk, anna, "report", {"agreement": "not_working"}),
        lambda: actions.add_document(application.pk, anna, "diploma", stored),
        lambda: actions.remove_document(application.pk, anna, paper.pk),
        lambda: actions.submit(application.pk, anna, drafts.digest(application)),
    ):
        assert code_of(call) == "not_a_draft"


def test_a_withdrawn_application_makes_room_for_another(anna):
    application = drafts.submitted(anna)
    actions.withdraw(application.pk, anna)
    assert Application.objects.get().state == "WITHDRAWN"
    assert drafts.draft(anna) != application


def test_what_the_commission_has_is_not_withdrawn(anna):
    application = drafts.submitted(anna)
    for state in ("REGISTERED", "CENTER_REVIEW", "AT_COMMISSION"):
        actions.move(application.pk, state, actor="system", words="Дальше", act="application.moved")
    assert code_of(actions.withdraw, application.pk, anna) == "too_late_to_withdraw"


def test_a_copy_of_a_refused_one_lacks_exactly_what_was_faulty(anna):
    former = drafts.refused(anna)
    fresh = actions.copy(former.pk, anna)
    assert fresh.copied_from_id == former.pk
    assert [mark["code"] for mark in fresh.marks] == ["signature_missing"]
    kinds = set(Document.objects.in_folder(str(fresh.pk)).values_list("kind", flat=True))
    assert kinds == {"activity_report"}
    lacks = [one.code for one in actions.rules.missing(fresh.data, kinds)]
    assert lacks == ["employer_agreement_missing", "consent_missing"]


def test_copying_twice_gives_the_same_draft(anna):
    former = drafts.refused(anna)
    assert actions.copy(former.pk, anna) == actions.copy(former.pk, anna)


def test_a_copied_scan_taken_back_stays_in_the_former_application(anna):
    former = drafts.refused(anna)
    fresh = actions.copy(former.pk, anna)
    paper = Document.objects.in_folder(str(fresh.pk)).get()
    actions.remove_document(fresh.pk, anna, paper.pk)
    assert Document.objects.in_folder(str(former.pk)).count() == 2
    assert StoredFile.objects.filter(pk=paper.stored_id).exists()


def test_forty_documents_are_enough(anna):
    application = drafts.draft(anna)
    for _ in range(40):
        drafts.scan(application, anna, "diploma")
    with pytest.raises(DocumentRefused) as refused:
        drafts.scan(application, anna, "diploma")
    assert refused.value.code == "too_many_documents"


def test_every_turn_is_in_the_journal_and_the_chain_holds(anna):
    drafts.refused(anna)
    acts = set(Entry.objects.about(anna.pk).values_list("act", flat=True))
    assert {
        "application.started",
        "application.step_saved",
        "document.added",
        "application.submitted",
    } <= acts
    assert verify()[1] is None


def at_once(*calls):
    """Run the calls in threads that start together; what each returned or raised."""
    gate, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        gate.wait()
        try:
            answers[place] = call()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_submit_once(anna):
    application = drafts.whole(anna)
    signed = drafts.digest(application)
    answers = at_once(*[lambda: actions.submit(application.pk, anna, signed)] * 4)
    won = [one for one in answers if isinstance(one, Application)]
    lost = [one for one in answers if isinstance(one, actions.NotAllowed)]
    assert (len(won), {one.refusal.code for one in lost}) == (1, {"not_a_draft"})
    assert Event.objects.filter(state="SUBMITTED").count() == 1
    assert ProcrastinateJob.objects.filter(task_name="flow.advance").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_begin_one_draft(anna):
    answers = at_once(*[lambda: drafts.draft(anna)] * 4)
    assert len({one.pk for one in answers}) == 1
    assert Application.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_copy(anna):
    former = drafts.refused(anna)
    answers = at_once(*[lambda: actions.copy(former.pk, anna)] * 4)
    assert len({one.pk for one in answers}) == 1
    assert Application.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_drafts_made_for_one_specialty_at_once_do_not_both_get_it(anna):
    first = actions.start(anna)
    Application.objects.filter(pk=first.pk).update(specialty_key="masseur")
    second = actions.start(anna)

    def choose(application):
        return actions.save_step(
            application.pk, anna, "specialty", {"specialty_key": "34.02.01"}, specialty=drafts.NURSING
        )

    answers = at_once(lambda: choose(first), lambda: choose(second))
    refused = [one for one in answers if isinstance(one, actions.NotAllowed)]
    assert [one.refusal.code for one in refused] == ["already_applied"]
