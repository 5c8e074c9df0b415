"""Settings of the cabinet: what every site has, and its own slices."""

from datetime import timedelta

from dopusk.cabinet.signin import configuration as signin
from dopusk.web import environment
from dopusk.web.files import configuration as files
from dopusk.web.settings import base
from dopusk.web.signing import configuration as signing

SITE_SETTINGS = base(
    "cabinet",
    context="dopusk.cabinet.signin.context.page",
    slices=[
        "dopusk.web.files",
        "dopusk.web.signing",
        "dopusk.cabinet.signin",
        "dopusk.cabinet.registries",
        "dopusk.cabinet.specialists",
        "dopusk.cabinet.documents",
        "dopusk.cabinet.applications",
        "dopusk.cabinet.checks",
        "dopusk.cabinet.home",
        "dopusk.cabinet.review",
        "dopusk.cabinet.commission",
        "dopusk.cabinet.certificates",
        "dopusk.cabinet.verification",
        "dopusk.cabinet.notices",
    ],
)
SITE_SETTINGS["MIDDLEWARE"].append("dopusk.cabinet.signin.middleware.FormsMayLeadToThePortal")
globals().update(SITE_SETTINGS)
globals().update(files.chosen())
globals().update(  # electronic signatures
    signing.chosen(
        sandbox=SITE_SETTINGS["SANDBOX"],
        registers=SITE_SETTINGS["REGISTERS_URL"],
        session="dopusk.web.signing.sessions.by_django",
    )
)
CSRF_FAILURE_VIEW = "dopusk.cabinet.signin.views.csrf_failure"
# the cookie ends with the browser, the session after an hour unused (signin/access.py)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600
globals().update(signin.chosen())  # who signs people in: ESIA, or CLIENT_ID at the portal
REGISTERS_TOKEN = environment.secret("DOPUSK_CABINET_REGISTERS_TOKEN")
# the accreditation centre: its name on papers, its region in register numbers
CENTER_NAME = environment.text("DOPUSK_CENTER_NAME", "Учебный федеральный аккредитационный центр")
CENTER_REGION = environment.text("DOPUSK_CENTER_REGION", "77")
# an application's journey: its jobs, and the shortest and longest pause before a silent register is asked again
PROCRASTINATE_IMPORT_PATHS = ["dopusk.cabinet.tasks"]
SILENCE_PAUSES = (timedelta(seconds=5), timedelta(minutes=10))
LIVE_KEY = environment.key("DOPUSK_LIVE_KEY")  # opens streams of the live app
