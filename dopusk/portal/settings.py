"""Settings of the portal: what every site has, and its own slices."""

from datetime import timedelta

from dopusk.kernel import faults
from dopusk.portal.sessions import rules as sessions
from dopusk.web import environment
from dopusk.web.delivery import configuration as delivery
from dopusk.web.files import configuration as files
from dopusk.web.settings import base
from dopusk.web.signing import configuration as signing

globals().update(
    base(
        "portal",
        slices=[
            "dopusk.web.delivery",
            "dopusk.web.files",
            "dopusk.web.signing",
            "dopusk.portal.accounts",
            "dopusk.portal.clients",
            "dopusk.portal.sessions",
            "dopusk.portal.notices",
            "dopusk.portal.codes",
            "dopusk.portal.operators",
            "dopusk.portal.factors",
            "dopusk.portal.signin",
            "dopusk.portal.security",
            "dopusk.portal.contacts",
            "dopusk.portal.registration",
            "dopusk.portal.recovery",
            "dopusk.portal.consents",
            "dopusk.portal.oidc",
            "dopusk.portal.proofing",
            "dopusk.portal.profile",
            "dopusk.portal.esia",
            "dopusk.portal.certificates",
            "dopusk.portal.services",
            "dopusk.portal.support",
            "dopusk.portal.parties",
            "dopusk.portal.home",
        ],
        context="dopusk.portal.home.context.page",
    )
)

globals().update(files.chosen())

# what texts and letters call this deployment
PORTAL_NAME = environment.text("DOPUSK_PORTAL_NAME", "Портал «допуск»")
# codes by SMS an hour that one network (/24, /64) may ask for before anybody is known; five times as many a day
CODES_NETWORK_HOURLY = environment.whole("DOPUSK_CODES_NETWORK_HOURLY", 60, least=1)
# who processes personal data here, with an address: named in the consent people give at registration
PORTAL_OPERATOR = environment.text(
    "DOPUSK_PORTAL_OPERATOR",
    "Учебный оператор стенда, 170000, г. Тверь, Учебная ул., д. 1" if globals()["SANDBOX"] else None,
)

# how people reach support, in words: at the foot of every page
PORTAL_SUPPORT = environment.text(
    "DOPUSK_PORTAL_SUPPORT",
    "Волков Олег, oleg@example.org" if globals()["SANDBOX"] else None,
)

CLIENT_ID = environment.text("DOPUSK_CABINET_CLIENT_ID")
CLIENT_SECRET = environment.secret("DOPUSK_CABINET_CLIENT_SECRET")
REGISTERS_TOKEN = environment.secret("DOPUSK_PORTAL_REGISTERS_TOKEN")

# sign-in by an electronic signature: whose certificates open a session, those people have added themselves or any valid
# one with their СНИЛС (certificates.rules.Accepted)
SIGNIN_CERTIFICATES = environment.text("DOPUSK_SIGNIN_CERTIFICATES", "added")
if SIGNIN_CERTIFICATES not in {"added", "any"}:
    raise environment.Misconfigured("DOPUSK_SIGNIN_CERTIFICATES must be added or any")

# what electronic signatures are judged by; the challenge is bound to the session, or to the cookie of a sign-in under
# way. Signatures people signed in by are evidence for a month, then only the journal says it.
globals().update(
    signing.chosen(
        sandbox=globals()["SANDBOX"],
        registers=globals()["REGISTERS_URL"],
        session="dopusk.web.signing.sessions.by_cookie",
        forget={"signin": timedelta(days=30)},
    )
)

# who may speak for a client's address (X-Forwarded-For); nobody unless set
TRUSTED_PROXIES = environment.networks("DOPUSK_TRUSTED_PROXIES")

# an unused session: when she is warned, when it ends
SESSION_IDLE_WARNING = timedelta(
    minutes=environment.whole("DOPUSK_IDLE_WARNING_MINUTES", sessions.IDLE_WARNING_MINUTES, least=1)
)
SESSION_IDLE_END = timedelta(
    minutes=environment.whole("DOPUSK_IDLE_END_MINUTES", sessions.IDLE_END_MINUTES, least=2)
)
if not SESSION_IDLE_WARNING < SESSION_IDLE_END <= timedelta(hours=1):
    raise environment.Misconfigured(
        "DOPUSK_IDLE_WARNING_MINUTES must be less than DOPUSK_IDLE_END_MINUTES, and that at most 60"
    )

# ASVS 5.0 6.2.10 and NIST SP 800-63B-4 3.1.1.2 forbid changing passwords by the calendar, so 0: never.
# Other rules may bind a deployment; then the days after which a password is changed at the next sign-in.
PASSWORD_MAX_AGE_DAYS = environment.whole("DOPUSK_PASSWORD_MAX_AGE_DAYS", 0)

# sessions of people are rows of slice sessions under the cookie `portal_session`; Django's own would take its name
INSTALLED_APPS = [app for app in globals()["INSTALLED_APPS"] if app != "django.contrib.sessions"]
MIDDLEWARE = [one for one in globals()["MIDDLEWARE"] if not one.startswith("django.contrib.sessions.")]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# Argon2id at a cost of nothing, for tests and for benchmarks of everything but the hash
TEST_COST_PASSWORDS = environment.flag("DOPUSK_TEST_COST_PASSWORDS", default=False)
if TEST_COST_PASSWORDS and not globals()["SANDBOX"]:
    raise environment.Misconfigured("DOPUSK_TEST_COST_PASSWORDS exists in sandbox mode only")

# Hours in which services that need a confirmed account stay closed after a recovery without a second factor.
RECOVERY_COOLING_HOURS = environment.whole("DOPUSK_RECOVERY_COOLING_HOURS", 72)

# The ЕСИА dialect. Clients hard-code the issuer of production, so that is what markers say; no public figure exists for
# the lifetimes. What consents (`permissions`) may name: types, actions, purposes, parted by spaces.
ESIA_ISSUER = environment.text("DOPUSK_ESIA_ISSUER", "http://esia.gosuslugi.ru/")
# how far the `timestamp` of a request may be from our clock, both ways; the real figure is not public
ESIA_TIMESTAMP_SECONDS = environment.whole("DOPUSK_ESIA_TIMESTAMP_SECONDS", 300, least=1)
ESIA_MARKER_SECONDS = environment.whole("DOPUSK_ESIA_MARKER_SECONDS", 3600, least=1)
ESIA_ID_MARKER_SECONDS = environment.whole("DOPUSK_ESIA_ID_MARKER_SECONDS", 10_800, least=1)
ESIA_REFRESH_SECONDS = environment.whole("DOPUSK_ESIA_REFRESH_SECONDS", 30 * 86_400, least=1)
ESIA_CONSENT_TYPES = environment.text("DOPUSK_ESIA_CONSENT_TYPES", "DOPUSK_REGISTER").split()
ESIA_CONSENT_ACTIONS = environment.text("DOPUSK_ESIA_CONSENT_ACTIONS", "ALL_ACTIONS_TO_DATA").split()
ESIA_CONSENT_PURPOSES = environment.text("DOPUSK_ESIA_CONSENT_PURPOSES", "ACCREDITATION").split()

# The sandbox's stand-in alone (`./dev esia`): the test СНИЛС `ac` signs in without pages, faults on demand, and whether
# people are asked which of the sixteen they are rather than for a password.
ESIA_AUTO_LOGIN = environment.text("DOPUSK_ESIA_AUTO_LOGIN", "")
ESIA_FAULTS = tuple(faults.parse(one) for one in environment.text("DOPUSK_ESIA_FAULTS", "").split())
ESIA_OFFERS_PEOPLE = environment.flag("DOPUSK_ESIA_OFFERS_PEOPLE", default=False)
# of the stand-in alone too: services whose addresses are http:// beyond this machine (a container, a colleague's)
PLAIN_HTTP_CLIENTS = environment.flag("DOPUSK_PLAIN_HTTP_CLIENTS", default=False)
ESIA_SIGNER = environment.text(
    "DOPUSK_ESIA_SIGNER", "RS256"
)  # whose certificate /sandbox/esia.pem shows unasked
if (ESIA_AUTO_LOGIN or ESIA_FAULTS or ESIA_OFFERS_PEOPLE) and not globals()["SANDBOX"]:
    raise environment.Misconfigured(
        "DOPUSK_ESIA_AUTO_LOGIN, _FAULTS and _OFFERS_PEOPLE exist in sandbox mode only"
    )
if PLAIN_HTTP_CLIENTS and not (globals()["SANDBOX"] and globals()["ALONE"]):
    raise environment.Misconfigured("DOPUSK_PLAIN_HTTP_CLIENTS exists for the sandbox's stand-in alone")

# how letters leave: DELIVERY_MAIL, DELIVERY_SMS
globals().update(
    delivery.chosen(sandbox=globals()["SANDBOX"], home=globals()["PORTAL_URL"], name=PORTAL_NAME)
)
