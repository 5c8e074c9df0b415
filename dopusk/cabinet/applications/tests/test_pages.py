"""The pages of an application: steps that lose nothing, files refused at their field, everybody's own only."""

import json
import re
import uuid

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from joserfc import jwt
from joserfc.jwk import OctKey

from dopusk.cabinet.applications import actions, parts, rules, step_views
from dopusk.cabinet.applications.models import Application
from dopusk.cabinet.applications.tests import drafts
from dopusk.cabinet.documents.models import Document
from dopusk.web.files.models import StoredFile
from dopusk.web.files.tests import papers

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


def step_of(application, step):
    return f"/applications/{application.pk}/steps/{step}/"


def seen(page):
    return re.search(r'name="seen" value="([0-9a-f]*)"', page.content.decode())[1]


def codes(answer):
    return {
        field: [error.code for error in errors.as_data()]
        for field, errors in answer.context["form"].errors.items()
    }


def test_wrong_contacts_are_told_at_their_fields_and_stay_typed(anna, at_browser):
    application = drafts.draft(anna)
    typed = {"email": "anna@", "phone": "12345", "seen": ""}
    answer = at_browser(anna).post(step_of(application, "contacts"), typed)
    assert answer.status_code == 422
    assert set(codes(answer)) == {"email", "phone"}
    page = answer.content.decode()
    assert 'value="anna@"' in page
    assert 'value="12345"' in page


def test_what_does_not_hold_yet_is_kept_and_comes_back(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    typed = {"email": "new@example.org", "phone": "12345", "seen": ""}
    client.post(step_of(application, "contacts"), typed, headers=JSON)
    application.refresh_from_db()
    assert application.data["contacts"] == {"email": "new@example.org", "unfinished": {"phone": "12345"}}
    assert 'value="12345"' in client.get(step_of(application, "contacts")).content.decode()
    assert "phone_unfinished" in {one.code for one in rules.missing(application.data, set())}


def test_a_page_saves_itself_and_goes_on_with_the_new_stamp(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    page = client.get(step_of(application, "report"))
    answer = client.post(
        step_of(application, "report"), {"agreement": "agreed", "seen": seen(page)}, headers=JSON
    )
    assert answer.status_code == 200
    again = {"agreement": "not_working", "seen": answer.json()["seen"]}
    assert client.post(step_of(application, "report"), again, headers=JSON).status_code == 200
    application.refresh_from_db()
    assert application.data["report"] == {"agreement": "not_working"}


def test_a_tab_left_behind_is_told_and_loses_nothing(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    address = step_of(application, "contacts")
    old = seen(client.get(address))
    client.post(address, {"email": "first@example.org", "phone": "+79000000001", "seen": old})
    typed = {"email": "second@example.org", "phone": "+79000000002", "seen": old}
    assert client.post(address, typed, headers=JSON).json()["code"] == "changed_elsewhere"
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="second@example.org"' in page
    assert "first@example.org" in page
    typed["seen"] = seen(answer)
    assert client.post(address, typed).status_code == 302
    application.refresh_from_db()
    assert application.data["contacts"]["email"] == "second@example.org"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("отчёт.pdf", b"%PDF-1.7" + bytes(30 * 1024 * 1024), "file_too_large"),
        ("отчёт.pdf", papers.exe(), "file_type"),
        ("отчёт.pdf", papers.encrypted_pdf(), "file_encrypted"),
        ("отчёт.png", papers.bomb_png(), "file_pixels"),
        ("отчёт.pdf", b"%PDF-1.7 torn", "file_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("file_") else "",
)
def test_a_bad_file_is_told_at_its_field_and_nothing_typed_is_lost(anna, at_browser, name, content, code):
    application, client = drafts.draft(anna), at_browser(anna)
    typed = {
        "agreement": "refused",
        "refusal_reason": "Нет цифр за 2024 год",
        "activity_report": SimpleUploadedFile(name, content),
        "seen": "",
    }
    answer = client.post(step_of(application, "report"), typed)
    assert answer.status_code == 422
    assert codes(answer)["activity_report"] == [code]
    assert "Нет цифр за 2024 год" in answer.content.decode()
    application.refresh_from_db()
    assert application.data["report"]["refusal_reason"] == "Нет цифр за 2024 год"
    assert not Document.objects.exists()


def test_a_good_file_beside_a_bad_one_is_kept(anna, at_browser):
    application = drafts.draft(anna)
    typed = {
        "agreement": "agreed",
        "activity_report": SimpleUploadedFile("a.pdf", papers.pdf(1)),
        "agreement_file": SimpleUploadedFile("b.pdf", papers.exe()),
        "seen": "",
    }
    answer = at_browser(anna).post(step_of(application, "report"), typed)
    assert codes(answer) == {"agreement_file": ["file_type"]}
    assert [one.kind for one in Document.objects.all()] == ["activity_report"]
    assert "Орлова А. С. отчёт о деятельности на 1 л." in answer.content.decode()


def test_a_refusal_without_its_reason_is_asked_for(anna, at_browser):
    application = drafts.draft(anna)
    answer = at_browser(anna).post(step_of(application, "report"), {"agreement": "refused", "seen": ""})
    assert codes(answer)["refusal_reason"] == ["required"]


def test_a_missing_scan_is_asked_for(anna, at_browser):
    application = drafts.draft(anna)
    answer = at_browser(anna).post(step_of(application, "report"), {"agreement": "agreed", "seen": ""})
    assert codes(answer) == {
        "activity_report": ["activity_report_missing"],
        "agreement_file": ["employer_agreement_missing"],
    }


def test_other_documents_are_added_and_taken_back(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    scan = SimpleUploadedFile("диплом.png", papers.picture("PNG"))
    answer = client.post(
        step_of(application, "documents"), {"action": "add", "kind": "diploma", "file": scan}
    )
    assert answer.status_code == 302
    document = Document.objects.get()
    assert document.title == "Орлова А. С. документ об образовании на 1 л."
    client.post(f"/applications/{application.pk}/documents/{document.pk}/remove/")
    assert not Document.objects.exists()


def test_a_specialty_outside_the_list_is_not_taken(registers, anna, at_browser):
    application = actions.start(anna)
    answer = at_browser(anna).post(
        step_of(application, "specialty"), {"specialty_key": "31.08.49", "seen": ""}
    )
    assert codes(answer) == {"specialty_key": ["invalid_choice"]}


def test_a_specialty_already_applied_for_is_told(registers, anna, at_browser):
    drafts.submitted(anna)
    application = actions.start(anna)
    answer = at_browser(anna).post(
        step_of(application, "specialty"), {"specialty_key": "34.02.01", "seen": ""}
    )
    assert codes(answer) == {"specialty_key": ["already_applied"]}


def test_with_the_register_silent_the_specialty_waits_and_the_rest_does_not(registers, anna, at_browser):
    application, client = actions.start(anna), at_browser(anna)
    registers("frmr", "off")
    page = client.get(step_of(application, "specialty"))
    assert page.status_code == 200
    assert "register_down" in page.content.decode()
    assert client.get("/applications/new/").status_code == 200
    assert client.get(step_of(application, "contacts")).status_code == 200


def test_consent_is_kept_with_its_version_and_the_digest_of_its_text(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    assert codes(client.post(step_of(application, "consent"), {})) == {"given": ["required"]}
    client.post(step_of(application, "consent"), {"given": "on"})
    application.refresh_from_db()
    given = application.data["consent"]
    assert given["version"] == "2026-11-01"
    assert len(given["sha256"]) == 64


def test_the_text_signed_is_the_text_shown(anna, at_browser):
    application, client = drafts.whole(anna), at_browser(anna)
    page = client.get(f"/applications/{application.pk}/submit/").content.decode()
    assert drafts.digest(application) in page
    assert "Орлова Анна Сергеевна" in page
    assert "00000060003" not in page


def test_a_page_read_before_a_change_cannot_be_signed(anna, at_browser):
    application, client = drafts.whole(anna), at_browser(anna)
    old = drafts.digest(application)
    actions.save_step(application.pk, anna, "report", {"agreement": "not_working"})
    answer = client.post(f"/applications/{application.pk}/submit/", {"digest": old})
    assert answer.status_code == 409
    assert drafts.digest(application) in answer.content.decode()


def test_an_unfinished_draft_leads_back_to_its_steps(anna, at_browser):
    application = drafts.draft(anna)
    answer = at_browser(anna).get(f"/applications/{application.pk}/submit/")
    assert answer.url == f"/applications/{application.pk}/"


def test_withdrawing_asks_once(anna, at_browser):
    application, client = drafts.submitted(anna), at_browser(anna)
    assert client.get(f"/applications/{application.pk}/withdraw/").status_code == 200
    client.post(f"/applications/{application.pk}/withdraw/")
    application.refresh_from_db()
    assert application.state == "WITHDRAWN"


def test_a_refused_application_shows_its_faults_and_the_copy_marks_the_step(anna, at_browser):
    former, client = drafts.refused(anna), at_browser(anna)
    assert "Нет подписи" in client.get(f"/applications/{former.pk}/").content.decode()
    answer = client.post(f"/applications/{former.pk}/copy/")
    fresh = Application.objects.get(copied_from=former)
    assert answer.url == f"/applications/{fresh.pk}/"
    tasks = client.get(answer.url)
    assert [item["status"] for item in tasks.context["items"]].count("Исправьте") == 1
    assert "Нет подписи" in client.get(step_of(fresh, "report")).content.decode()


def test_the_status_page_plans_in_working_days(anna, at_browser):
    application = drafts.submitted(anna)
    steps = at_browser(anna).get(f"/applications/{application.pk}/").context["steps"]
    assert [step["state"] for step in steps] == ["now", *["future"] * 6]
    assert steps[2]["when"].startswith("до ")


def test_the_ticket_opens_this_application_only(anna, at_browser):
    application = drafts.submitted(anna)
    answer = at_browser(anna).get(f"/applications/{application.pk}/ticket/")
    claims = jwt.decode(answer.json()["ticket"], OctKey.import_key(settings.LIVE_KEY)).claims
    assert claims["topics"] == [f"application:{application.pk}"]
    assert claims["exp"] - claims["iat"] == 60


OWN = [
    ("get", ""),
    *[("get", f"steps/{step}/") for step in rules.STEP_KEYS],
    *[("post", f"steps/{step}/") for step in rules.STEP_KEYS],
    ("get", "submit/"),
    ("post", "submit/"),
    ("get", "withdraw/"),
    ("post", "withdraw/"),
    ("post", "copy/"),
    ("get", "ticket/"),
]


@pytest.mark.parametrize(("method", "place"), OWN, ids=[f"{method} {place}" for method, place in OWN])
def test_somebody_elses_application_does_not_exist(anna, maria, at_browser, method, place):
    application = drafts.whole(anna)
    answer = getattr(at_browser(maria), method)(f"/applications/{application.pk}/{place}")
    assert answer.status_code == 404
    application.refresh_from_db()
    assert application.state == "DRAFT"


def test_somebody_elses_document_is_not_taken_out(anna, maria, at_browser):
    application = drafts.whole(anna)
    document = Document.objects.first()
    client = at_browser(maria)
    assert client.post(f"/applications/{application.pk}/documents/{document.pk}/remove/").status_code == 404
    assert Document.objects.filter(pk=document.pk).exists()


@pytest.mark.parametrize("place", ["", "new/", f"{uuid.UUID(int=1)}/", f"{uuid.UUID(int=1)}/ticket/"])
def test_strangers_are_led_to_sign_in(client, place):
    answer = client.get(f"/applications/{place}")
    assert answer.status_code == 302
    assert answer.url.startswith("/signin/?next=")


@pytest.mark.parametrize("step", ["unknown", "contacts-x"])
def test_there_are_no_other_steps(anna, at_browser, step):
    assert at_browser(anna).get(step_of(drafts.draft(anna), step)).status_code == 404


@pytest.mark.parametrize("place", ["", "steps/contacts/", "steps/report/", "submit/"])
def test_pages_of_a_draft_take_few_queries(anna, at_browser, place):
    application, client = drafts.whole(anna), at_browser(anna)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/applications/{application.pk}/{place}")
    assert len(queries) <= 10, json.dumps([one["sql"][:120] for one in queries], indent=1)


def test_the_status_page_and_the_list_take_few_queries(anna, at_browser):
    application, client = drafts.submitted(anna), at_browser(anna)
    for address in (f"/applications/{application.pk}/", "/applications/"):
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len(queries) <= 10, json.dumps([one["sql"][:120] for one in queries], indent=1)


@pytest.mark.parametrize("step", ["report", "documents"])
def test_a_scan_that_comes_after_the_application_was_sent_is_not_kept(anna, at_browser, monkeypatch, step):
    application, client = drafts.whole(anna), at_browser(anna)
    take = step_views.documents.take

    def meanwhile_sent(person, upload):
        actions.submit(application.pk, person, drafts.digest(application))
        return take(person, upload)

    monkeypatch.setattr(step_views.documents, "take", meanwhile_sent)
    kept = StoredFile.objects.count()
    scan = SimpleUploadedFile("scan.pdf", papers.pdf(1))
    typed = {
        "report": {"agreement": "agreed", "activity_report": scan},
        "documents": {"kind": "diploma", "file": scan},
    }
    answer = client.post(step_of(application, step), {"seen": "", **typed[step]})
    assert (answer.status_code, answer.url) == (302, f"/applications/{application.pk}/")
    assert StoredFile.objects.count() == kept


def test_a_published_refusal_stands_in_red_and_explains_before_it_offers(anna, at_browser, monkeypatch):
    application, client = drafts.not_passed(anna), at_browser(anna)
    row = client.get("/applications/").context["rows"][0]
    assert (row["colour"], row["refused"]) == ("red", True)
    why = ("applications/parts/marks.html", {})
    monkeypatch.setattr(parts, "of", lambda _application: [why])
    page = client.get(f"/applications/{application.pk}/").content.decode()
    assert page.index("govuk-list--bullet") < page.index(f"/applications/{application.pk}/copy/")


def levels(client, address):
    return [one.level_tag for one in client.get(address).context["messages"]]


def test_sending_is_confirmed_and_a_second_press_is_calm(anna, at_browser):
    application, client = drafts.whole(anna), at_browser(anna)
    signed = {"digest": drafts.digest(application)}
    for level in ("success", "info"):
        answer = client.post(f"/applications/{application.pk}/submit/", signed)
        assert levels(client, answer.url) == [level]


def test_signing_what_was_taken_back_is_an_error(anna, at_browser):
    application, client = drafts.submitted(anna), at_browser(anna)
    actions.withdraw(application.pk, anna)
    answer = client.post(f"/applications/{application.pk}/submit/", {"digest": ""})
    assert levels(client, answer.url) == ["error"]


def test_a_step_saved_in_a_stale_tab_after_sending_is_told_of(anna, at_browser):
    application, client = drafts.submitted(anna), at_browser(anna)
    answer = client.post(step_of(application, "contacts"), {"email": "late@example.org", "seen": ""})
    assert levels(client, answer.url) == ["warning"]


def test_the_number_stands_in_the_part_that_is_renewed(anna, at_browser):
    application = drafts.submitted(anna)
    Application.objects.filter(pk=application.pk).update(number="2026-000042")
    page = at_browser(anna).get(f"/applications/{application.pk}/").content.decode()
    assert "2026-000042" in page[page.index('id="live"') : page.index("</main>")]


def test_what_another_tab_kept_is_shown_in_words(anna, at_browser):
    application, client = drafts.draft(anna), at_browser(anna)
    address = step_of(application, "report")
    old = seen(client.get(address))
    actions.save_step(application.pk, anna, "report", {"agreement": "refused", "refusal_reason": "Нет цифр"})
    answer = client.post(address, {"agreement": "not_working", "seen": old}, headers=JSON)
    assert answer.json()["code"] == "changed_elsewhere"
    form = step_views.FORMS["report"]()
    rows = step_views._stored(form, {"agreement": "refused", "refusal_reason": "Нет цифр"})
    assert [row["value"] for row in rows] == [
        str(dict(form.fields["agreement"].choices)["refused"]),
        "Нет цифр",
    ]


def test_a_deleted_draft_leaves_the_list_and_a_withdrawn_application_stays(anna, at_browser):
    client, kept = at_browser(anna), drafts.submitted(anna)
    actions.withdraw(kept.pk, anna)
    gone = drafts.draft(anna)
    answer = client.post(f"/applications/{gone.pk}/withdraw/")
    assert answer.url == "/applications/"
    assert [row["application"].pk for row in client.get("/applications/").context["rows"]] == [kept.pk]
