"""People in the middle of a sign-in, for tests."""

import re
import time

import httpx

from dopusk.portal.accounts.models import Account
from dopusk.portal.factors import actions as factors
from dopusk.portal.factors import passkeys
from dopusk.portal.factors import rules as factor_rules
from dopusk.portal.factors.tests.authenticator import Authenticator
from dopusk.portal.tests.browser import Browser


def code_of(answer: httpx.Response) -> str:
    """The code of the page's own help block."""
    found = re.search(r'data-error-summary[^>]* data-code="([^"]+)"', answer.text)
    return found[1] if found else ""


def enrol_app(account: Account) -> bytes:
    """An app taken into use; its secret."""
    secret = factors.begin_totp(account.pk)
    assert factors.finish_totp(
        account.pk, factor_rules.code_at(secret, factor_rules.step_at(time.time()) - 1)
    )
    return secret


def app_shows(secret: bytes) -> str:
    """What her app shows now."""
    return factor_rules.code_at(secret, factor_rules.step_at(time.time()))


def wrong_code(secret: bytes) -> str:
    """Six digits her app shows neither now nor near."""
    now = factor_rules.step_at(time.time())
    near = {factor_rules.code_at(secret, now + skew) for skew in range(-3, 4)}
    return next(text for text in (f"{n:06d}" for n in range(10)) if text not in near)


def enrol_passkey(account: Account) -> Authenticator:
    """A passkey of hers, made in software."""
    device = Authenticator()
    begun = passkeys.begin_registration(account.pk, "binding", name="anna", display_name="Анна")
    assert not isinstance(begun, passkeys.Refused)
    made = passkeys.finish_registration(account.pk, "binding", device.create(begun), name="телефон")
    assert not isinstance(made, passkeys.Refused)
    return device


def shows_passkey(
    browser: Browser, device: Authenticator, options: str, finish: str, next_path: str = "/"
) -> httpx.Response:
    """What passkeys.js does on a page that is open."""
    token = {"X-CSRFToken": browser.cookies["portal_csrf"]}
    begun = browser.post(options, json={"next": next_path}, headers=token)
    assert begun.status_code == 200, begun.text
    return browser.post(finish, json={**device.get(begun.json()), "next": next_path}, headers=token)
