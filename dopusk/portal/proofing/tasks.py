"""The worker's side: registers that were silent are asked again; what is past its time is forgotten."""

import logging
from uuid import UUID

from procrastinate.contrib.django import app

from dopusk.kernel import trace
from dopusk.portal.proofing import actions, questions

log = logging.getLogger(__name__)


@app.task(name="proofing.finish", queue="proofing")
def finish(attempt_id: str, trace_id: str = "") -> None:
    """Ask again for one attempt; what comes of it stands on its row, not on the job."""
    with trace.use(trace_id):
        _finish(UUID(attempt_id))


@app.periodic(cron="* * * * * */5")
@app.task(name="proofing.sweep", queueing_lock="proofing.sweep", queue="proofing")
def sweep(timestamp: int) -> None:
    """Attempts whose time has come and whose job was lost; a request that died in the middle is one of them."""
    for attempt_id in actions.due():
        try:
            _finish(attempt_id)
        except Exception:  # one broken attempt keeps nobody else's
            log.exception("proofing: attempt %s could not be finished", attempt_id)


def _finish(attempt_id: UUID) -> None:
    if actions.finish(attempt_id) == "questions_wanted":
        questions.finish(attempt_id)


@app.periodic(cron="29 * * * *")
@app.task(name="proofing.purge", queueing_lock="proofing.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Once an hour."""
    actions.purge()
