"""Codes and links: who gets them, what fits, what is limited."""

import contextlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.codes import actions, rules, tasks
from dopusk.portal.codes.actions import check_code, nobody, send_code
from dopusk.portal.codes.models import Code, Counter, LetterLink
from dopusk.portal.codes.rules import Gone, Held, Right, Sent, UnknownPurpose, Wrong
from dopusk.portal.codes.tests.letters import last_code, last_path, texts, wrong
from dopusk.web.delivery.models import Letter

pytestmark = pytest.mark.django_db
DARIA, LIDIA = sandbox.newcomer("daria"), sandbox.newcomer("lidia")
HOME, ELSEWHERE = "198.51.100.0/24", "203.0.113.0/24"


def ask(purpose="registration.phone", to=DARIA.phone, **changes):
    return send_code(purpose, "sms", to, **({"sub": None, "network": HOME, "browser": "hers"} | changes))


def sent(*args, **changes):
    answer = ask(*args, **changes)
    assert isinstance(answer, Sent)
    return answer


def later(span):
    """Time passes: everything kept happened that much earlier."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE codes_counter SET locked_until = locked_until - %(s)s, touched_at = touched_at - %(s)s,"
            " sent = ARRAY(SELECT at - %(s)s FROM unnest(sent) AS at ORDER BY at)",
            {"s": span},
        )
        cursor.execute(
            "UPDATE codes_code SET made_at = made_at - %(s)s, good_until = good_until - %(s)s", {"s": span}
        )
        cursor.execute("UPDATE codes_letterlink SET good_until = good_until - %(s)s", {"s": span})


def guess(code, times, purpose="registration.phone", to=DARIA.phone):
    return [check_code(code.id, purpose, wrong(last_code(to))) for _ in range(times)]


def test_a_code_proves_the_number_it_was_sent_to_once():
    code = sent()
    digits = last_code(DARIA.phone)
    assert check_code(code.id, "registration.phone", digits) == Right(DARIA.phone, None)
    assert check_code(code.id, "registration.phone", digits) == Gone("used")


@pytest.mark.parametrize("typed", ["{a} {b}", " {a}-{b} ", "{a}–{b}\n"])
def test_a_code_may_be_pasted_in_any_spelling(typed):
    code, digits = sent(), last_code(DARIA.phone)
    answer = check_code(code.id, "registration.phone", typed.format(a=digits[:3], b=digits[3:]))
    assert isinstance(answer, Right)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "абвгде", "１２３４５6x", "\0"])
def test_what_is_no_code_costs_no_try(typed):
    code = sent()
    assert check_code(code.id, "registration.phone", typed) == Wrong(10)
    assert check_code(code.id, "registration.phone", wrong(last_code(DARIA.phone))) == Wrong(9)


def test_a_code_is_bound_to_its_purpose_and_its_id():
    code, other = sent(), sent("contacts.phone", sub=uuid.uuid4(), browser="")
    assert check_code(code.id, "recovery.phone", last_code(DARIA.phone)) == Gone("unknown")
    assert check_code(uuid.uuid4(), "registration.phone", "000000") == Gone("unknown")
    digits = last_code(DARIA.phone)  # of contacts.phone
    assert isinstance(check_code(other.id, "contacts.phone", digits), Right)


def test_after_ten_minutes_a_code_is_over():
    code = sent()
    later(timedelta(minutes=9, seconds=55))
    assert check_code(code.id, "registration.phone", wrong(last_code(DARIA.phone))) == Wrong(9)
    later(timedelta(seconds=6))
    assert check_code(code.id, "registration.phone", last_code(DARIA.phone)) == Gone("expired")


def test_a_newer_code_takes_the_place_of_the_older():
    first = sent()
    old = last_code(DARIA.phone)
    later(timedelta(seconds=61))
    sent()
    assert check_code(first.id, "registration.phone", old) == Gone("expired")


def test_ten_wrong_answers_shut_the_place_and_each_time_for_longer():
    waits = []
    for _ in range(8):
        code = sent()
        answers = guess(code, 10)
        assert answers[:9] == [Wrong(left) for left in range(9, 0, -1)]
        locked = answers[9]
        assert (locked.code, guess(code, 1)[0].code) == ("locked", "locked")
        held = ask()
        assert (held.code, held.until) == ("wrong_codes", locked.until)
        waits.append(round((locked.until - timezone.now()) / timedelta(minutes=30)))
        later(timedelta(hours=24, seconds=1))
    assert waits == [1, 2, 4, 8, 16, 32, 48, 48]


def test_the_right_code_does_not_open_what_is_shut():
    code = sent()
    guess(code, 10)
    assert check_code(code.id, "registration.phone", last_code(DARIA.phone)).code == "locked"


def test_a_right_answer_forgets_the_wrong_ones():
    code = sent()
    guess(code, 9)
    assert isinstance(check_code(code.id, "registration.phone", last_code(DARIA.phone)), Right)
    later(timedelta(seconds=61))
    assert guess(sent(), 1) == [Wrong(9)]


def test_who_misuses_registration_with_her_number_shuts_neither_her_sign_in_nor_her_own_registration():
    guess(sent(browser="a stranger's"), 10)
    assert isinstance(ask(browser="hers"), Sent)
    anna = uuid.uuid4()
    second = sent("signin.second", sub=anna, browser="")
    assert isinstance(check_code(second.id, "signin.second", last_code(DARIA.phone)), Right)


def test_guesses_from_ever_new_browsers_meet_the_ceiling_of_the_number():
    wrong_answers = 0
    for browser in range(10):
        answer = ask(browser=f"browser {browser}", network=f"10.0.{browser}.0/24")
        if isinstance(answer, Held):
            break
        wrong_answers += sum(isinstance(one, Wrong | Gone) for one in guess(answer, 10))
        later(timedelta(minutes=20))
    assert answer.code in {"wrong_codes", "number_cap"}
    assert wrong_answers <= 50


def test_another_code_may_be_asked_for_after_a_minute():
    code = sent()
    held = ask()
    assert (held.code, held.until) == ("too_soon", code.again_at)
    later(timedelta(seconds=61))
    assert isinstance(ask(), Sent)


def test_a_number_gets_five_codes_an_hour_and_ten_a_day_whoever_asks():
    for round_ in range(2):
        for n in range(5):
            sent(browser=f"{round_} {n}", network=f"10.{round_}.{n}.0/24")
        assert ask(browser="another", network=ELSEWHERE).code == "number_cap"
        later(timedelta(hours=1, seconds=1))
    held = ask(browser="another", network=ELSEWHERE)
    assert held.code == "number_cap"
    assert held.until - timezone.now() > timedelta(hours=20)
    assert isinstance(ask("recovery.phone"), Sent)


def test_an_account_gets_ten_codes_an_hour_whatever_the_numbers():
    sub = uuid.uuid4()
    for n in range(10):
        sent("contacts.phone", f"+7900111000{n}", sub=sub, browser="")
    assert ask("contacts.phone", "+79001110099", sub=sub, browser="").code == "account_cap"
    assert isinstance(ask("signin.second", sub=sub, browser=""), Sent)


def test_a_network_may_ask_sixty_times_an_hour_and_never_stops_those_who_are_known():
    for n in range(60):
        sent(to=f"+79001110{n:03d}")
    assert ask(to="+79001119999").code == "network_cap"
    assert isinstance(ask(to="+79001119999", network=ELSEWHERE), Sent)
    assert isinstance(ask("signin.second", sub=uuid.uuid4(), browser=""), Sent)


def test_a_deployment_has_its_own_cap_a_network(settings):
    settings.CODES_NETWORK_HOURLY = 2
    for n in range(10):
        sent(to=f"+79001110{n:03d}")
        if n % 2:
            assert ask(to="+79001119999").code == "network_cap"
            later(timedelta(hours=1, seconds=1))
    assert ask(to="+79001119999").until > timezone.now() + timedelta(hours=18)


def test_nobody_gets_nothing_and_nothing_fits(monkeypatch):
    monkeypatch.setattr(actions.secrets, "randbelow", lambda limit: 123456)
    sub = nobody("snils:00000060099")
    code = sent("recovery.phone", sub=sub, real=False)
    assert texts(DARIA.phone) == []
    assert Letter.objects.count() == 0
    answers = [check_code(code.id, "recovery.phone", "123456") for _ in range(10)]
    assert answers[:9] == [Wrong(left) for left in range(9, 0, -1)]
    assert answers[9].code == "locked"
    assert ask("recovery.phone", sub=sub, real=False).code == "wrong_codes"
    assert nobody("snils:00000060099") == sub


def test_a_failed_transaction_of_the_caller_sends_nothing():
    with contextlib.suppress(ZeroDivisionError), transaction.atomic():
        sent()
        raise ZeroDivisionError
    assert (Letter.objects.count(), Code.objects.count(), Counter.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize("purpose", ["", "registration", "signin.other", "registration.email"])
def test_an_unknown_purpose_is_an_error(purpose):
    with pytest.raises(UnknownPurpose):
        ask(purpose)


@pytest.mark.parametrize("call", [actions.peek, actions.use])
def test_a_link_of_an_unknown_purpose_is_an_error(call):
    with pytest.raises(UnknownPurpose):
        call("token", "other")


def test_nothing_that_rests_says_the_number_or_the_digits():
    sent()
    actions.send_link("registration.email", DARIA.email, "/x/{token}/", sub=None, detail={"a": DARIA.phone})
    digits, token = last_code(DARIA.phone), last_path(DARIA.email).split("/")[2]
    with connection.cursor() as cursor:
        for table in ("codes_code", "codes_counter", "codes_letterlink"):
            cursor.execute(f"SELECT string_agg(t::text, '') FROM {table} t")  # noqa: S608 - names of ours
            rests = cursor.fetchone()[0]
            assert not [one for one in (DARIA.phone[2:], DARIA.email, digits, token) if one in rests]


def test_a_link_is_looked_at_without_harm_and_used_once():
    sub = uuid.uuid4()
    assert actions.send_link("contacts.email", DARIA.email, "/c/{token}/", sub=sub, detail={"n": 1}) is None
    token = last_path(DARIA.email).split("/")[2]
    for _ in range(3):
        link = actions.peek(token, "contacts.email")
    assert (link.sub, link.to, link.detail) == (sub, DARIA.email, {"n": 1})
    assert actions.use(token, "registration.email") is None
    assert actions.use(token, "contacts.email") == link
    assert (actions.use(token, "contacts.email"), actions.peek(token, "contacts.email")) == (None, None)


def test_a_link_ends_when_its_time_is_over():
    token = actions.make_link("not_me", DARIA.email, sub=None, good_for=timedelta(days=10), detail={})
    later(timedelta(days=9, hours=23))
    assert actions.peek(token, "not_me")
    later(timedelta(hours=1))
    assert actions.peek(token, "not_me") is None


def test_links_are_asked_for_no_more_often_than_codes():
    def again():
        return actions.send_link("registration.email", DARIA.email, "/x/{token}/", sub=None)

    assert again() is None
    assert again().code == "too_soon"
    for _ in range(4):
        later(timedelta(seconds=61))
        assert again() is None
    later(timedelta(seconds=61))
    assert again().code == "number_cap"


def test_an_unreal_link_goes_nowhere():
    assert (
        actions.send_link("recovery.email", DARIA.email, "/x/{token}/", sub=nobody("x"), real=False) is None
    )
    assert (Letter.objects.count(), LetterLink.objects.count()) == (0, 0)


def test_what_is_over_goes_and_what_counts_stays():
    sent()
    actions.make_link("not_me", DARIA.email, sub=None, good_for=timedelta(days=1))
    assert actions.purge() == 0
    later(timedelta(days=4))
    assert actions.purge(batch=1) == 2
    later(timedelta(days=5))
    tasks.purge(0)
    assert (Code.objects.count(), LetterLink.objects.count(), Counter.objects.count()) == (0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_of_thirty_guesses_at_once_ten_are_tried():
    code = sent()
    bad = wrong(last_code(DARIA.phone))

    def one(_n):
        try:
            return check_code(code.id, "registration.phone", bad)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(30)))
    tried = [one for one in answers if isinstance(one, Wrong)]
    assert sorted(one.tries_left for one in tried) == list(range(1, 10))
    assert {one.code for one in answers if isinstance(one, Gone)} == {"locked"}


@pytest.mark.django_db(transaction=True)
def test_of_eight_right_answers_at_once_one_counts_and_of_eight_askings_one_is_sent():
    def asking(_n):
        try:
            return ask()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        codes = [one for one in pool.map(asking, range(8)) if isinstance(one, Sent)]
    assert len(codes) == len(texts(DARIA.phone)) == 1
    digits = last_code(DARIA.phone)

    def answering(_n):
        try:
            return check_code(codes[0].id, "registration.phone", digits)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(answering, range(8)))
    assert sum(isinstance(one, Right) for one in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_of_eight_uses_of_a_link_at_once_one_counts():
    token = actions.make_link("not_me", DARIA.email, sub=None, good_for=timedelta(days=1))

    def one(_n):
        try:
            return actions.use(token, "not_me")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(link is not None for link in pool.map(one, range(8))) == 1


def test_the_worker_clears_by_the_clock():
    from procrastinate.contrib.django import app

    assert "codes.purge" in app.tasks
    assert rules.KEPT < rules.FORGOTTEN_AFTER
