"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.codes import actions


@app.periodic(cron="11 * * * *")
@app.task(name="codes.purge", queueing_lock="codes.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: codes and links that ended over two days ago, counts nobody touched for eight."""
    actions.purge()
