"""Анна puts her electronic signature under her application; it is kept, and whatever does not fit loses nothing."""

import hashlib
import io
import json
import re
import subprocess
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from dopusk.cabinet.applications import actions, rules, statement
from dopusk.cabinet.applications.models import Signed
from dopusk.cabinet.applications.tests import drafts, signing
from dopusk.cabinet.signin import access, certificate
from dopusk.web.journal.models import Entry
from dopusk.web.signing.models import Challenge, Signature

pytestmark = pytest.mark.django_db


def submit_of(application):
    return f"/applications/{application.pk}/submit/"


def code_of(answer):
    """The code under which the page refuses the signature."""
    return answer.context["signing"].code


@pytest.fixture
def ready(anna, at_browser):
    """A draft that may be sent, and her browser."""
    return drafts.whole(anna), at_browser(anna)


def test_a_signed_application_is_sent_with_the_signature_and_the_facts_of_the_certificate(office, ready):
    (application, client), who = ready, signing.card(office)
    answer = signing.sign(client, submit_of(application), who)
    assert answer.url == f"/applications/{application.pk}/"
    application.refresh_from_db()
    assert application.state == "SUBMITTED"
    signature = Signed.objects.get(application=application).signature
    assert (signature.standing, signature.time_from) == ("valid", "timestamp")
    entry = Entry.objects.get(act="application.submitted")
    assert entry.words.startswith("Заявление подписано усиленной электронной подписью")
    detail = json.loads(entry.detail)
    assert detail["serial"] == who.certificate.serial
    assert detail["signature"] == str(signature.pk)
    assert detail["sha256"] == statement.digest(application.snapshot)


def test_what_is_signed_says_everything_a_person_would_read(office, ready, anna):
    application, client = ready
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    said = signing.text(client, number).decode()
    snapshot = statement.snapshot(application, actions.Document.objects.in_folder(str(application.pk)))
    for words in ("Орлова Анна Сергеевна", "***-***-", "Сестринское дело (34.02.01)", "anna@example.org",
                  "согласован с работодателем", statement.digest(snapshot)):  # fmt: skip
        assert words in said
    for one in snapshot["documents"]:
        assert one["title"] in said
        assert one["sha256"] in said


def test_the_press_of_the_button_stays_enough_where_the_norm_offers_a_signature(ready):
    application, client = ready
    page = client.get(submit_of(application))
    assert not page.context["by_signature"]
    answer = client.post(submit_of(application), {"digest": page.context["digest"]})
    assert answer.status_code == 302
    application.refresh_from_db()
    assert application.state == "SUBMITTED"
    assert not Signed.objects.exists()


def test_where_the_norm_demands_a_signature_a_press_sends_nothing(office, ready, norms_say, anna):
    norms_say(sign_application_periodic="required")
    application, client = ready
    page = client.get(submit_of(application))
    assert page.context["by_signature"]
    assert not page.context["may_press"]
    answer = client.post(submit_of(application), {"digest": page.context["digest"]})
    assert answer.status_code == 409
    with pytest.raises(actions.NotAllowed) as refused:
        actions.submit(application.pk, anna, page.context["digest"])
    assert refused.value.refusal.code == "signature_required"
    application.refresh_from_db()
    assert application.state == "DRAFT"
    signing.sign(client, submit_of(application), signing.card(office))
    application.refresh_from_db()
    assert application.state == "SUBMITTED"


def test_where_the_norm_knows_no_signature_the_page_does_not_ask_for_one(ready, norms_say):
    norms_say(sign_application_periodic="simple")
    application, client = ready
    page = client.get(submit_of(application), {"by": "signature"})
    assert not page.context["by_signature"]
    assert not page.context["may_sign"]


@pytest.mark.parametrize(
    ("manner", "ways"),
    [("offered", ["?by=signature", "?by=press"]), ("required", []), ("simple", [])],
)
def test_the_choice_stands_above_what_is_signed_and_only_where_there_is_one(ready, norms_say, manner, ways):
    norms_say(sign_application_periodic=manner)
    application, client = ready
    found = []
    for by in ("press", "signature"):
        page = client.get(submit_of(application), {"by": by}).content.decode()
        above, _article, below = page.partition("<article")
        found += re.findall(r'href="(\?by=\w+)"', above)
        assert 'href="?by=' not in below
        assert above.count("<strong aria-current") == len(ways) // 2
    assert found == ways


def test_the_text_is_russian_whatever_language_the_page_has(ready):
    application, client = ready
    texts = []
    for language in ("ru", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
        texts.append(signing.text(client, number))
        Challenge.objects.update(tries=20)  # not shown again: composed anew
    assert texts[0].split(b"\r\n\r\n")[1] == texts[1].split(b"\r\n\r\n")[1]
    assert "Прошу провести" in texts[1].decode()


def test_another_persons_certificate_sends_nothing(office, ready):
    application, client = ready
    answer = signing.sign(client, submit_of(application), signing.card(office, "maria"))
    assert (answer.status_code, code_of(answer)) == (422, "someone_elses")
    application.refresh_from_db()
    assert application.state == "DRAFT"
    assert not Signature.objects.exists()


def test_a_revoked_certificate_sends_nothing(office, ready):
    application, client = ready
    anna = signing.card(office)
    office.revoke(anna)
    answer = signing.sign(client, submit_of(application), anna)
    assert (answer.status_code, code_of(answer)) == (422, "revoked_before")
    application.refresh_from_db()
    assert application.state == "DRAFT"


def test_after_a_wrong_signature_the_same_text_may_still_be_signed(office, ready):
    application, client = ready
    anna = signing.card(office)
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    content = signing.text(client, number)
    answer = signing.bring(client, submit_of(application), number, anna.sign(content + b" "))
    assert code_of(answer) == "other_content"
    assert signing.challenge(answer) == number
    assert signing.bring(client, submit_of(application), number, anna.sign(content)).status_code == 302


def test_a_page_opened_again_shows_the_text_that_is_being_signed_elsewhere(office, ready):
    application, client = ready
    first = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    assert signing.challenge(client.get(submit_of(application), {"by": "signature"})) == first
    Challenge.objects.update(good_until=timezone.now() + timedelta(minutes=5))
    assert signing.challenge(client.get(submit_of(application), {"by": "signature"})) != first


def test_a_text_of_another_session_is_not_shown_and_its_signature_not_taken(office, ready, anna, at_browser):
    application, client = ready
    elsewhere = at_browser(anna)
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    signature = signing.card(office).sign(signing.text(client, number))
    assert signing.challenge(elsewhere.get(submit_of(application), {"by": "signature"})) != number
    assert elsewhere.get(f"/signing/{number}/content/").status_code == 404
    answer = signing.bring(elsewhere, submit_of(application), number, signature)
    assert code_of(answer) == "other_session"


def test_an_application_changed_while_she_signed_is_shown_anew_and_nothing_is_lost(office, ready, anna):
    application, client = ready
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    signature = signing.card(office).sign(signing.text(client, number))
    changed = {"agreement": "agreed", "position": "Старшая медсестра"}
    actions.save_step(application.pk, anna, "report", changed)
    answer = signing.bring(client, submit_of(application), number, signature)
    assert (answer.status_code, code_of(answer)) == (422, "content_changed")
    again = signing.challenge(answer)
    assert again != number
    assert "Старшая медсестра" in signing.text(client, again).decode()
    application.refresh_from_db()
    assert (application.state, application.data["report"]) == ("DRAFT", changed)


def test_pressed_twice_it_is_sent_once(office, ready):
    application, client = ready
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    signature = signing.card(office).sign(signing.text(client, number))
    for _press in range(2):
        assert signing.bring(client, submit_of(application), number, signature).status_code == 302
    assert Signature.objects.count() == 1
    assert Entry.objects.filter(act="application.submitted").count() == 1


def test_of_two_tabs_one_sends(office, ready):
    application, client = ready
    page = client.get(submit_of(application))
    assert signing.sign(client, submit_of(application), signing.card(office)).status_code == 302
    answer = client.post(submit_of(application), {"digest": page.context["digest"]})
    assert answer.url == f"/applications/{application.pk}/"
    assert Entry.objects.filter(act="application.submitted").count() == 1


def test_withdrawn_meanwhile_it_is_not_sent(office, ready, anna):
    application, client = ready
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    signature = signing.card(office).sign(signing.text(client, number))
    actions.withdraw(application.pk, anna)
    assert signing.bring(client, submit_of(application), number, signature).status_code == 302
    application.refresh_from_db()
    assert application.state == "WITHDRAWN"
    assert not Signature.objects.exists()


def test_the_archive_is_checked_by_openssl_alone(office, ready, tmp_path):
    application, client = ready
    signing.sign(client, submit_of(application), signing.card(office))
    answer = client.get(f"/applications/{application.pk}/signature/")
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    guide = (tmp_path / "ПРОВЕРКА.txt").read_text(encoding="utf-8")
    commands = [line.strip() for line in guide.splitlines() if line.strip().startswith("openssl cms -verify")]
    assert commands
    for command in commands:
        assert subprocess.run(command.split(), cwd=tmp_path, capture_output=True, check=False).returncode == 0
    (content,) = tmp_path.glob("dopusk-*.txt")
    digest = hashlib.sha256((tmp_path / "snapshot.json").read_bytes()).hexdigest()
    assert digest in content.read_text(encoding="utf-8")
    content.write_bytes(content.read_bytes().replace("Анна".encode(), "Инна".encode()))
    assert subprocess.run(commands[0].split(), cwd=tmp_path, capture_output=True, check=False).returncode != 0


def test_a_signature_sent_after_the_session_was_over_brings_her_back_to_signing(office, ready):
    application, client = ready
    number = signing.challenge(client.get(submit_of(application), {"by": "signature"}))
    signature = signing.card(office).sign(signing.text(client, number))
    session = client.session
    seen, session[access.SEEN] = session[access.SEEN], 0
    session.save()
    assert signing.bring(client, submit_of(application), number, signature).url.startswith("/signin/")
    session[access.SEEN] = seen
    session.save()
    assert client.get(submit_of(application)).context["by_signature"]
    application.refresh_from_db()
    assert application.state == "DRAFT"


def test_who_came_in_by_her_certificate_is_offered_the_signature_first(ready, monkeypatch):
    application, client = ready
    monkeypatch.setattr(certificate, "of", lambda _request: certificate.CertificateTold(serial="1"))
    assert client.get(submit_of(application)).context["by_signature"]
    assert not client.get(submit_of(application), {"by": "press"}).context["by_signature"]


@pytest.mark.parametrize(
    ("manner", "brought", "may_wait", "code"),
    [
        ("simple", None, False, None),
        ("offered", None, False, None),
        ("required", None, False, "signature_required"),
        ("required", rules.Brought("good", "1", same=True), False, None),
        ("simple", rules.Brought("good", "1", same=True), False, None),
        ("required", rules.Brought("good", "1", same=False), False, "content_changed"),
        ("required", rules.Brought("good", "2", same=True), False, "someone_elses"),
        ("required", rules.Brought("good", "", same=True), False, "someone_elses"),
        ("required", rules.Brought("revoked_before", "1", same=True), True, "signature_refused"),
        ("required", rules.Brought("revocation_unknown", "1", same=True), False, "signature_refused"),
        ("required", rules.Brought("revocation_unknown", "1", same=True), True, None),
        ("required", rules.Brought("revocation_unknown", "2", same=True), True, "someone_elses"),
    ],
)
def test_which_signature_an_act_takes(manner, brought, may_wait, code):
    refusal = rules.wrong_signature(manner, brought, "1", may_wait=may_wait)
    assert (refusal.code if refusal else None) == code
