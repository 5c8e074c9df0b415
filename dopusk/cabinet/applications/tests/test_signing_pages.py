"""Which text Анна is shown again when what she sent holds no signature."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dopusk.cabinet.applications import actions
from dopusk.cabinet.applications.tests import drafts, signing
from dopusk.web.signing.models import Challenge

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(anna, at_browser):
    """Her draft, her browser, the number of the text she was asked to sign."""
    application, client = drafts.whole(anna), at_browser(anna)
    page = client.get(f"/applications/{application.pk}/submit/", {"by": "signature"})
    return application, client, signing.challenge(page)


def sent(client, application, number):
    """The form without any file in it; the number of the text she is asked to sign then."""
    answer = client.post(f"/applications/{application.pk}/submit/", {"challenge": number, "signature": ""})
    assert (answer.status_code, answer.context["signing"].code) == (422, "signature_absent")
    return signing.challenge(answer)


def test_a_forgotten_file_leaves_the_text_as_it_was(asked):
    application, client, number = asked
    assert sent(client, application, number) == number


def test_a_text_that_is_over_is_not_shown_again(asked):
    application, client, number = asked
    Challenge.objects.update(good_until=timezone.now() - timedelta(seconds=1))
    assert sent(client, application, number) != number


def test_a_text_of_data_that_have_changed_is_not_shown_again(asked, anna):
    application, client, number = asked
    changed = {"agreement": "agreed", "position": "Старшая медсестра"}
    actions.save_step(application.pk, anna, "report", changed)
    again = sent(client, application, number)
    assert "Старшая медсестра" in signing.text(client, again).decode()


def test_a_text_of_another_act_is_not_shown_here(asked, anna):
    application, client, number = asked
    Challenge.objects.update(object_key="application:6f1c1f0e-6f4e-4a2f-8f0e-2a2f5d1c9b11")
    assert sent(client, application, number) != number
