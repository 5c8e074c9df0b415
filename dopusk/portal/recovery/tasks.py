"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.recovery import actions


@app.periodic(cron="41 * * * *")
@app.task(name="recovery.purge", queueing_lock="recovery.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: recoveries that ended long ago."""
    actions.purge()
