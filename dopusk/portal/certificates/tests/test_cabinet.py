"""«Кабинет управления сертификатами» as Анна uses it."""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox, snils
from dopusk.portal.accounts.models import Account
from dopusk.portal.certificates import actions, rules
from dopusk.portal.certificates.models import Certificate, Use
from dopusk.portal.certificates.tests.people import (
    ADD,
    PLACE,
    add,
    added,
    bring,
    browser_of,
    card_of,
    code_of,
    sign_in,
    text_of,
)
from dopusk.portal.notices.models import Notice
from dopusk.portal.profile.closing import close
from dopusk.portal.profile.export import everything
from dopusk.portal.sessions.actions import start
from dopusk.portal.sessions.models import Session
from dopusk.portal.support import shown as support
from dopusk.portal.tests.browser import Browser, known
from dopusk.trust import certificates
from dopusk.trust.issuers import Issuer
from dopusk.trust.signing_keys import signing_key
from dopusk.trust.subjects import named
from dopusk.web.journal.models import Entry
from dopusk.web.signing.models import Challenge, Signature

pytestmark = pytest.mark.django_db
HERS = snils.show(sandbox.person("anna").snils)


@pytest.fixture
def anna():
    return known("anna")


def page_of(certificate: Certificate) -> str:
    return reverse("certificates:certificate", args=[certificate.pk])


def test_the_addresses_have_names():
    assert reverse("certificates:list") == "/certificates/"
    assert reverse("certificates:add") == "/certificates/add/"
    assert reverse("certificates:signature") == "/signin/signature/"


def test_anna_adds_her_certificate_and_reads_what_it_says(office, anna):
    browser = browser_of(anna)
    answer = add(browser, card_of(office, organisation="Тверская больница", title="Медсестра"))
    one = Certificate.objects.get()
    assert (answer.status_code, answer.headers["location"]) == (303, page_of(one))
    page = browser.get(page_of(one)).text
    for said in ("Орлова Анна Сергеевна", HERS, "Тверская больница", "Медсестра", "ECDSA", "Учебный УЦ"):
        assert said in page
    assert 'data-standing="good"' in page
    assert "Учебный корень" in page
    assert "OCSP" in page
    listed = browser.get(reverse("certificates:list")).text
    assert snils.mask(sandbox.person("anna").snils) in listed
    assert HERS not in listed


def test_the_certificate_rests_sealed_and_is_kept_with_its_signature(office, anna):
    card, one = added(office)
    assert one.der == card.certificate.der
    assert card.certificate.der[40:80] not in bytes(one.sealed)
    kept = Signature.objects.get()
    assert (kept.purpose, kept.owner, kept.standing) == ("certificate", str(anna.pk), "valid")


def test_the_owner_is_told_and_the_history_says_it(office, anna):
    _card, one = added(office)
    assert Notice.objects.filter(account=anna, kind="certificate_added").count() == 1
    entry = Entry.objects.get(object=one.object_key)
    assert (entry.act, entry.subject) == ("certificate.added", str(anna.pk))
    assert entry.words in browser_of(anna).get(page_of(one)).text


def test_the_file_is_hers_alone(office, anna):
    card, one = added(office)
    address = reverse("certificates:file", args=[one.pk])
    assert browser_of(anna).get(address).content == card.certificate.der
    for name in ("certificate", "file", "block"):
        assert (
            browser_of(known("boris")).get(reverse(f"certificates:{name}", args=[one.pk])).status_code == 404
        )
    page = browser_of(known("boris")).get("/certificates/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert str(one.pk) not in page.text
    assert token


def test_boris_cannot_add_what_is_annas(office):
    answer = add(browser_of(known("boris")), card_of(office, "anna"))
    assert (answer.status_code, code_of(answer)) == (422, "someone_elses")
    assert not Certificate.objects.exists()


def test_another_surname_is_shown_and_the_snils_decides(office, anna):
    browser = browser_of(anna)
    answer = add(browser, card_of(office, last_name="Смирнова"))
    assert answer.status_code == 303
    page = browser.get(answer.headers["location"]).text
    assert "в сертификате «Смирнова», на портале «Орлова»" in page


def test_whoever_is_not_confirmed_is_led_to_prove_who_she_is(office, anna):
    Account.objects.filter(pk=anna.pk).update(level="standard")
    answer = browser_of(anna).get(ADD)
    assert answer.status_code == 403
    assert 'data-code="certificate_not_confirmed"' in answer.text
    assert "/proofing/" in answer.text


def test_a_second_time_it_is_there_already(office, anna):
    card, one = added(office)
    answer = add(browser_of(anna), card)
    assert code_of(answer) == "certificate_added_already"
    assert page_of(one) in answer.text
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("spoilt", "code"),
    [("revoked", "revoked_before"), ("suspended", "suspended"), ("expired", "expired_at_signing"),
     ("silent", "revocation_unknown"), ("bytes", "other_content"), ("nothing", "signature_empty")],
)  # fmt: skip
def test_what_is_wrong_with_it_is_said_by_its_code(office, anna, spoilt, code):
    browser = browser_of(anna)
    term = {"issued": timedelta(days=40), "days": 39} if spoilt == "expired" else {}
    card = card_of(office, **term)
    if spoilt in {"revoked", "suspended"}:
        office.revoke(card, reason="certificateHold" if spoilt == "suspended" else "unspecified")
    if spoilt == "silent":
        office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    page = browser.get(ADD)
    text = text_of(browser, page) + (b" " if spoilt == "bytes" else b"")
    answer = bring(browser, page, b"" if spoilt == "nothing" else card.sign(text))
    assert (answer.status_code, code_of(answer)) == (422, code)
    assert not Certificate.objects.exists()


def test_a_stranger_authority_vouches_for_nobody(office, anna, settings, tmp_path):
    card = card_of(office)
    other = tmp_path / "others"
    other.mkdir()
    settings.SIGNING_ROOTS = other
    assert code_of(add(browser_of(anna), card)) == "root_unknown"


def test_a_text_of_another_sign_in_of_hers_adds_nothing(office, anna):
    """The same browser, signed in anew meanwhile: the text was another session's."""
    browser = browser_of(anna)
    card, page = card_of(office), browser.get(ADD)
    signature = card.sign(text_of(browser, page))
    again = start(anna.pk, PLACE, amr=["pwd"], words="вход")
    browser.cookies.set("portal_session", again.cookie, domain="localhost.local")
    fresh = browser.get(ADD)
    token = re.search(r'name="challenge" value="([^"]+)"', page.text)[1]
    assert code_of(bring(browser, fresh, signature, challenge=token)) == "other_session"


def test_a_text_signed_for_signing_in_adds_nothing(office, anna):
    browser = browser_of(anna)
    signin = browser.get("/signin/signature/")
    signature = card_of(office).sign(text_of(browser, signin))
    token = re.search(r'name="challenge" value="([^"]+)"', signin.text)[1]
    assert code_of(bring(browser, browser.get(ADD), signature, challenge=token)) == "other_act"


def test_she_is_brought_back_to_the_service_she_was_on_her_way_to(office, anna):
    wanted = "/oidc/authorize?client_id=dopusk-cabinet&x=1"
    answer = add(browser_of(anna), card_of(office), next_path=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    assert (
        add(browser_of(known("boris")), card_of(office, "boris"), "https://evil.example/")
        .headers["location"]
        .startswith("/certificates/")
    )


def block(browser: Browser, one: Certificate, reason: str):
    address = reverse("certificates:block", args=[one.pk])
    return browser.submit(browser.get(address), address, reason=reason)


def test_blocking_ends_the_sessions_it_opened_and_no_other(office, anna):
    card, one = added(office)
    by_key = Browser(agent="Firefox/140 Windows")
    assert sign_in(by_key, card).status_code == 303
    by_password = browser_of(anna)
    answer = block(by_password, one, "stolen")
    assert answer.status_code == 303
    assert by_key.get("/security/").status_code == 302
    assert by_password.get("/security/").status_code == 200
    one.refresh_from_db()
    assert (one.standing(), one.block_reason) == (rules.Standing.BLOCKED, "stolen")
    entry = Entry.objects.get(object=one.object_key, act="certificate.blocked")
    assert '"ended": 1' in entry.detail
    assert Notice.objects.filter(account=anna, kind="certificate_blocked").exists()


def test_in_a_session_of_the_key_itself_she_stays_to_see_it(office, anna):
    card, one = added(office)
    browser = Browser()
    sign_in(browser, card)
    assert block(browser, one, "lost").status_code == 303
    assert 'data-standing="blocked"' in browser.get(page_of(one)).text


def test_a_reason_has_to_be_named(office, anna):
    _card, one = added(office)
    browser = browser_of(anna)
    address = reverse("certificates:block", args=[one.pk])
    answer = browser.submit(browser.get(address), address)
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.blocked_at is None


def test_what_was_lost_and_found_is_added_anew_and_what_was_stolen_is_not(office, anna):
    card, one = added(office)
    block(browser_of(anna), one, "lost")
    assert add(browser_of(anna), card).status_code == 303
    one.refresh_from_db()
    assert (one.blocked_at, one.block_reason) == (None, "")
    block(browser_of(anna), one, "stolen")
    assert code_of(add(browser_of(anna), card)) == "certificate_blocked_for_ever"
    acts = list(Entry.objects.filter(object=one.object_key).order_by("number").values_list("act", flat=True))
    assert acts == ["certificate.added", "certificate.blocked", "certificate.added", "certificate.blocked"]


def check(browser: Browser, one: Certificate) -> Certificate:
    address = reverse("certificates:check", args=[one.pk])
    assert browser.submit(browser.get(page_of(one)), address).status_code == 303
    one.refresh_from_db()
    return one


def test_checked_now_it_stands_as_its_issuer_says(office, anna):
    card, one = added(office)
    browser = browser_of(anna)
    assert check(browser, one).code == "good"
    office.revoke(card)
    assert check(browser, one).standing() is rules.Standing.REVOKED
    page = browser.get(page_of(one)).text
    assert 'data-standing="revoked"' in page
    assert Entry.objects.filter(object=one.object_key, act="certificate.checked").count() == 2


def test_an_issuer_that_is_silent_changes_nothing_of_what_was_known(office, anna):
    _card, one = added(office)
    before = one.checked_at
    office.faults |= {"/ocsp": "down", "/ca.crl": "down"}
    after = check(browser_of(anna), one)
    assert (after.code, after.checked_at) == ("good", before)


def test_a_certificate_that_ends_within_a_month_is_told_of_once(office, anna):
    _card, one = added(office, issued=timedelta(days=1), days=20)
    _other, far = added(office, "boris")
    assert actions.tell_of_ending() == 1
    assert actions.tell_of_ending() == 0
    assert Notice.objects.filter(account=anna, kind="certificate_ending").count() == 1
    far.refresh_from_db()
    assert far.warned_at is None
    browser = browser_of(anna)
    assert page_of(one) in browser.get("/certificates/").text
    assert 'data-code="certificate_ending"' in browser.get("/").text


def test_nobody_is_told_of_what_she_has_blocked(office, anna):
    _card, one = added(office, days=20)
    block(browser_of(anna), one, "not_needed")
    assert actions.tell_of_ending() == 0
    assert 'data-code="certificate_ending"' not in browser_of(anna).get("/").text


def test_everything_about_her_has_her_certificates(office, anna):
    card, one = added(office)
    (told,) = everything(anna.pk)["certificates"]
    assert (told["sha256"], told["issuer"]) == (one.sha256, "Учебный УЦ")
    assert told["der"]
    assert "certificates.certificate" not in everything(anna.pk)["further"]
    assert everything(anna.pk)["signatures"][0]["purpose"] == "certificate"
    assert card.certificate.serial == told["serial"]


def test_with_the_account_everything_of_it_goes(office, anna):
    card, _one = added(office)
    sign_in(Browser(), card)
    assert Use.objects.exists()
    close(anna.pk, session="")
    assert not Certificate.objects.exists()
    assert not Use.objects.exists()
    assert not Signature.objects.exists()
    assert not Challenge.objects.filter(owner=str(anna.pk)).exists()


def test_fifty_certificates_stand_on_pages(office, anna):
    _card, one = added(office)
    for number in range(30):
        Certificate.objects.create(
            account=anna, sha256=f"{number:064x}", sealed=b"", serial=f"{number:02x}", issuer="Учебный УЦ",
            algorithm="ec", not_before=one.not_before, not_after=one.not_after, came="cabinet",
            added_at=timezone.now(),
        )  # fmt: skip
    for row in Certificate.objects.exclude(pk=one.pk):
        row.seal(one.der)
        row.save()
    browser = browser_of(anna)
    first, second = browser.get("/certificates/").text, browser.get("/certificates/?page=2").text
    assert (first.count("data-certificate="), second.count("data-certificate=")) == (20, 11)


def test_sessions_by_certificates_are_forgotten_in_time(office, anna):
    card, _one = added(office)
    sign_in(Browser(), card)
    assert actions.purge() == 0
    Use.objects.update(at=timezone.now() - timedelta(days=3))
    assert actions.purge() == 1
    assert Session.objects.filter(account=anna).exists()


def test_the_page_of_security_names_the_signature(office, anna):
    assert 'href="/certificates/"' in browser_of(anna).get("/security/").text
    assert 'href="/security/" aria-current="page"' in browser_of(anna).get("/certificates/").text
    added(office)
    assert "Учебный УЦ" in browser_of(anna).get("/security/").text


def test_support_sees_how_many_there_are_and_no_more(office, anna):
    _card, one = added(office)
    assert support.of(anna, None).certificates == 1
    block(browser_of(anna), one, "lost")
    assert support.of(anna, None).certificates == 0


def test_an_authority_is_called_as_it_is_called_with_commas_too():
    """ООО «Рога, Копыта», and no name out of the middle of another one."""
    for called, said in (
        ("ООО Рога, Копыта", (("2.5.4.10", 0x0C, "ООО Рога"), ("2.5.4.3", 0x0C, "ООО Рога, Копыта"))),
        ("Рога,CN=Минцифры России", (("2.5.4.10", 0x0C, "Рога,CN=Минцифры России"),)),
    ):
        key = signing_key(ec.generate_private_key(ec.SECP256R1()))
        office = Issuer.found(key, named(said), timezone.now())
        assert actions._called(certificates.read(office.certificate)) == called
