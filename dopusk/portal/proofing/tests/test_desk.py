"""Operators at the desk: one case, one reviewer; eyes overrule no register; nothing is kept after a decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.proofing import actions, desk
from dopusk.portal.proofing.models import Attempt
from dopusk.portal.proofing.rules import ReviewCode
from dopusk.portal.proofing.tests.people import (
    SMALL,
    account_of,
    answers,
    codes,
    newcomer,
    operator,
    presses,
    sends,
    signed_in,
    who,
)
from dopusk.portal.tests.browser import known, path_of
from dopusk.web.files.models import StoredFile
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(outside):
    """Игорь waits for an operator: there is nothing to ask him."""
    browser = signed_in("igor")
    sends(browser, "igor")
    presses(browser, "/proofing/questions/", "/proofing/questions/open/")
    return Attempt.objects.get()


def place(case, act="card"):
    return reverse(f"proofing:{act}", args=[case.pk])


def takes(browser, case):
    return presses(browser, place(case), place(case, "take"))


def test_the_addresses(case):
    assert reverse("proofing:queue") == "/desk/review/"
    assert place(case, "scan").endswith("/scan/")
    names = ["proofing:card", "proofing:take", "proofing:release", "proofing:approve", "proofing:refuse"]
    assert [reverse(name, args=[case.pk]).split("/")[2] for name in names] == ["review"] * 5
    assert reverse("proofing:scan", args=[case.pk])


def test_only_reviewers_with_two_factors_get_in(case):
    assert signed_in("anna").get("/desk/review/").status_code == 403
    one_factor = signed_in("vera")
    appoint(account_of("vera").sub, Role.REVIEWER, by="system")
    assert one_factor.get("/desk/review/").status_code != 200
    assert operator("boris", Role.REVIEWER).get("/desk/review/").status_code == 200
    assert operator("oleg", Role.SUPPORT).get("/desk/review/").status_code == 403


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Role.REVIEWER, "/desk/review/"),
        (Role.SECURITY, "/desk/confirmations/"),
        (Role.REVIEWER, "/desk/names/"),
    ],
)
def test_every_queue_leads_back_to_the_desk(role, page):
    shown = operator("boris", role).get(page)
    assert shown.status_code == 200
    assert f'href="{reverse("operators:desk")}" class="govuk-back-link"' in shown.text or (
        f'class="govuk-back-link" href="{reverse("operators:desk")}"' in shown.text
    )


def test_the_card_writes_the_passport_as_the_form_asks_for_it(case):
    assert f">{who('igor').passport.series} {who('igor').passport.number}<" in " ".join(
        operator("boris", Role.REVIEWER).get(place(case)).text.split()
    ).replace("> ", ">").replace(" <", "<")


def test_boris_takes_looks_and_approves_and_igor_sees_who_looked(case):
    boris = operator("boris", Role.REVIEWER)
    assert boris.get(place(case, "scan")).status_code == 404  # not before it is his
    takes(boris, case)
    shown = boris.get(place(case, "scan"))
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert shown.headers["cache-control"] == "private, no-store"
    assert path_of(presses(boris, place(case), place(case, "approve"))) == "/desk/review/"
    igor = account_of("igor")
    assert igor.level == "confirmed"
    acts = set(Entry.objects.filter(subject=str(igor.sub)).values_list("act", flat=True))
    assert {"proofing.review_taken", "proofing.scan_seen", "proofing.confirmed"} <= acts
    assert Notice.objects.filter(account=igor, kind="confirmed").count() == 1
    assert not Attempt.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("code", list(ReviewCode))
def test_a_refusal_has_its_reason_and_keeps_nothing(case, code):
    boris = operator("boris", Role.REVIEWER)
    takes(boris, case)
    presses(boris, place(case), place(case, "refuse"), code=code.value, words="Снимите ближе.")
    igor = account_of("igor")
    assert igor.level == "standard"
    assert "Снимите ближе." in Notice.objects.get(account=igor, kind="proofing_refused").detail["reason"]
    assert not StoredFile.objects.exists()
    page = signed_in("igor").get("/proofing/")
    assert codes(page) == [code.value]
    assert "Снимите ближе." in page.text


def test_a_refusal_without_a_reason_is_no_refusal(case):
    boris = operator("boris", Role.REVIEWER)
    takes(boris, case)
    assert presses(boris, place(case), place(case, "refuse"), code="").status_code == 422
    assert Attempt.objects.exists()


def test_two_reviewers_do_not_clash(case):
    boris, vera = operator("boris", Role.REVIEWER), operator("vera", Role.REVIEWER)
    takes(boris, case)
    with pytest.raises(actions.NotAllowed, match="taken_by_other"):
        desk.take(case.pk, account_of("vera").sub, session="")
    with pytest.raises(actions.NotAllowed, match="not_taken"):
        desk.approve(case.pk, account_of("vera").sub)
    assert "taken_by_other" in codes(vera.get(place(case)))
    presses(boris, place(case), place(case, "release"))
    takes(vera, case)
    assert Attempt.objects.get().reviewer_id == account_of("vera").sub


def test_a_case_held_too_long_is_free_again(case):
    takes(operator("boris", Role.REVIEWER), case)
    Attempt.objects.update(taken_at=timezone.now() - timedelta(hours=1))
    takes(operator("vera", Role.REVIEWER), case)
    assert Attempt.objects.get().reviewer_id == account_of("vera").sub


def test_nobody_reviews_herself(case):
    igor = account_of("igor")
    browser = operator("igor", Role.REVIEWER)
    assert "own_attempt" in codes(browser.get(place(case)))
    for act in (lambda: desk.take(case.pk, igor.sub, session=""), lambda: desk.approve(case.pk, igor.sub)):
        with pytest.raises(actions.NotAllowed, match="own_attempt"):
            act()


def test_a_decided_case_is_decided(case):
    boris = operator("boris", Role.REVIEWER)
    takes(boris, case)
    presses(boris, place(case), place(case, "approve"))
    with pytest.raises(actions.NotAllowed, match="already_decided"):
        desk.refuse(case.pk, account_of("boris").sub, ReviewCode.SCAN_MISMATCH, "", session="")
    assert boris.get(place(case)).status_code == 404


def test_eyes_overrule_no_register(outside):
    browser = signed_in("zhanna")
    for _ in range(6):
        sends(browser, "zhanna")
    case = Attempt.objects.get()
    boris = operator("boris", Role.REVIEWER)
    takes(boris, case)
    assert place(case, "approve") not in boris.get(place(case)).text
    with pytest.raises(actions.NotAllowed, match="registers_disagree"):
        desk.approve(case.pk, account_of("boris").sub)


def test_a_case_whose_register_was_down_is_approved_once_it_answered(outside):
    browser = signed_in("daria")
    for _ in range(5):
        sends(browser, "daria", issuer_code="690-002")
    outside.down = {"snils"}
    sends(browser, "daria")
    case = Attempt.objects.get()
    operator("boris", Role.REVIEWER)
    boris = account_of("boris").sub
    desk.take(case.pk, boris, session="")
    with pytest.raises(actions.NotAllowed, match="registers_silent"):
        desk.approve(case.pk, boris)
    outside.down = set()
    Attempt.objects.update(next_at=timezone.now())
    assert actions.finish(case.pk) == "review"
    assert desk.approve(case.pk, boris) == "confirmed"
    assert account_of("daria").opened()["snils"] == "00000060021"


def test_a_number_taken_meanwhile_confirms_nobody(outside):
    newcomer("daria", last_name="Орлова", first_name="Анна", patronymic="Сергеевна")
    browser = signed_in("daria")
    for _ in range(5):
        sends(browser, "anna", issuer_code="690-002")
    sends(browser, "anna")
    known("anna")
    operator("boris", Role.REVIEWER)
    case, boris = Attempt.objects.get(), account_of("boris").sub
    desk.take(case.pk, boris, session="")
    assert desk.approve(case.pk, boris) == "taken"
    assert account_of("daria").level == "simplified"


def test_the_queue_tells_why_and_who(outside):
    browser = signed_in("daria")
    sends(browser, "daria", scan=SMALL)
    answers(browser, outside, right=False)
    page = operator("boris", Role.REVIEWER).get(reverse("proofing:queue"))
    assert "Фролова Дарья Алексеевна" in page.text
    assert Attempt.objects.get().doubts == ["scan_small", "questions_failed"]


def test_a_number_that_somebody_only_claims_comes_to_whom_an_operator_has_seen(outside):
    thief = newcomer("lidia", last_name="Фролова", first_name="Дарья", patronymic="Алексеевна")
    browser = signed_in("lidia")
    sends(browser, "daria")  # papers lie open somewhere: standard, but the questions stay unanswered
    thief.refresh_from_db()
    assert thief.level == "standard"
    daria = signed_in("daria")
    assert path_of(sends(daria, "daria")) == "/proofing/"
    assert codes(daria.get("/proofing/")) == ["review"]
    case = Attempt.objects.get(account=account_of("daria"))
    assert case.doubts == ["held_elsewhere"]
    operator("boris", Role.REVIEWER)
    boris = account_of("boris").sub
    desk.take(case.pk, boris, session="")
    assert desk.approve(case.pk, boris) == "confirmed"
    assert account_of("daria").level == "confirmed"
    thief.refresh_from_db()
    assert (thief.level, thief.opened()["snils"], thief.opened()["identity_document"]) == (
        "simplified",
        "",
        {},
    )
    assert Notice.objects.filter(account=thief, kind="identity_moved").exists()
    assert not Attempt.objects.exists()
    assert not StoredFile.objects.exists()
