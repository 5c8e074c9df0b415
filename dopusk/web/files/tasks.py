"""Sweeping bytes whose row was never committed or is gone."""

from procrastinate.contrib.django import app

from dopusk.web.files import actions


@app.periodic(cron="17 * * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep", queue="sweep")
def sweep(timestamp: int) -> None:
    """Once an hour."""
    actions.sweep()
