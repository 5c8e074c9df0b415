"""Keeping the queue itself healthy."""

from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

STALLED_AFTER = 30  # seconds; the worker's heartbeat is 10, a shorter wait would run healthy jobs twice
KEPT_DONE, KEPT_FAILED = 24, 30 * 24  # hours


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="retry_stalled", name="health.retry_stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """A worker killed with -9 leaves its jobs «doing»: give them back to the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:  # its twin under the same queueing lock waits already
            await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="purge_jobs", name="health.purge_jobs", pass_context=False)
async def purge_jobs(timestamp: int) -> None:
    """Every hour: jobs done a day ago, failed ones after a month. The sweeps alone leave 30,000 a day."""
    await app.job_manager.delete_old_jobs(KEPT_DONE)
    await app.job_manager.delete_old_jobs(
        KEPT_FAILED, include_failed=True, include_cancelled=True, include_aborted=True
    )
