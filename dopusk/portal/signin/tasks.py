"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.signin import actions


@app.periodic(cron="7 * * * *")
@app.task(name="signin.purge", queueing_lock="signin.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: counts of attempts older than 30 days."""
    actions.purge()
