"""Анна enrols an app, uses its codes and her recovery codes once each, and takes them away again."""

import base64
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from dopusk.kernel import sandbox
from dopusk.portal.accounts.actions import OnlyInSandbox
from dopusk.portal.accounts.models import Account, Identifier
from dopusk.portal.factors import actions, rules
from dopusk.portal.factors.models import Ceremony, Passkey, RecoveryCode, Totp
from dopusk.portal.factors.rules import Ask, Kind, Methods
from dopusk.portal.notices.models import Notice
from dopusk.portal.operators.actions import appoint
from dopusk.portal.operators.models import Appointment
from dopusk.portal.operators.rules import Role
from dopusk.portal.tests.browser import known
from dopusk.web.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch):
    """The portal's clock for codes, in our hand."""
    now = [1_800_000_000.0]
    monkeypatch.setattr(actions.time, "time", lambda: now[0])
    return now


@pytest.fixture
def anna():
    return known("anna")


def with_app(account, clock):
    """An app taken into use; its secret. The clock moves to a fresh code."""
    secret = actions.begin_totp(account.pk)
    assert actions.finish_totp(account.pk, code(secret, clock))
    clock[0] += 60
    return secret


def code(secret, clock, skew=0):
    return rules.code_at(secret, rules.step_at(clock[0]) + skew)


def with_passkey(account, name="телефон"):
    return Passkey.objects.create(
        account=account, credential_id=name.encode(), public_key=b"-", sign_count=0, name=name,
        aaguid="00000000-0000-0000-0000-000000000000", may_sync=True, backed_up=True,
    )  # fmt: skip


def acts(account):
    return set(Entry.objects.about(str(account.pk)).values_list("act", flat=True))


def test_one_code_takes_an_app_into_use_and_asks_for_two_steps_from_then_on(anna, clock):
    secret = actions.begin_totp(anna.pk)
    assert actions.begin_totp(anna.pk) == secret, "the picture stays the same on reload"
    assert not actions.methods(anna.pk).totp
    assert actions.finish_totp(anna.pk, code(secret, clock))
    anna.refresh_from_db()
    assert anna.second_factor
    assert actions.methods(anna.pk).totp
    assert "factor.added" in acts(anna)
    assert Notice.objects.filter(account=anna, kind="factor_added").count() == 1


def test_a_wrong_code_takes_nothing_into_use(anna, clock):
    secret = actions.begin_totp(anna.pk)
    assert not actions.finish_totp(anna.pk, code(secret, clock, skew=5))
    anna.refresh_from_db()
    assert not anna.second_factor


def test_the_secret_does_not_rest_readable(anna, clock):
    secret = with_app(anna, clock)
    kept = bytes(Totp.objects.get(account=anna).sealed)
    assert secret not in kept
    assert base64.b32encode(secret) not in kept


def test_a_code_passes_once(anna, clock):
    secret = with_app(anna, clock)
    assert actions.check_totp(anna.pk, code(secret, clock))
    assert not actions.check_totp(anna.pk, code(secret, clock))
    assert not actions.check_totp(anna.pk, code(secret, clock, skew=-1)), "nor one older than the last"
    assert actions.check_totp(anna.pk, code(secret, clock, skew=1))


def test_the_code_that_enrolled_does_not_sign_in(anna, clock):
    secret = actions.begin_totp(anna.pk)
    assert actions.finish_totp(anna.pk, code(secret, clock))
    assert not actions.check_totp(anna.pk, code(secret, clock))


def test_a_new_telephone_takes_the_place_of_the_old_one(anna, clock):
    old = with_app(anna, clock)
    new = actions.begin_totp(anna.pk)
    assert actions.check_totp(anna.pk, code(old, clock)), "until then the old one works"
    assert actions.finish_totp(anna.pk, code(new, clock))
    clock[0] += 60
    assert not actions.check_totp(anna.pk, code(old, clock))
    assert actions.check_totp(anna.pk, code(new, clock))


def test_boris_cannot_use_the_code_of_anna(anna, clock):
    secret = with_app(anna, clock)
    assert not actions.check_totp(known("boris").pk, code(secret, clock))


def test_recovery_codes_work_once_each_and_in_any_spelling(anna, clock):
    with_app(anna, clock)
    codes = actions.make_recovery_codes(anna.pk)
    assert len(codes) == 10
    assert actions.use_recovery_code(anna.pk, codes[0].lower())
    assert not actions.use_recovery_code(anna.pk, codes[0])
    assert actions.methods(anna.pk).recovery_codes_left == 9
    assert not actions.use_recovery_code(known("boris").pk, codes[1])
    assert "factor.recovery_code_used" in acts(anna)


@pytest.mark.parametrize("text", ["", "123456", "00000-00000-00000", "код"])
def test_what_is_no_recovery_code_is_refused(anna, clock, text):
    with_app(anna, clock)
    actions.make_recovery_codes(anna.pk)
    assert not actions.use_recovery_code(anna.pk, text)


def test_the_right_head_alone_opens_nothing(anna, clock):
    with_app(anna, clock)
    codes = actions.make_recovery_codes(anna.pk)
    assert not actions.use_recovery_code(anna.pk, codes[0][:2] + codes[1][2:])
    assert not any(one.proof in codes for one in RecoveryCode.objects.all())


def test_recovery_codes_are_told_of_as_themselves_not_as_one_more_second_step(anna, clock):
    with_app(anna, clock)
    actions.make_recovery_codes(anna.pk)
    kinds = list(Notice.objects.filter(account=anna).values_list("kind", flat=True))
    assert sorted(kinds) == ["factor_added", "recovery_codes_made"]


def test_new_recovery_codes_end_the_old_ones(anna, clock):
    with_app(anna, clock)
    old = actions.make_recovery_codes(anna.pk)
    new = actions.make_recovery_codes(anna.pk)
    assert not any(actions.use_recovery_code(anna.pk, one) for one in old)
    assert actions.use_recovery_code(anna.pk, new[9])


def test_without_a_factor_there_is_nothing_to_recover(anna):
    assert actions.make_recovery_codes(anna.pk) == []


def test_taking_the_last_factor_away_ends_the_second_step_and_its_codes(anna, clock):
    with_app(anna, clock)
    codes = actions.make_recovery_codes(anna.pk)
    assert actions.remove(anna.pk, Kind.TOTP) is None
    anna.refresh_from_db()
    assert not anna.second_factor
    assert not actions.use_recovery_code(anna.pk, codes[0])
    assert actions.asked(anna, known_device=False) is None
    assert Notice.objects.filter(account=anna, kind="factor_removed").exists()


def test_taking_one_of_two_away_leaves_the_second_step(anna, clock):
    with_app(anna, clock)
    key = with_passkey(anna)
    actions.make_recovery_codes(anna.pk)
    assert actions.remove(anna.pk, Kind.PASSKEY, key.pk) is None
    anna.refresh_from_db()
    assert anna.second_factor
    assert actions.methods(anna.pk).recovery_codes_left == 10


def test_recovery_takes_everything_off_and_a_post_still_demands_two_steps(anna, clock):
    oleg = known("oleg")
    appoint(oleg.pk, Role.SUPPORT, by="system")
    for account in (anna, oleg):
        with_app(account, clock)
        with_passkey(account, account.first_name)
        actions.make_recovery_codes(account.pk)
        actions.take_all_off(account.pk)
        account.refresh_from_db()
        assert not actions.methods(account.pk).strong
    assert (anna.second_factor, oleg.second_factor) == (False, True)


def test_what_is_not_there_cannot_be_taken_away(anna):
    assert actions.remove(anna.pk, Kind.TOTP) == "no_factor"
    assert actions.remove(anna.pk, Kind.PASSKEY, with_passkey(known("boris")).pk) == "no_factor"


def test_an_operator_keeps_the_last_factor_and_is_asked_always(clock):
    oleg = known("oleg")
    with_app(oleg, clock)
    appoint(oleg.pk, Role.SUPPORT, by="system")
    oleg.refresh_from_db()
    assert actions.remove(oleg.pk, Kind.TOTP) == "operator_last_factor"
    assert actions.set_ask(oleg.pk, Ask.NEW_DEVICES) == "operator_always"
    assert actions.turn_on_sms(oleg.pk) == "operator_no_sms"
    assert actions.asked(oleg, known_device=True) == Methods(totp=True)


def test_an_operator_who_chose_new_devices_before_is_asked_on_each(anna, clock):
    with_app(anna, clock)
    assert actions.set_ask(anna.pk, Ask.NEW_DEVICES) is None
    anna.refresh_from_db()
    assert actions.asked(anna, known_device=True) is None
    appoint(anna.pk, Role.REVIEWER, by="system")
    assert actions.asked(anna, known_device=True)


def test_a_post_demands_a_second_factor_though_she_has_none_yet():
    oleg = known("oleg")
    appoint(oleg.pk, Role.SUPPORT, by="system")
    oleg.refresh_from_db()
    assert actions.required(oleg)
    assert actions.asked(oleg, known_device=False) is None, "there is nothing to ask for: her rights sleep"


def test_sms_stands_in_for_the_app_until_she_forbids_it(anna, clock):
    with_app(anna, clock)
    assert actions.methods(anna.pk).sms
    assert actions.remove(anna.pk, Kind.SMS) is None
    anna.refresh_from_db()
    assert not actions.methods(anna.pk).sms
    assert anna.second_factor
    assert actions.remove(anna.pk, Kind.SMS) == "no_factor"


def test_sms_alone_may_be_the_second_step_of_a_nurse(anna):
    assert actions.asked(anna, known_device=False) is None
    assert actions.turn_on_sms(anna.pk) is None
    anna.refresh_from_db()
    assert actions.asked(anna, known_device=False) == Methods(sms=True)
    assert actions.remove(anna.pk, Kind.SMS) is None
    anna.refresh_from_db()
    assert not anna.second_factor


def test_without_a_confirmed_telephone_there_is_no_sms(anna):
    Identifier.objects.filter(account=anna, kind="phone").update(verified_at=None)
    assert actions.turn_on_sms(anna.pk) == "no_phone"
    anna.refresh_from_db()
    assert not anna.second_factor


def test_a_passkey_is_offered_again_after_thirty_days(anna):
    assert actions.offer_due(anna.pk)
    actions.dismiss(anna.pk)
    assert not actions.offer_due(anna.pk)
    anna.dismissal.until = timezone.now() - timedelta(seconds=1)
    anna.dismissal.save()
    assert actions.offer_due(anna.pk)
    with_passkey(anna)
    assert not actions.offer_due(anna.pk)


def test_the_seed_gives_oleg_his_posts_and_app_once():
    oleg = known("oleg")
    assert actions.seed_known_factors() == 1
    assert actions.seed_known_factors() == 0
    assert not Notice.objects.filter(kind="operator_appointed").exists(), (
        "a fresh stand begins without letters"
    )
    assert actions.methods(oleg.pk).totp
    Appointment.objects.filter(role=Role.SECURITY).update(ended_at=timezone.now())
    actions.seed_known_factors()
    assert Appointment.objects.filter(account=oleg, ended_at=None).count() == len(Role) - 1, (
        "what was taken stays so"
    )
    secret = base64.b32decode(sandbox.person("oleg").totp_secret)
    assert actions.check_totp(oleg.pk, rules.code_at(secret, rules.step_at(time.time())))


def test_a_secret_everyone_knows_exists_in_the_sandbox_only(settings):
    known("oleg")
    settings.SANDBOX = False
    with pytest.raises(OnlyInSandbox):
        actions.seed_known_factors()


def test_what_is_over_goes_away(anna):
    now = timezone.now()
    for ago in (timedelta(minutes=61), timedelta(hours=2), timedelta(minutes=59)):
        Ceremony.objects.create(purpose="assertion", challenge=b"c", binding=b"b", good_until=now - ago)
    actions.begin_totp(anna.pk)
    assert actions.purge(batch=1) == 2
    assert (Ceremony.objects.count(), Totp.objects.count()) == (1, 1)
    Totp.objects.update(created_at=now - timedelta(hours=25))
    assert actions.purge() == 1


def at_once(work, many=4):
    """The same work in many threads, begun together, each on its own connection; what each answered."""
    answers, gate = [], threading.Barrier(many)

    def run():
        try:
            gate.wait(10)
            answers.append(work())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(many)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_four_with_the_same_code_at_once_one_passes(clock):
    anna = known("anna")
    secret = with_app(anna, clock)
    typed = code(secret, clock)
    assert sorted(at_once(lambda: actions.check_totp(anna.pk, typed))) == [False, False, False, True]


@pytest.mark.django_db(transaction=True)
def test_of_four_with_the_same_recovery_code_at_once_one_passes(clock):
    anna = known("anna")
    with_app(anna, clock)
    typed = actions.make_recovery_codes(anna.pk)[0]
    assert sorted(at_once(lambda: actions.use_recovery_code(anna.pk, typed))) == [False, False, False, True]
    assert Account.objects.get(pk=anna.pk).second_factor
