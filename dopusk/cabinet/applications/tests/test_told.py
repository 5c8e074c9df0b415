"""What an application tells on its pages: the employer's reasons, and where a fault found by the centre is."""

import pytest

from dopusk.cabinet.applications import actions, statement, words
from dopusk.cabinet.applications.tests import drafts

pytestmark = pytest.mark.django_db


def test_what_the_employer_wrote_is_signed_and_frozen(anna, at_browser):
    application = drafts.whole(anna)
    answers = {"agreement": "refused", "refusal_reason": "Нет цифр за 2024 год"}
    application = actions.save_step(application.pk, anna, "report", answers)
    drafts.scan(application, anna, "reasoned_refusal")
    page = at_browser(anna).get(f"/applications/{application.pk}/submit/").content.decode()
    assert "Нет цифр за 2024 год" in page
    content = statement.snapshot(application, [])
    assert content["answers"]["report"]["refusal_reason"] == "Нет цифр за 2024 год"


def test_a_fault_names_its_document_on_every_page_that_shows_it(anna, at_browser):
    former, client = drafts.refused(anna), at_browser(anna)
    fresh = actions.copy(former.pk, anna)
    pages = (
        f"/applications/{former.pk}/",
        f"/applications/{fresh.pk}/",
        f"/applications/{fresh.pk}/steps/report/",
    )
    for page in pages:
        (mark,) = client.get(page).context["marks"]
        assert mark["place"] == words.DOCUMENTS["employer_agreement"]
