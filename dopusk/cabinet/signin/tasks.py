"""Sweeping out what has run out."""

from importlib import import_module

from django.conf import settings
from procrastinate.contrib.django import app

from dopusk.cabinet.signin import kept, presence


@app.periodic(cron="*/10 * * * *")
@app.task(name="signin.purge", queueing_lock="signin.purge", queue="sweep")
def purge(timestamp: int) -> None:
    """Delete expired sessions, forms kept longer than half an hour, and what was noted of both."""
    kept.purge()
    presence.purge()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
