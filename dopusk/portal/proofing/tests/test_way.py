"""From an upgraded account to a confirmed one: the straight way, its faults, its refusals."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import snils
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.notices.models import Notice
from dopusk.portal.proofing import actions
from dopusk.portal.proofing.models import Attempt, Draft, Try
from dopusk.portal.proofing.tests.people import (
    DATA,
    account_of,
    answers,
    codes,
    csrf,
    fields,
    newcomer,
    presses,
    sends,
    signed_in,
    who,
)
from dopusk.portal.tests.browser import known, path_of
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests.papers import exe, pdf
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


def told(key):
    return list(Notice.objects.filter(account=account_of(key)).values_list("kind", flat=True))


def acts(key):
    return list(Entry.objects.about(str(account_of(key).sub)).values_list("act", flat=True))


def nothing_is_kept(key):
    return not Attempt.objects.exists() and not StoredFile.objects.exists() and not Draft.objects.exists()


def test_the_addresses():
    assert reverse("proofing:overview") == "/proofing/"
    assert reverse("proofing:data") == DATA
    assert reverse("proofing:draft") == "/proofing/draft/"
    assert reverse("proofing:questions") == "/proofing/questions/"
    assert reverse("proofing:open_questions") == "/proofing/questions/open/"
    assert reverse("proofing:leave_to_operator") == "/proofing/operator/"
    assert reverse("proofing:cancel") == "/proofing/cancel/"


def test_daria_becomes_standard_by_the_registers_and_confirmed_by_her_answers(outside):
    browser = signed_in("daria")
    assert path_of(sends(browser, "daria")) == "/proofing/questions/"
    daria = account_of("daria")
    assert (daria.level, daria.gender, daria.birth_date) == ("standard", "female", who("daria").birth_date)
    assert path_of(answers(browser, outside)) == "/proofing/"
    daria.refresh_from_db()
    assert daria.level == "confirmed"
    assert daria.opened()["snils"] == who("daria").snils
    assert daria.opened()["identity_document"]["number"] == who("daria").passport.number
    kinds = Identifier.objects.filter(account=daria, verified_at__isnull=False).values_list("kind", flat=True)
    assert set(kinds) == {"phone", "email", "snils", "inn"}
    assert told("daria") == ["confirmed"]
    assert {"proofing.begun", "proofing.standard", "proofing.confirmed"} <= set(acts("daria"))
    assert nothing_is_kept("daria")


def test_a_name_typed_small_is_confirmed_with_its_capitals(outside):
    browser, daria = signed_in("daria"), who("daria")
    small = {"last_name": daria.last_name.lower(), "first_name": daria.first_name.upper()}
    assert path_of(sends(browser, "daria", **small)) == "/proofing/questions/"
    answers(browser, outside)
    kept = account_of("daria")
    assert (kept.level, kept.last_name, kept.first_name) == ("confirmed", daria.last_name, daria.first_name)


def test_both_registers_are_asked_each_once(outside):
    sends(signed_in("daria"), "daria")
    assert sorted(outside.asked) == ["/api/passports/check", "/api/snils/check"]


@pytest.mark.parametrize(
    "spelling", ["000-000-600 21", "00000060021", "000 000 600 21", "000–000–600–21", " 000-000-600 21 "]
)
def test_a_snils_is_taken_in_any_usual_spelling(outside, spelling):
    assert path_of(sends(signed_in("daria"), "daria", snils=spelling)) == "/proofing/questions/"


@pytest.mark.parametrize(
    ("who_", "changes", "code", "named"),
    [
        ("egor", {}, "passport_invalid", ["passport"]),
        ("zhanna", {}, "snils_mismatch", ["last_name"]),
        ("daria", {"passport": "9900 999999"}, "passport_not_found", ["passport"]),
        ("daria", {"snils": "000-000-999 99"}, "snils_not_found", ["snils"]),
        ("daria", {"issuer_code": "690-002"}, "passport_mismatch", ["issuer_code"]),
        ("daria", {"issued_day": "15"}, "passport_mismatch", ["issued"]),
        ("daria", {"first_name": "Дарина"}, "snils_mismatch", ["first_name"]),
        ("daria", {"birth_date_day": "19"}, "snils_mismatch", ["birth_date"]),
    ],
)
def test_a_mismatch_refuses_at_once_names_the_field_and_keeps_nothing(outside, who_, changes, code, named):
    browser = signed_in(who_)
    page = sends(browser, who_, **changes)
    assert page.status_code == 422
    assert code in codes(page)
    for field in named:
        assert (
            f'id="id_{field}_error"' in page.text
            or f"id_{field}" in page.text.split("error-summary")[1][:3000]
        )
    assert account_of(who_).level == "simplified"
    assert nothing_is_kept(who_)
    assert (
        f'value="{changes.get("passport", who(who_).passport)}"' in page.text
    )  # what she typed stands there
    entry = Entry.objects.filter(act="proofing.refused").get()
    assert f'"{code}"' in entry.detail
    assert who(who_).snils not in entry.detail + entry.words
    assert Try.objects.filter(kind="registers").count() == 2
    assert told(who_) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"snils": "112-233-445 96"}, "snils_checksum"),
        ({"snils": "112-233-445"}, "snils_length"),
        ({"snils": "1122334459б"}, "snils_characters"),
        ({"passport": "9900 00060"}, "passport_format"),
        ({"issuer_code": "69000"}, "passport_issuer_code"),
        ({"inn": "123456789012"}, "inn_checksum"),
        ({"last_name": "Frolova"}, "name_characters"),
        ({"last_name": ""}, "required"),
        ({"issued_year": "2009"}, "passport_issued_too_early"),
        ({"issued_year": "2099"}, "passport_issued_in_future"),
        ({"issued_year": "2013"}, "passport_overdue"),
        ({"birth_date_year": "1850"}, "birth_date_impossible"),
        ({"birth_date_month": "14"}, "date_invalid"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_asks_no_register(outside, changes, code):
    browser = signed_in("daria")
    page = sends(browser, "daria", **changes)
    assert page.status_code == 422
    form_codes = {
        one.code for errors in page_form(page, browser, changes).errors.as_data().values() for one in errors
    }
    assert code in form_codes
    assert outside.asked == []
    assert not Try.objects.exists()


def page_form(page, browser, changes):
    """The same form, judged without the page."""
    from dopusk.portal.proofing.forms import DataForm

    form = DataForm({**fields("daria"), **changes}, scan_kept=True)
    form.is_valid()
    return form


def test_a_fault_loses_neither_what_was_typed_nor_the_accepted_scan(outside):
    browser = signed_in("daria")
    page = sends(browser, "daria", snils="112-233-445 96")
    assert "scan_kept" in codes(page)
    kept = StoredFile.objects.get()
    assert kept.purpose == "passport_scan"
    again = browser.get(DATA)
    assert 'value="112-233-445 96"' in again.text
    assert "scan_kept" in codes(again)
    assert path_of(sends(browser, "daria", scan=None)) == "/proofing/questions/"
    assert Attempt.objects.get().scan_id == kept.pk


def test_another_scan_takes_the_place_of_the_first(outside):
    browser = signed_in("daria")
    sends(browser, "daria", snils="1")
    sends(browser, "daria", snils="1", scan=("p.pdf", pdf(1), "application/pdf"))
    assert StoredFile.objects.get().media_type == "application/pdf"


@pytest.mark.parametrize("scan", [None, ("passport.jpg", exe(), "image/jpeg")])
def test_without_a_scan_that_can_be_read_nothing_is_sent(outside, scan):
    page = sends(signed_in("daria"), "daria", scan=scan)
    assert page.status_code == 422
    assert outside.asked == []
    assert Draft.objects.get().values()["last_name"] == who("daria").last_name


def test_a_draft_saves_itself_sealed(outside):
    browser = signed_in("daria")
    token = csrf(browser.get(DATA))
    data = {"csrfmiddlewaretoken": token, **fields("daria", first_name="Да")}
    assert browser.post("/proofing/draft/", data=data).status_code == 200
    assert who("daria").snils.encode() not in bytes(Draft.objects.get().sealed)
    assert 'value="Да"' in browser.get(DATA).text


def test_after_five_tries_no_field_is_named_and_an_operator_looks(outside):
    browser = signed_in("daria")
    for _ in range(5):
        assert sends(browser, "daria", issuer_code="690-002").status_code == 422
    answer = sends(browser, "daria", issuer_code="690-002")
    assert path_of(answer) == "/proofing/"
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.blind, attempt.doubts) == ("review", True, ["attempts_spent"])
    assert attempt.answers().passport.differs == ("issuer_code",)  # the operator sees it, she does not
    page = browser.get("/proofing/")
    assert codes(page) == ["review"]
    assert told("daria") == ["proofing_review"]
    assert account_of("daria").level == "simplified"


def test_five_accounts_together_have_no_more_tries_at_one_snils_than_one(outside):
    for key in ("egor", "zhanna", "igor", "lidia", "nina"):
        assert sends(signed_in(key), key, snils=who("daria").snils).status_code == 422
    stranger = newcomer("daria")
    assert stranger.level == "simplified"
    assert path_of(sends(signed_in("daria"), "daria")) == "/proofing/"
    assert Attempt.objects.get().doubts == ["attempts_spent"]


def test_the_window_passes(outside):
    browser = signed_in("daria")
    for _ in range(5):
        sends(browser, "daria", issuer_code="690-002")
    Try.objects.update(at=timezone.now() - timedelta(hours=6, seconds=1))
    assert sends(browser, "daria", issuer_code="690-002").status_code == 422
    assert actions.purge() == 10


def test_a_register_that_is_down_is_waited_for_and_the_worker_finishes(outside):
    outside.down = {"passports"}
    browser = signed_in("daria")
    assert path_of(sends(browser, "daria")) == "/proofing/"
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.silent) == ("waiting", ["passports"])
    assert codes(browser.get("/proofing/")) == ["waiting"]
    assert told("daria") == ["proofing_waiting"]
    assert account_of("daria").level == "simplified"
    Attempt.objects.update(next_at=timezone.now())
    assert actions.finish(attempt.pk) == "waiting"
    assert Attempt.objects.get().tries == 2
    assert told("daria") == ["proofing_waiting"]  # once is enough
    outside.down = set()
    Attempt.objects.update(next_at=timezone.now())
    assert actions.due() == [attempt.pk]
    assert actions.finish(attempt.pk) == "questions"
    assert account_of("daria").level == "standard"
    assert sorted(told("daria")) == ["proofing_questions", "proofing_waiting"]
    assert actions.finish(attempt.pk) == "busy_or_done"


def test_a_refusal_found_by_the_worker_reaches_her_by_letter_and_on_the_page(outside):
    outside.down = {"passports"}
    browser = signed_in("egor")
    sends(browser, "egor")
    outside.down = set()
    Attempt.objects.update(next_at=timezone.now())
    assert actions.finish(Attempt.objects.get().pk) == "refused"
    assert sorted(told("egor")) == ["proofing_refused", "proofing_waiting"]
    assert codes(browser.get("/proofing/")) == ["passport_invalid"]
    assert nothing_is_kept("egor")


def test_what_one_register_refuses_is_not_waited_for(outside):
    outside.down = {"passports"}
    assert "snils_mismatch" in codes(sends(signed_in("zhanna"), "zhanna"))


def test_what_waits_can_be_taken_back(outside):
    outside.down = {"snils", "passports"}
    browser = signed_in("daria")
    sends(browser, "daria")
    presses(browser, "/proofing/", "/proofing/cancel/")
    assert nothing_is_kept("daria")
    assert Try.objects.count() == 2


def test_a_request_that_died_while_asking_is_found_by_the_sweep(outside):
    daria = newcomer("daria")
    browser = signed_in("daria")
    sends(browser, "daria", snils="1")
    from dopusk.portal.proofing.forms import DataForm

    form = DataForm(fields("daria"), scan_kept=True)
    assert form.is_valid()
    attempt = actions.begin(daria.sub, form.typed(), session="")
    assert actions.due() == []
    Attempt.objects.update(next_at=timezone.now())
    assert actions.due() == [attempt.pk]
    assert actions.finish(attempt.pk) == "questions"


def test_a_second_account_with_the_same_snils_learns_nothing_and_its_owner_does(outside):
    owner = known("anna")
    newcomer("daria", last_name="Орлова", first_name="Анна", patronymic="Сергеевна")
    browser = signed_in("daria")
    answer = sends(browser, "anna")
    assert path_of(answer) == "/proofing/"
    page = browser.get("/proofing/")
    assert codes(page) == ["identity_taken"]
    assert "/recovery/" in page.text
    assert owner.opened()["email"] not in page.text
    assert list(Notice.objects.filter(account=owner).values_list("kind", flat=True)) == [
        "second_registration"
    ]
    assert account_of("daria").level == "simplified"
    assert nothing_is_kept("daria")


def test_an_inn_of_another_account_is_answered_just_so(outside):
    known("anna")
    browser = signed_in("daria")
    sends(browser, "daria", inn=who("anna").inn)
    assert codes(browser.get("/proofing/")) == ["identity_taken"]
    assert account_of("daria").level == "simplified"


def test_ksenia_who_is_standard_sees_what_is_next_and_why_the_passport_is_compared_again(outside):
    page = signed_in("ksenia").get("/proofing/")
    assert 'data-why="compared_again"' in page.text
    assert re.findall(r'data-next="(\w+)"', page.text) == ["confirmed"]
    first = signed_in("daria").get("/proofing/")
    assert 'data-why="compared_again"' not in first.text
    assert re.findall(r'data-next="(\w+)"', first.text) == ["standard"]


def test_the_label_of_the_scan_says_what_the_next_sending_demands(outside):
    browser = signed_in("daria")
    assert not scan_is_optional(browser.get(DATA))
    assert scan_is_optional(sends(browser, "daria", snils="1"))  # accepted and kept
    assert scan_is_optional(browser.get(DATA))
    refused = sends(browser, "daria", scan=None, issuer_code="690-002")
    assert "passport_mismatch" in codes(refused)
    assert not scan_is_optional(refused)  # it went with the attempt


def scan_is_optional(page):
    """Whether the label of the scan says that it may stay empty."""
    label = page.text.split('for="id_scan"')[1].split("</label>")[0]
    return "dk-optional" in label


def test_ksenia_who_is_standard_keeps_her_snils_and_is_not_asked_for_what_is_known(outside):
    browser = signed_in("ksenia")
    page = browser.get(DATA).text
    assert 'value="000-000-600 11"' in page
    assert f'value="{who("ksenia").passport.series}' in page
    sends(browser, "ksenia", snils=who("daria").snils)  # a disabled field is not listened to
    assert snils.show(Attempt.objects.get().typed().snils) == "000-000-600 11"


def test_who_is_confirmed_has_nothing_to_send():
    browser = signed_in("anna")
    assert path_of(browser.get(DATA)) == "/proofing/"
    assert Account.objects.get().level == "confirmed"
