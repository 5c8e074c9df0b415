"""The outbox's sender of letters, and clearing away."""

from collections.abc import Callable
from typing import Any

from procrastinate.contrib.django import app

from dopusk.web.delivery import actions
from dopusk.web.outbox.senders import sender


@sender(actions.KIND)
def carry(key: str, payload: dict[str, Any]) -> Callable[[], None]:
    """Deliver one letter."""
    return actions.carry(key)


@app.periodic(cron="27 * * * *")
@app.task(name="delivery.purge", queueing_lock="delivery.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: letters older than 30 days, the inbox of the stand after 7."""
    actions.purge()
