"""Settings of the portal: what every site has, and its own slices."""

from dopusk.web import environment
from dopusk.web.delivery import configuration as delivery
from dopusk.web.files import configuration as files
from dopusk.web.settings import base

globals().update(
    base(
        "portal",
        slices=[
            "dopusk.web.delivery",
            "dopusk.web.files",
            "dopusk.portal.accounts",
            "dopusk.portal.clients",
            "dopusk.portal.sessions",
            "dopusk.portal.notices",
            "dopusk.portal.codes",
            "dopusk.portal.operators",
            "dopusk.portal.factors",
            "dopusk.portal.signin",
            "dopusk.portal.contacts",
            "dopusk.portal.consents",
            "dopusk.portal.oidc",
            "dopusk.portal.profile",
            "dopusk.portal.services",
            "dopusk.portal.home",
        ],
        context="dopusk.portal.home.context.page",
    )
)

globals().update(files.chosen())

# what texts and letters call this deployment
PORTAL_NAME = environment.text("DOPUSK_PORTAL_NAME", "Портал «допуск»")

CLIENT_ID = environment.text("DOPUSK_CABINET_CLIENT_ID")
CLIENT_SECRET = environment.secret("DOPUSK_CABINET_CLIENT_SECRET")
REGISTERS_TOKEN = environment.secret("DOPUSK_PORTAL_REGISTERS_TOKEN")

# sessions of people are rows of slice signin under the cookie `portal_session`; Django's own would take its name
INSTALLED_APPS = [app for app in globals()["INSTALLED_APPS"] if app != "django.contrib.sessions"]
MIDDLEWARE = [one for one in globals()["MIDDLEWARE"] if not one.startswith("django.contrib.sessions.")]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Argon2id at a cost of nothing, for tests and for benchmarks of everything but the hash
TEST_COST_PASSWORDS = environment.flag("DOPUSK_TEST_COST_PASSWORDS", default=False)
if TEST_COST_PASSWORDS and not globals()["SANDBOX"]:
    raise environment.Misconfigured("DOPUSK_TEST_COST_PASSWORDS exists in sandbox mode only")

# Days after which a password has to be changed; 0, the default: never. ASVS 5.0 6.2.10 forbids asking for a change
# without a sign of compromise; only for a deployment whose own regulation demands one.
PASSWORD_MAX_AGE_DAYS = int(environment.text("DOPUSK_PASSWORD_MAX_AGE_DAYS", "0"))
# Hours in which services that need a confirmed account stay closed after a recovery without a second factor.
RECOVERY_COOLING_HOURS = int(environment.text("DOPUSK_RECOVERY_COOLING_HOURS", "72"))

# how letters leave: DELIVERY_MAIL, DELIVERY_SMS
globals().update(
    delivery.chosen(sandbox=globals()["SANDBOX"], home=globals()["PORTAL_URL"], name=PORTAL_NAME)
)
