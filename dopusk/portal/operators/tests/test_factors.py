"""What counts as two factors for an operator: never a code by SMS."""

import pytest
from django.urls import reverse

from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.actions import Place, start
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("amr", "status"),
    [
        (["pwd"], 403),
        (["pwd", "sms", "mfa"], 403),
        (["pwd", "otp", "mfa"], 200),
        (["pwd", "otp", "sms", "mfa"], 200),
        (["swk", "user", "mfa"], 200),
        (["hwk", "user", "mfa"], 200),
    ],
)
def test_one_appointed_while_signed_in_by_sms_works_only_after_a_stronger_step(amr, status):
    boris = known("boris")
    opened = start(boris.pk, Place("198.51.100.0/24", "Firefox, Linux"), amr=amr, words="Вход")
    appoint(boris.pk, Role.SUPPORT, by="system")
    browser = Browser()
    browser.cookies.set(COOKIE, opened.cookie)
    answer = browser.get(reverse("operators:desk"))
    assert answer.status_code == status
    assert ('data-code="second_factor_missing"' in answer.text) is (status == 403)
