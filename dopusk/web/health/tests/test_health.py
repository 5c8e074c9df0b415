"""The queue and the database are watched."""

import json

import pytest
from asgiref.sync import async_to_sync
from django.core.checks import run_checks
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from dopusk.web import start
from dopusk.web.environment import Misconfigured
from dopusk.web.health import checks, tasks


def killed_while_doing():
    """Every job of the queue was being done by a worker that is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])


@pytest.mark.django_db(transaction=True)
def test_a_job_left_doing_by_a_killed_worker_goes_back_to_the_queue():
    app.configure_task("outbox.deliver").defer(message_id=1)
    killed_while_doing()
    async_to_sync(tasks.retry_stalled.func)(timestamp=0)
    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["todo"]


@pytest.mark.django_db(transaction=True)
def test_a_stalled_job_whose_twin_waits_keeps_the_others_from_nothing():
    locked = app.configure_task("outbox.sweep", queueing_lock="one at a time")
    locked.defer(timestamp=0)
    app.configure_task("outbox.deliver").defer(message_id=1)
    killed_while_doing()
    locked.defer(timestamp=1)
    async_to_sync(tasks.retry_stalled.func)(timestamp=0)
    left = ProcrastinateJob.objects.order_by("id").values_list("task_name", "status")
    assert list(left) == [("outbox.deliver", "todo"), ("outbox.sweep", "todo")]


@pytest.mark.django_db(transaction=True)
def test_jobs_long_done_are_cleared_away():
    for message_id in (1, 2, 3):
        app.configure_task("outbox.deliver").defer(message_id=message_id)
    old_done, fresh, old_failed = ProcrastinateJob.objects.order_by("id").values_list("id", flat=True)
    with connection.cursor() as cursor:
        for status, at in (("doing", "doing"), ("succeeded", "failed")):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = (CASE id WHEN %s THEN %s ELSE %s END)"
                "::procrastinate_job_status",
                [old_failed, at, status],
            )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '25 hours' WHERE job_id <> %s", [fresh]
        )
    async_to_sync(tasks.purge_jobs.func)(timestamp=0)
    assert list(ProcrastinateJob.objects.order_by("id").values_list("id", flat=True)) == [fresh, old_failed]
    assert old_done not in {fresh, old_failed}


@pytest.mark.django_db
def test_this_database_can_search_russian_text():
    assert checks.russian_text_works(databases=["default"]) == []


ROW = {"key": "sign_intake_decision", "value": "required", "valid_from": "2026-01-01", "act": "Приказ центра"}


def said_of_norms():
    return [one for one in run_checks() if one.id == "dopusk.E002"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (json.dumps([{**ROW, "value": "requierd"}]), ("norm_word", "row 1", "sign_intake_decision")),
        (json.dumps([ROW, {**ROW, "key": "sign_intake"}]), ("norm_key", "row 2", "sign_intake")),
        ("[{", ("norms_json", "line 1")),
    ],
)
def test_wrong_norms_are_told_by_check_and_let_no_site_start(db, settings, tmp_path, text, named):
    settings.NORMS_FILE = tmp_path / "norms.json"
    settings.NORMS_FILE.write_text(text, encoding="utf-8")
    (error,) = said_of_norms()
    assert all(part in error.msg for part in named)
    with pytest.raises(Misconfigured, match=r"dopusk\.E002"):
        start.begin()


def test_norms_that_are_not_there_are_told_too(settings, tmp_path):
    settings.NORMS_FILE = tmp_path / "none.json"
    assert len(said_of_norms()) == 1


def test_right_norms_and_none_are_fine(settings, tmp_path):
    settings.NORMS_FILE = None
    assert said_of_norms() == []
    settings.NORMS_FILE = tmp_path / "norms.json"
    settings.NORMS_FILE.write_text(json.dumps([ROW]), encoding="utf-8")
    assert said_of_norms() == []
