"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.sessions import actions


@app.periodic(cron="9 * * * *")
@app.task(name="sessions.purge", queueing_lock="sessions.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: sessions that ended over a day ago."""
    actions.purge()
