"""What Анна reads in her list."""

import pytest

from dopusk.cabinet.notices import actions, words
from dopusk.cabinet.notices.models import Notice
from dopusk.cabinet.review.tests.people import application, browser, person, questions

pytestmark = pytest.mark.django_db

DETAILS = {
    "registered": {"number": "2026-000001"},
    "register_down": {"register": "frmr"},
    "intake_refused": {"faults": 2},
    "at_commission": {"sitting_on": "2026-11-24"},
    "postponed": {"sitting_on": "2026-11-24", "case": 1, "reason": "Ждём подлинник диплома"},
    "sitting_moved": {"sitting_on": "2026-11-24"},
    "not_passed": {"reasons": ["hours_short"]},
    "certificate_ready": {"number": "7726000000001"},
    "recorded": {"number": "7726000000001"},
}


def test_every_kind_has_its_words():
    kinds = {value for value, _label in Notice._meta.get_field("kind").choices}
    assert kinds == set(DETAILS) == set(words.TEXTS)


@pytest.mark.parametrize("kind", DETAILS)
def test_each_notice_says_what_happened_with_its_facts(kind):
    notice = actions.tell(application(), kind, **DETAILS[kind])
    said = words.title(notice) + words.text(notice)
    assert "%(" not in said
    if kind == "at_commission":
        assert "24" in said


def test_a_notice_is_told_once():
    anna = application()
    first = actions.tell(anna, "registered", number="2026-000001")
    assert actions.tell(anna, "registered", number="2026-000002") == first
    assert Notice.objects.get().detail == {"number": "2026-000001"}


def test_anna_sees_what_is_new_and_marks_it_read():
    actions.tell(application(), "registered", number="2026-000001")
    anna = browser(person("anna"))
    assert anna.get("/notices/").context["unread"] == 1
    assert anna.post("/notices/read/")["Location"] == "/notices/"
    assert anna.get("/notices/").context["unread"] == 0


def test_every_page_says_how_many_are_new():
    anna = browser(person("anna"))

    def label():
        (found,) = [one["label"] for one in anna.get("/notices/").context["nav"] if one["url"] == "/notices/"]
        return str(found)

    before = label()
    actions.tell(application(), "registered", number="2026-000001")
    assert label() == f"{before} (1)"
    anna.post("/notices/read/")
    assert label() == before


def test_following_a_notice_leads_to_its_application_and_reads_it():
    made = application()
    notice = actions.tell(made, "intake_refused", faults=1)
    anna = browser(person("anna"))
    assert anna.get(f"/notices/{notice.pk}/")["Location"] == f"/applications/{made.pk}/"
    first = Notice.objects.get().read_at
    anna.get(f"/notices/{notice.pk}/")
    assert Notice.objects.get().read_at == first


def test_a_ready_certificate_is_opened_from_its_notice():
    notice = actions.tell(application(), "certificate_ready", number="7726000000001")
    answer = browser(person("anna")).get(f"/notices/{notice.pk}/")
    assert answer["Location"] == "/certificates/7726000000001/"


def test_marias_notices_are_not_annas():
    notice = actions.tell(application("maria"), "registered", number="2026-000001")
    anna = browser(person("anna"))
    assert anna.get("/notices/").context["rows"] == []
    assert anna.get(f"/notices/{notice.pk}/").status_code == 404
    anna.post("/notices/read/")
    assert Notice.objects.get().read_at is None


def test_strangers_are_asked_to_sign_in(client):
    notice = actions.tell(application(), "registered", number="2026-000001")
    for address in ("/notices/", f"/notices/{notice.pk}/"):
        assert client.get(address).status_code == 302
    assert client.post("/notices/read/").status_code == 302
    assert Notice.objects.get().read_at is None


def test_the_list_asks_the_database_as_often_for_many_notices():
    anna = browser(person("anna"))
    for _ in range(2):
        actions.tell(application(), "registered", number="1")
    few = questions(anna, "/notices/")
    for _ in range(30):
        actions.tell(application(), "registered", number="1")
    assert questions(anna, "/notices/") == few
    assert len(anna.get("/notices/").context["rows"]) == 25
