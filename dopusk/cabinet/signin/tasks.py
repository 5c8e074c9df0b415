"""Sweeping out what has run out."""

from importlib import import_module

from django.conf import settings
from procrastinate.contrib.django import app

from dopusk.cabinet.signin import kept


@app.periodic(cron="*/10 * * * *")
@app.task(name="signin.purge", queueing_lock="signin.purge", queue="sweep")
def purge(timestamp: int) -> None:
    """Delete expired sessions and forms kept longer than half an hour."""
    kept.purge()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
