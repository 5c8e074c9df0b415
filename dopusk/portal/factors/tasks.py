"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.factors import actions


@app.periodic(cron="11 * * * *")
@app.task(name="factors.purge", queueing_lock="factors.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: challenges and unfinished enrolments of yesterday."""
    actions.purge()
