"""Clearing away, and telling people whose certificate ends soon."""

from procrastinate.contrib.django import app

from dopusk.portal.certificates import actions


@app.periodic(cron="13 * * * *")
@app.task(name="certificates.purge", queueing_lock="certificates.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: sessions by certificates that ended long ago."""
    actions.purge()


@app.periodic(cron="20 7 * * *")
@app.task(name="certificates.tell_of_ending", queueing_lock="certificates.tell_of_ending")
def tell_of_ending(timestamp: int) -> None:
    """Every morning: certificates that end within a month."""
    actions.tell_of_ending()
