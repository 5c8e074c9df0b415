"""Operators for tests: people everyone knows, with posts, signed in with one factor or with two."""

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.actions import Place, start
from dopusk.portal.tests.browser import Browser, known

PLACE = Place(network="198.51.100.0/24", device="Firefox, Linux")


def signed_in(account: Account, *, two_factors: bool = True) -> Browser:
    """A browser with a session of this person."""
    amr = ["pwd", "otp", "mfa"] if two_factors else ["pwd"]
    opened = start(account.pk, PLACE, amr=amr, words="Вы вошли на портал по паролю и второму шагу")
    browser = Browser()
    browser.cookies.set(COOKIE, opened.cookie)
    return browser


def operator(key: str, *roles: Role, two_factors: bool = True) -> Browser:
    """A known person with these posts, signed in."""
    account = known(key)
    for role in roles:
        appoint(account.pk, role, by="system")
    return signed_in(account, two_factors=two_factors)


def phone(key: str) -> str:
    """The telephone of a known person."""
    return sandbox.person(key).phone
