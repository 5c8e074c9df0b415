"""What counts as two factors for an operator: never a code by SMS."""

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.factors.models import Totp
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import operator
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


def way_out(answer) -> str:
    return answer.text.split('data-code="second_factor_missing"', 1)[1].split("</main>", 1)[0]


def test_who_has_enrolled_nothing_is_led_to_enrol_and_not_round_in_a_circle():
    answer = operator("boris", Role.SUPPORT, two_factors=False).get(reverse("operators:desk"))
    assert reverse("signin:again") not in way_out(answer)
    assert reverse("factors:list") in way_out(answer)


def test_who_has_an_app_shows_it_and_comes_back():
    boris = known("boris")
    app = Totp(account=boris, confirmed_at=timezone.now())
    app.seal(b"s" * 20)
    app.save(force_insert=True)
    answer = operator("boris", Role.SUPPORT, two_factors=False).get(reverse("operators:desk"))
    assert f"{reverse('signin:again')}?next=%2Fdesk%2F" in way_out(answer)
    assert reverse("factors:list") not in way_out(answer)
