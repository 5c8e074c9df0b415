"""Putting out temporary passwords, clearing away look-ups."""

from procrastinate.contrib.django import app

from dopusk.portal.support import actions


@app.periodic(cron="*/5 * * * *")
@app.task(name="support.put_out", queueing_lock="support.put_out", queue="purge")
def put_out(timestamp: int) -> None:
    """Every five minutes: temporary passwords whose 72 hours are over."""
    actions.put_out()


@app.periodic(cron="41 3 * * *")
@app.task(name="support.purge", queueing_lock="support.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every night: look-ups older than 90 days."""
    actions.purge()
