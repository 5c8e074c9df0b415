"""Clearing away what is over."""

from django.conf import settings
from procrastinate.contrib.django import app

from dopusk.web.signing import actions


@app.periodic(cron="37 * * * *")
@app.task(name="signing.sweep", queueing_lock="signing.sweep", queue="sweep")
def sweep(timestamp: int) -> None:
    """Every hour: challenges over for a day, signatures whose time of keeping has passed, evidence of nothing."""
    actions.purge(forget=settings.SIGNING_FORGET)
