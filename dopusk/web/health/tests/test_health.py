"""The queue and the database are watched."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from dopusk.web.health import checks, tasks


@pytest.mark.django_db(transaction=True)
def test_a_job_left_doing_by_a_killed_worker_goes_back_to_the_queue():
    app.configure_task("outbox.deliver").defer(message_id=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id"
        )
        worker = cursor.fetchone()[0]
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [worker])
    async_to_sync(tasks.retry_stalled.func)(timestamp=0)
    assert list(ProcrastinateJob.objects.values_list("status", flat=True)) == ["todo"]


@pytest.mark.django_db
def test_this_database_can_search_russian_text():
    assert checks.russian_text_works(databases=["default"]) == []
