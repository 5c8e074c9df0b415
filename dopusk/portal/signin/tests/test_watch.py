"""The owner learns of new devices and of guessing by a letter, a stranger by nothing."""

import re

import pytest

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.tests.letters import texts
from dopusk.portal.notices.models import Notice
from dopusk.portal.recovery import endings
from dopusk.portal.signin import watch
from dopusk.portal.tests.browser import Browser, known

pytestmark = pytest.mark.django_db
ANNA = sandbox.person("anna")


@pytest.fixture(autouse=True)
def _anna():
    known("anna")


def not_me_path() -> str:
    """The way to say «это не я» in the latest letter to Anna."""
    return re.findall(r"/not-me/[^/\s]+/", texts(ANNA.email)[-1])[0]


def kinds() -> list[str]:
    return list(Notice.objects.values_list("kind", flat=True))


def test_the_second_browser_is_told_once_with_a_way_to_say_it_is_not_her():
    Browser().sign_in(ANNA.email)
    assert watch.tell_of_new_devices() == 0
    Browser("203.0.113.9").sign_in(ANNA.email)
    assert (watch.tell_of_new_devices(), watch.tell_of_new_devices()) == (1, 0)
    assert kinds() == ["new_device"]
    assert "203.0.113.0/24" in texts(ANNA.email)[-1]
    assert not_me_path()


def test_a_browser_she_has_used_before_is_nothing_to_write_about():
    browser = Browser()
    for _ in range(3):
        browser.cookies.delete("portal_session")
        browser.sign_in(ANNA.email)
    assert watch.tell_of_new_devices() == 0


def test_guessing_is_told_once_a_day_and_only_to_whom_it_concerns():
    known("boris")
    for number in range(12):
        Browser(f"203.0.{number}.9").sign_in(ANNA.email if number % 2 else ANNA.phone, "wrong")
    Browser().sign_in("boris@example.org", "wrong")
    assert (watch.tell_of_guessing(), watch.tell_of_guessing()) == (1, 0)
    assert (kinds(), Notice.objects.get().account) == (
        ["guessing"],
        Account.objects.known_as(*_known()).get(),
    )


def _known():
    from dopusk.portal.accounts.actions import known_identity

    return known_identity(ANNA).known_by()


def test_the_worker_does_it_every_minute():
    from procrastinate.contrib.django import app

    import dopusk.portal.signin.tasks

    assert "signin.tell" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}
    Browser().sign_in(ANNA.email)
    Browser("203.0.113.9").sign_in(ANNA.email)
    dopusk.portal.signin.tasks.tell(0)
    assert kinds() == ["new_device"]


def test_the_way_out_of_the_letter_works():
    Browser().sign_in(ANNA.email)
    Browser("203.0.113.9").sign_in(ANNA.email)
    watch.tell_of_new_devices()
    token = not_me_path().split("/")[2]
    assert endings.codes.peek(token, "not_me") is not None
