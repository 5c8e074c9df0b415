"""A confirmation suspended, restored, withdrawn; her objection; services that close and open with it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.accounts.actions import change_sealed
from dopusk.portal.accounts.models import Account
from dopusk.portal.notices.models import Notice
from dopusk.portal.oidc.models import Grant
from dopusk.portal.operators.rules import Role
from dopusk.portal.proofing import rules, standing
from dopusk.portal.proofing.actions import NotAllowed
from dopusk.portal.proofing.models import Appeal, Attempt, Errand, Suspension
from dopusk.portal.proofing.rules import StandingCode
from dopusk.portal.proofing.tests.people import (
    account_of,
    answers,
    codes,
    newcomer,
    operator,
    presses,
    sends,
    signed_in,
)
from dopusk.portal.tests.browser import (
    Browser,
    authorization,
    code_for,
    exchange,
    known,
    parameters,
    path_of,
    userinfo,
)
from dopusk.web.journal.actions import record
from dopusk.web.journal.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cabinet")]
FIND = "/desk/confirmations/"
FRAUD = {"code": "suspected_fraud", "words": "Вход из двух стран за час."}


def place(key, act="confirmation"):
    return reverse(f"proofing:{act}", args=[account_of(key).sub])


def decides(browser, key, act, **data):
    told = {f"{act}-{name}": value for name, value in data.items() if name != "decision"}
    if "decision" in data:
        told["decision"] = data["decision"]
    return presses(browser, place(key), place(key, act), **told)


def level(key):
    return account_of(key).level


def test_the_addresses():
    known("anna")
    for name in (
        "proofing:confirmation", "proofing:suspend", "proofing:withdraw", "proofing:restore", "proofing:judge",
    ):  # fmt: skip
        assert reverse(name, args=[account_of("anna").sub]).startswith(FIND)
    assert (reverse("proofing:find"), reverse("proofing:appeal")) == (FIND, "/proofing/appeal/")


@pytest.mark.parametrize("spelling", ["000-000-600 03", "anna@example.org", "8 900 000-00-03"])
def test_oleg_finds_anna_by_any_identifier_and_she_sees_that_he_looked(spelling):
    known("anna")
    oleg = operator("oleg", Role.SECURITY)
    answer = presses(oleg, FIND, FIND, identifier=spelling)
    assert path_of(answer) == place("anna")
    page = oleg.get(place("anna")).text
    assert "***-***-600 03" in page
    assert "000-000-600 03" not in page
    looked = Entry.objects.filter(act="proofing.looked_up", subject=str(account_of("anna").sub))
    assert looked.count() == 1


def test_nobody_of_that_name_is_said_and_a_reviewer_has_no_business_here():
    oleg = operator("oleg", Role.SECURITY)
    assert presses(oleg, FIND, FIND, identifier="nobody@example.org").status_code == 422
    assert operator("boris", Role.REVIEWER).get(FIND).status_code == 403


def test_an_operator_who_tries_numbers_is_stopped_and_each_miss_is_written_down(monkeypatch):
    monkeypatch.setattr(rules, "LOOKS_AN_HOUR", 3)
    known("anna")
    oleg = operator("oleg", Role.SECURITY)
    for _ in range(2):
        assert presses(oleg, FIND, FIND, identifier="nobody@example.org").status_code == 422
    assert Entry.objects.filter(act="proofing.found_nobody").count() == 2
    assert oleg.get(place("anna")).status_code == 200
    assert path_of(oleg.get(place("anna"))) == FIND
    assert path_of(presses(oleg, FIND, FIND, identifier="nobody@example.org")) == FIND
    assert Entry.objects.filter(act__in=standing.LOOKS).count() == 3


def main(page):
    """What the page itself says, without its head and foot."""
    return page.text.split("<main")[1].split("</main")[0]


def test_a_suspension_ends_tokens_closes_services_and_is_told_with_its_reason():
    browser = Browser()
    token = exchange(code_for(browser, "anna")).json()["access_token"]
    oleg = operator("oleg", Role.SECURITY)
    decides(oleg, "anna", "suspend", **FRAUD)
    assert level("anna") == "standard"
    assert userinfo(token).status_code == 401
    assert Grant.objects.get().revoked_at is not None
    anna = account_of("anna")
    notice = Notice.objects.get(account=anna, kind="confirmation_suspended")
    assert (notice.link, bool(notice.detail["reason"])) == ("/proofing/appeal/", True)
    entry = Entry.objects.get(act="proofing.suspended")
    assert (entry.subject, entry.actor) == (str(anna.sub), str(account_of("oleg").sub))
    answer = browser.get(authorization())
    assert path_of(answer) == "/proofing/missing/"
    page = browser.get(answer.headers["location"])
    assert 'data-step="suspended"' in page.text
    here = browser.get("/proofing/")
    assert codes(here) == ["suspended"]
    assert ("data-next" in here.text, 'id="way"' in here.text) == (False, False)  # no step is hers to take
    assert main(here).count('href="/proofing/appeal/"') == 1
    assert path_of(browser.get("/proofing/data/")) == "/proofing/"  # no way around it
    decides(oleg, "anna", "restore", words="Проверили: это была поездка.")
    assert level("anna") == "confirmed"
    assert Suspension.objects.get().ended == "restored"
    assert Notice.objects.filter(account=anna, kind="confirmation_restored").exists()


def test_a_decision_needs_a_reason_in_words():
    known("anna")
    oleg = operator("oleg", Role.SECURITY)
    assert decides(oleg, "anna", "suspend", code="suspected_fraud", words="").status_code == 422
    assert decides(oleg, "anna", "suspend", code="", words="Так надо.").status_code == 422
    assert level("anna") == "confirmed"


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_nobody_decides_about_herself(act):
    operator("oleg", Role.SECURITY)
    oleg = account_of("oleg")
    with pytest.raises(NotAllowed, match="own_account"):
        getattr(standing, act)(oleg.sub, StandingCode.DATA_ERROR, oleg.sub, "…")
    assert level("oleg") == "confirmed"


def test_what_is_not_confirmed_cannot_be_suspended_nor_restored():
    known("ksenia")
    operator("oleg", Role.SECURITY)
    ksenia, oleg = account_of("ksenia").sub, account_of("oleg").sub
    with pytest.raises(NotAllowed, match="not_confirmed"):
        standing.suspend(ksenia, StandingCode.DATA_ERROR, oleg, "…")
    with pytest.raises(NotAllowed, match="not_suspended"):
        standing.restore(ksenia, oleg, "…")


def test_her_appeal_is_heard_once_by_another_operator(outside):
    known("anna")
    oleg = operator("oleg", Role.SECURITY)
    decides(oleg, "anna", "suspend", **FRAUD)
    anna = signed_in("anna")
    assert presses(anna, "/proofing/appeal/", "/proofing/appeal/", text="").status_code == 422
    presses(anna, "/proofing/appeal/", "/proofing/appeal/", text="Я была в отпуске.")
    assert codes(anna.get("/proofing/appeal/")) == ["appealed"]
    with pytest.raises(NotAllowed, match="already_appealed"):
        standing.appeal(account_of("anna").sub, "И ещё.")
    with pytest.raises(NotAllowed, match="own_decision"):
        standing.judge(Appeal.objects.get().pk, account_of("oleg").sub, "Нет.", restored=False)
    vera = operator("vera", Role.SECURITY)
    assert "Орлова" in vera.get(FIND).text
    decides(vera, "anna", "judge", words="Билеты показаны.", decision="restore")
    assert level("anna") == "confirmed"
    assert (Appeal.objects.get().outcome, Suspension.objects.get().ended) == ("restored", "restored")


def test_an_upheld_decision_stays_and_its_reason_is_read(outside):
    known("anna")
    decides(operator("oleg", Role.SECURITY), "anna", "suspend", **FRAUD)
    anna = signed_in("anna")
    presses(anna, "/proofing/appeal/", "/proofing/appeal/", text="Я была в отпуске.")
    decides(
        operator("vera", Role.SECURITY),
        "anna",
        "judge",
        words="Вход был с чужого телефона.",
        decision="uphold",
    )
    page = anna.get("/proofing/appeal/")
    assert codes(page) == ["upheld"]
    assert "Вход был с чужого телефона." in page.text
    assert level("anna") == "standard"
    assert Notice.objects.filter(account=account_of("anna"), kind="appeal_answered").exists()
    with pytest.raises(NotAllowed, match="already_judged"):
        standing.judge(Appeal.objects.get().pk, account_of("vera").sub, "Да.", restored=True)


def withdrawn_and_appealed():
    """Anna's confirmation was withdrawn by Олег; her appeal waits for Вера."""
    known("anna")
    decides(operator("oleg", Role.SECURITY), "anna", "withdraw", **FRAUD)
    anna = account_of("anna")
    return anna, standing.appeal(anna.sub, "Это ошибка.")


def test_an_appeal_gives_no_numbers_back_that_were_seen_in_other_hands():
    anna, appeal = withdrawn_and_appealed()
    change_sealed(anna.sub, snils="", identity_document={})  # as `endings.move_identity` leaves it
    Account.objects.filter(pk=anna.sub).update(level="simplified")
    operator("vera", Role.SECURITY)
    with pytest.raises(NotAllowed, match="not_confirmed"):
        standing.judge(appeal.pk, account_of("vera").sub, "Да.", restored=True)
    assert level("anna") == "simplified"
    standing.judge(appeal.pk, account_of("vera").sub, "Нет.", restored=False)


def test_an_appeal_confirms_no_name_that_no_register_has_seen():
    anna, appeal = withdrawn_and_appealed()
    with transaction.atomic():  # as `profile.actions.approve_name_change` leaves it
        record(actor="system", act="profile.name_changed", subject=str(anna.sub), words="Имя изменено")
    operator("vera", Role.SECURITY)
    with pytest.raises(NotAllowed, match="not_confirmed"):
        standing.judge(appeal.pk, account_of("vera").sub, "Да.", restored=True)
    assert level("anna") == "standard"


def test_an_appeal_gives_a_withdrawn_confirmation_back():
    _anna, appeal = withdrawn_and_appealed()
    operator("vera", Role.SECURITY)
    standing.judge(appeal.pk, account_of("vera").sub, "Да.", restored=True)
    assert level("anna") == "confirmed"


def test_without_a_decision_there_is_nothing_to_appeal():
    anna = signed_in("anna")
    assert codes(anna.get("/proofing/appeal/")) == ["nothing_to_appeal"]
    with pytest.raises(NotAllowed, match="nothing_to_appeal"):
        standing.appeal(account_of("anna").sub, "…")


def test_a_withdrawn_confirmation_is_proved_anew_before_an_operator(outside):
    known("anna")
    decides(operator("oleg", Role.SECURITY), "anna", "withdraw", **FRAUD)
    assert level("anna") == "standard"
    anna = signed_in("anna")
    assert path_of(sends(anna, "anna")) == "/proofing/"
    assert (Attempt.objects.get().state, Attempt.objects.get().doubts) == ("review", ["withdrawn_before"])
    boris, case = operator("boris", Role.REVIEWER), Attempt.objects.get()
    card = reverse("proofing:card", args=[case.pk])
    presses(boris, card, f"{card}take/")
    presses(boris, card, f"{card}approve/")
    assert level("anna") == "confirmed"
    assert Suspension.objects.get().ended == "confirmed"


def test_who_goes_to_the_cabinet_unconfirmed_is_told_the_step_and_comes_back(outside):
    browser = signed_in("daria")
    answer = browser.get(authorization())
    assert path_of(answer) == reverse("proofing:missing")
    page = browser.get(answer.headers["location"])
    assert (page.status_code, codes(page), 'data-step="begin"' in page.text) == (403, ["level"], True)
    sends(browser, "daria")
    again = browser.get(browser.get(authorization()).headers["location"])
    assert 'data-step="questions"' in again.text
    answers(browser, outside)
    done = browser.get("/proofing/").text
    assert authorization().replace("&", "&amp;") in done
    assert path_of(browser.get(authorization())) == "/consents/give/"


def test_after_a_long_wait_the_way_back_is_the_services_front_door(outside):
    browser = signed_in("anna")
    browser.get("/proofing/", params={"next": authorization()})
    assert authorization().replace("&", "&amp;") in browser.get("/proofing/").text
    Errand.objects.update(at=timezone.now() - timedelta(hours=3))
    page = browser.get("/proofing/").text
    assert 'href="http://localhost:8001/"' in page.split("<main")[1].split("</main")[0]
    assert "/oidc/authorize" not in page


def test_under_the_wait_after_a_recovery_no_way_back_is_promised():
    known("anna")
    Account.objects.update(cooling_until=timezone.now() + timedelta(days=2))
    browser = signed_in("anna")
    page = browser.get(reverse("proofing:missing"), params={"next": authorization()})
    assert (page.status_code, codes(page)) == (403, ["cooling"])
    assert "data-way-back" not in page.text  # she simply comes again
    assert authorization().replace("&", "&amp;") + '"' not in main(page)  # to try now would be in vain


def test_who_has_a_step_to_take_is_told_where_she_comes_back_from():
    page = signed_in("daria").get(reverse("proofing:missing"), params={"next": authorization()})
    assert (codes(page), "data-way-back" in page.text) == (["level"], True)


def test_nothing_lacks_any_more_and_she_goes_on():
    browser = signed_in("anna")
    answer = browser.get(reverse("proofing:missing"), params={"next": authorization()})
    assert (answer.status_code, answer.headers["location"]) == (303, authorization())


def test_she_may_go_back_to_the_service_without_signing_in():
    browser = signed_in("daria")
    page = browser.get(browser.get(authorization()).headers["location"])
    refuse = authorization() + "&consent=denied"
    assert refuse.replace("&", "&amp;") in page.text
    assert parameters(browser.get(refuse))["error"] == "access_denied"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://localhost:8001/signin/?next=/profile/", True),
        ("/services/accreditation/", True),
        ("http://evil.example/", False),
        ("//evil.example/", False),
        ("http://localhost:8001@evil.example/", False),
        ("http://localhost:8001.evil.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_ways_to_ourselves_and_to_registered_services_are_kept(address, kept):
    browser = signed_in("anna")
    page = browser.get("/proofing/", params={"next": address})
    assert (f'href="{address}"' in page.text) is kept
    assert Account.objects.get(pk=account_of("anna").pk).level == "confirmed"


def test_a_withdrawal_follows_the_number_into_a_new_account(outside):
    known("anna")
    decides(operator("oleg", Role.SECURITY), "anna", "withdraw", **FRAUD)
    account_of("anna").delete()
    newcomer("daria", last_name="Орлова", first_name="Анна", patronymic="Сергеевна")
    sends(signed_in("daria"), "anna")
    assert Attempt.objects.get().doubts == ["withdrawn_before"]
