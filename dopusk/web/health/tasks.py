"""Keeping the queue itself healthy."""

from procrastinate.contrib.django import app

STALLED_AFTER = 30  # seconds; the worker's heartbeat is 10, a shorter wait would run healthy jobs twice


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="retry_stalled", name="health.retry_stalled", pass_context=False)
async def retry_stalled(timestamp: int) -> None:
    """A worker killed with -9 leaves its jobs «doing»: give them back to the queue."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await app.job_manager.retry_job(job)
