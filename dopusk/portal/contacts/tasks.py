"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.contacts import actions


@app.periodic(cron="13 * * * *")
@app.task(name="contacts.purge", queueing_lock="contacts.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: new contacts not proved within a day, changes older than thirty."""
    actions.purge()
