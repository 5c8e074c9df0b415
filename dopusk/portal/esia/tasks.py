"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.esia import actions


@app.periodic(cron="23 * * * *")
@app.task(name="esia.purge", queueing_lock="esia.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: what the dialect remembers of grants that are gone."""
    actions.purge()
