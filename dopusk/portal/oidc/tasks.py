"""Clearing away what is over, and telling services of it."""

from procrastinate.contrib.django import app

from dopusk.portal.oidc import actions, backchannel
from dopusk.web.outbox.senders import sender

sender(backchannel.KIND)(backchannel.tell)


@app.periodic(cron="17 * * * *")
@app.task(name="oidc.purge", queueing_lock="oidc.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: expired tokens, spent and unspent codes of yesterday, what services were told a month ago."""
    actions.purge()
    backchannel.purge()
