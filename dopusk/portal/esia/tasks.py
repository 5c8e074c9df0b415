"""Clearing away what is over."""

from procrastinate.contrib.django import app

from dopusk.portal.esia import actions
from dopusk.portal.esia.console import diagnosis


@app.periodic(cron="23 * * * *")
@app.task(name="esia.purge", queueing_lock="esia.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: what the dialect remembers of grants that are gone."""
    actions.purge()


@app.periodic(cron="*/10 * * * *")
@app.task(name="esia.purge_diagnoses", queueing_lock="esia.purge_diagnoses", queue="purge")
def purge_diagnoses(timestamp: int) -> None:
    """Every ten minutes: diagnoses of two weeks ago, and those beyond the most that are kept."""
    diagnosis.purge()
