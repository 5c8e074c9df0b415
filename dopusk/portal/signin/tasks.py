"""Clearing away what is over, and telling people of sign-ins."""

from procrastinate.contrib.django import app

from dopusk.portal.signin import actions, watch


@app.periodic(cron="7 * * * *")
@app.task(name="signin.purge", queueing_lock="signin.purge", queue="purge")
def purge(timestamp: int) -> None:
    """Every hour: counts of attempts that are forgotten, sign-ins never finished."""
    actions.purge()


@app.periodic(cron="* * * * *")
@app.task(name="signin.tell", queueing_lock="signin.tell")
def tell(timestamp: int) -> None:
    """Every minute: new devices, and passwords that are being guessed."""
    watch.tell_of_new_devices()
    watch.tell_of_guessing()
