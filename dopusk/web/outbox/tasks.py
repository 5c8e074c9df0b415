"""Delivery by the worker: at once when put, and again by a sweep when its time has come."""

import logging

from procrastinate.contrib.django import app

from dopusk.web.outbox import actions

log = logging.getLogger(__name__)


@app.task(name="outbox.deliver", queue="outbox")
def deliver(message_id: int) -> None:
    """Deliver one message; failures are kept on its row, not on the job."""
    actions.deliver(message_id)


@app.periodic(cron="* * * * * */5")
@app.task(name="outbox.sweep", queueing_lock="outbox.sweep", queue="outbox")
def sweep(timestamp: int) -> None:
    """Deliver what is due: retries after backoff, and messages whose job was lost."""
    for message_id in actions.due():
        try:
            actions.deliver(message_id)
        except Exception:  # one broken message keeps nobody else's
            log.exception("outbox: message %s could not be sent", message_id)
