"""Олег of support helps Анна: found by her number, seen masked, every look and act in her journal."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.codes.models import LetterLink
from dopusk.portal.factors.actions import turn_on_sms
from dopusk.portal.factors.models import Totp
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.rules import Role
from dopusk.portal.operators.tests.people import PLACE, operator, phone, signed_in
from dopusk.portal.sessions.models import Session
from dopusk.portal.signin import actions as signin
from dopusk.portal.signin.standing import counted
from dopusk.portal.support import actions
from dopusk.portal.support.models import Look
from dopusk.portal.support.rules import LOOKS_AN_HOUR, Why
from dopusk.portal.support.words import TOLD
from dopusk.portal.tests.browser import Browser, known, path_of, statements
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db
PEOPLE = "/desk/people/"
ACTS = ("unlock", "lock", "order_password", "end_sessions", "take_factors", "send_password")


def find(browser: Browser, identifier: str, **changes: str):
    fields = {"identifier": identifier, "reason": "request", "ticket": "2026-17", **changes}
    return browser.submit(browser.get(reverse("support:people")), reverse("support:people"), **fields)


def act(browser: Browser, name: str, key: str, **changes: str):
    address = reverse(f"support:{name}", args=[known(key).pk])
    page = browser.get(address)
    if "csrfmiddlewaretoken" not in page.text.split("<main", 1)[-1]:
        return page
    token = page.text.split("<main", 1)[1].split('name="csrfmiddlewaretoken" value="', 1)[1].split('"')[0]
    fields = {"why": "asked", "explained": "Обращение 2026-17, не может войти", **changes}
    return browser.post(address, data={"csrfmiddlewaretoken": token, **fields})


def journal_of(key: str, name: str):
    return Entry.objects.filter(act=name, subject=str(known(key).pk))


def spellings(key: str) -> list[str]:
    person = sandbox.person(key)
    number, snils = person.phone, person.snils
    return [
        f"8 ({number[2:5]}) {number[5:8]}-{number[8:10]}-{number[10:]}",
        person.email.upper(),
        f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}",
        person.inn,
    ]


@pytest.mark.parametrize("which", range(4))
def test_anna_is_found_by_any_of_her_numbers_and_sees_who_looked(oleg, which):
    answer = find(oleg, spellings("anna")[which])
    assert path_of(answer) == reverse("support:person", args=[known("anna").pk])
    entry = journal_of("anna", "support.looked_up").get()
    assert entry.actor == str(known("oleg").pk)
    assert "2026-17" in entry.words


def test_what_support_sees_is_masked(oleg):
    find(oleg, phone("anna"))
    text = oleg.get(reverse("support:person", args=[known("anna").pk])).text
    anna = sandbox.person("anna")
    assert anna.last_name in text
    passport = known("anna").opened()["identity_document"]
    for secret in (
        anna.phone,
        anna.phone[2:],
        anna.email,
        anna.snils,
        anna.snils[:6],
        anna.inn,
        passport["number"],
    ):
        assert secret not in text
    assert "***" in text
    assert 'data-state="open"' in text


def test_anna_reads_in_her_own_journal_that_support_looked(oleg):
    find(oleg, phone("anna"))
    assert "2026-17" in signed_in(known("anna")).get("/journal/").text


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identifier": "Орлова"}, "identifier_format"),
        ({"identifier": "+7 900"}, "identifier_format"),
        ({"reason": ""}, "required"),
        ({"ticket": ""}, "required"),
    ],
)
def test_nobody_is_found_by_a_name_a_part_of_a_number_or_without_a_reason(oleg, changes, code):
    answer = find(oleg, **{"identifier": phone("anna"), **changes})
    assert answer.status_code == 422
    assert f'data-code="{code}"' in answer.text
    assert not Look.objects.exists()


def test_a_number_of_nobody_is_noted_too(oleg):
    answer = find(oleg, "nobody@example.org")
    assert 'data-code="found_nobody"' in answer.text
    entry = Entry.objects.get(act="support.found_nobody")
    assert (entry.subject, entry.actor) == ("system", str(known("oleg").pk))
    assert "nobody@example.org" not in entry.words + entry.detail


def test_an_operator_who_tries_numbers_is_stopped(oleg):
    now = timezone.now()
    Look.objects.bulk_create(
        Look(operator=known("oleg"), reason="request", ticket="1", at=now) for _ in range(LOOKS_AN_HOUR)
    )
    answer = find(oleg, phone("anna"))
    assert answer.status_code == 429
    assert 'data-code="too_many_looks"' in answer.text
    assert not journal_of("anna", "support.looked_up").exists()
    Look.objects.update(at=now - timedelta(hours=1, seconds=1))
    assert find(oleg, phone("anna")).status_code == 302


@pytest.mark.parametrize("page", ["person", "journal", *ACTS])
def test_no_account_opens_by_its_address_alone_nor_after_an_hour(oleg, page):
    address = reverse(f"support:{page}", args=[known("anna").pk])
    assert path_of(oleg.get(address)) == PEOPLE
    find(oleg, phone("anna"))
    assert oleg.get(address).status_code == 200
    Look.objects.update(at=timezone.now() - timedelta(hours=1, seconds=1))
    assert path_of(oleg.get(address)) == PEOPLE


def test_a_colleagues_look_opens_nothing(oleg):
    find(oleg, phone("anna"))
    boris = operator("boris", Role.SUPPORT)
    assert path_of(boris.get(reverse("support:person", args=[known("anna").pk]))) == PEOPLE


def test_the_journal_is_read_once_a_look_as_far_as_anna_sees(oleg):
    find(oleg, phone("anna"))
    address = reverse("support:journal", args=[known("anna").pk])
    text = oleg.get(address).text
    assert "2026-17" in text
    oleg.get(address, params={"page": "2"})
    assert journal_of("anna", "support.journal_read").count() == 1


def test_what_anna_did_to_others_is_not_in_what_support_reads(oleg):
    actions.record(
        actor=str(known("anna").pk), act="odd", subject=str(known("boris").pk), words="О Борисе, не об Анне"
    )
    find(oleg, phone("anna"))
    assert "О Борисе" not in oleg.get(reverse("support:journal", args=[known("anna").pk])).text


def test_the_page_costs_no_more_for_many_sessions(oleg):
    find(oleg, phone("anna"))
    address = reverse("support:person", args=[known("anna").pk])
    oleg.get(address)
    with statements() as few:
        oleg.get(address)
    for _ in range(5):
        signed_in(known("anna"))
    with statements() as many:
        assert "5" in oleg.get(address).text
    assert len(many) == len(few) <= 30


def fail(key: str, times: int) -> None:
    for number in range(times):
        place = signin.Place(network=f"203.0.113.{number}", device="x")
        signin.sign_in(phone(key), "не тот пароль", place)


def test_support_takes_off_what_strangers_have_counted(oleg):
    fail("anna", 10)
    assert counted(known("anna").pk).held_until
    find(oleg, phone("anna"))
    assert 'data-state="held"' in oleg.get(reverse("support:person", args=[known("anna").pk])).text
    assert act(oleg, "unlock", "anna").status_code == 302
    assert counted(known("anna").pk) == (counted(known("boris").pk))
    assert journal_of("anna", "signin.unlocked").get().actor == str(known("oleg").pk)
    notice = Notice.objects.get(account=known("anna"), kind="unlocked")
    assert "не может войти" in notice.text
    assert TOLD[Why.ASKED] in notice.text
    assert "не может войти" in journal_of("anna", "signin.unlocked").get().words
    assert LetterLink.objects.filter(purpose="not_me", sub=known("anna").pk).exists(), (
        "the letter leads to «это не я»"
    )
    answer = act(oleg, "unlock", "anna")
    assert 'data-code="nothing_locked"' in answer.text


def test_support_shuts_an_account_whose_password_is_out_and_opens_it_again(oleg):
    anna = signed_in(known("anna"))
    find(oleg, phone("anna"))
    assert act(oleg, "lock", "anna", why="leaked").status_code == 302
    assert known("anna").lock_reason == "operator"
    assert path_of(anna.get("/journal/")) == "/signin/"
    assert isinstance(signin.sign_in(phone("anna"), sandbox.PASSWORD, PLACE), signin.Locked)
    assert journal_of("anna", "support.locked").get().actor == str(known("oleg").pk)
    told = Notice.objects.get(account=known("anna"), kind="locked_by_operator")
    assert told.link == ""  # no recovery opens it
    assert 'data-code="already_locked"' in act(oleg, "lock", "anna").text
    assert act(oleg, "unlock", "anna").status_code == 302
    assert not isinstance(signin.sign_in(phone("anna"), sandbox.PASSWORD, PLACE), signin.Locked)


def test_what_the_owner_has_shut_herself_support_does_not_open(oleg):
    signin.lock(known("anna").pk, "owner")
    find(oleg, phone("anna"))
    assert 'data-state="locked"' in oleg.get(reverse("support:person", args=[known("anna").pk])).text
    assert 'data-code="owner_locked"' in act(oleg, "unlock", "anna").text
    assert known("anna").locked_at


def test_a_form_sent_past_the_page_is_refused_by_the_same_rule(oleg):
    find(oleg, phone("anna"))
    page = oleg.get(reverse("support:end_sessions", args=[known("anna").pk]))
    assert 'data-code="no_sessions"' in page.text
    token = oleg.get(PEOPLE).text.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"')[0]
    answer = oleg.post(
        reverse("support:end_sessions", args=[known("anna").pk]),
        data={"csrfmiddlewaretoken": token, "why": "asked", "explained": "x"},
    )
    assert answer.status_code == 409
    assert 'data-code="no_sessions"' in answer.text


def test_a_new_password_is_ordered_and_her_sessions_end(oleg):
    signed_in(known("anna"))
    find(oleg, phone("anna"))
    assert act(oleg, "order_password", "anna", why="leaked").status_code == 302
    anna = known("anna")
    assert anna.must_change == "ordered"
    assert not Session.objects.filter(account=anna, ended_at=None).exists()
    assert journal_of("anna", "support.password_ordered").count() == 1
    assert Notice.objects.filter(account=anna, kind="password_ordered").count() == 1
    begun = signin.sign_in(phone("anna"), sandbox.PASSWORD, PLACE)
    assert isinstance(begun, signin.Awaiting)
    assert begun.step == "password"
    assert 'data-code="already_ordered"' in act(oleg, "order_password", "anna").text


def test_all_her_sessions_end(oleg):
    anna = signed_in(known("anna"))
    find(oleg, phone("anna"))
    assert act(oleg, "end_sessions", "anna").status_code == 302
    assert path_of(anna.get("/journal/")) == "/signin/"
    assert journal_of("anna", "sessions.ended").get().actor == str(known("oleg").pk)
    assert Notice.objects.filter(account=known("anna"), kind="sessions_ended").count() == 1


@pytest.mark.parametrize("changes", [{"why": ""}, {"explained": ""}, {"explained": "   "}])
def test_nothing_is_done_without_a_reason(oleg, changes):
    signed_in(known("anna"))
    find(oleg, phone("anna"))
    answer = act(oleg, "end_sessions", "anna", **changes)
    assert answer.status_code == 422
    assert 'data-code="required"' in answer.text
    assert Session.objects.filter(account=known("anna"), ended_at=None).exists()


def test_nobody_helps_herself_or_a_colleague_except_one_who_appoints(oleg):
    boris = operator("boris", Role.SUPPORT)
    for whom, code in (("oleg", "own_account"), ("boris", "operators_account")):
        find(oleg, phone(whom))
        assert f'data-code="{code}"' in act(oleg, "end_sessions", whom).text
    assert boris.get("/journal/").status_code == 200
    both = operator("galina", Role.SUPPORT, Role.ADMINISTRATOR)
    find(both, phone("boris"))
    assert act(both, "end_sessions", "boris").status_code == 302
    assert path_of(boris.get("/journal/")) == "/signin/"


def test_a_colleague_who_has_lost_her_second_factor_gets_in_by_one_who_appoints(oleg):
    boris = operator("boris", Role.REVIEWER)
    app = Totp(account=known("boris"), confirmed_at=timezone.now())
    app.seal(b"0" * 20)
    app.save(force_insert=True)
    find(oleg, phone("boris"))
    assert 'data-code="operators_account"' in act(oleg, "take_factors", "boris").text
    both = operator("galina", Role.SUPPORT, Role.ADMINISTRATOR)
    find(both, phone("boris"))
    assert act(both, "take_factors", "boris", explained="Телефон украден, пришёл лично").status_code == 302
    assert not Totp.objects.filter(account=known("boris")).exists()
    assert path_of(boris.get("/journal/")) == "/signin/"
    assert journal_of("boris", "factor.all_removed").get().actor == str(known("galina").pk)
    assert Notice.objects.filter(account=known("boris"), kind="factor_removed").count() == 1
    find(both, phone("anna"))
    assert 'data-code="recovery_does"' in act(both, "take_factors", "anna").text


def test_security_looks_but_does_nothing():
    known("anna")
    vera = operator("vera", Role.SECURITY)
    find(vera, phone("anna"))
    text = vera.get(reverse("support:person", args=[known("anna").pk])).text
    assert not [name for name in ACTS if reverse(f"support:{name}", args=[known("anna").pk]) in text]
    assert vera.get(reverse("support:unlock", args=[known("anna").pk])).status_code == 403


def test_old_looks_are_cleared_away(oleg):
    find(oleg, phone("anna"))
    assert actions.purge() == 0
    Look.objects.update(at=timezone.now() - timedelta(days=91))
    assert actions.purge() == 1


def test_a_telephone_that_could_get_codes_is_no_second_step_until_she_wants_one(oleg):
    find(oleg, phone("anna"))
    page = reverse("support:person", args=[known("anna").pk])
    assert 'data-second="off"' in oleg.get(page).text
    turn_on_sms(known("anna").pk)
    assert 'data-second="on"' in oleg.get(page).text


def test_an_operator_who_enrolled_nothing_has_no_second_step(oleg):
    appoint(known("maria").pk, Role.SUPPORT, by="system")
    find(oleg, phone("maria"))
    assert 'data-second="off"' in oleg.get(reverse("support:person", args=[known("maria").pk])).text
