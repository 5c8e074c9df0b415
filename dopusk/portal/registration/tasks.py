"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.registration import actions


@app.periodic(cron="17 * * * *")
@app.task(name="registration.purge", queueing_lock="registration.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: registrations not finished within a day."""
    actions.purge()
