"""Two at once: a signature opens one session, a certificate is put in once, a block leaves no session behind."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from dopusk.portal.certificates import actions, entering, rules
from dopusk.portal.certificates.actions import NotDone
from dopusk.portal.certificates.models import Certificate, Use
from dopusk.portal.certificates.tests.people import PLACE, added, card_of
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import known
from dopusk.web.journal.actions import verify
from dopusk.web.signing import actions as signing
from dopusk.web.signing.actions import Act, Examined, Spent
from dopusk.web.signing.tests.office import Card

MANY = 6
ORIGIN = "http://localhost:8000"
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work):
    """What `work` gave in each of MANY threads that began together, each on its own connection."""
    start = Barrier(MANY)

    def run(number):
        try:
            start.wait(10)
            return work(number)
        except (Spent, NotDone) as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


def brought(card: Card, purpose: str) -> Examined:
    """A good signature, examined and not yet acted on."""
    challenge = signing.ask(Act(purpose, "", "Вход", ()), session="hers", owner="", origin=ORIGIN)
    examined = signing.examine(
        challenge.pk, purpose, "", session="hers", signature=card.sign(challenge.content), origin=ORIGIN
    )
    assert examined.good
    return examined


def test_of_many_uses_of_one_signature_one_opens_a_session(office):
    card, one = added(office)
    before = Session.objects.count()
    examined = brought(card, entering.PURPOSE)
    answers = at_once(lambda _: entering.enter(examined, PLACE, "/"))
    assert answers.count("challenge_used") == MANY - 1
    assert Session.objects.count() == before + 1
    assert Use.objects.filter(certificate=one).count() == 1
    assert verify()[1] is None


def test_a_certificate_that_comes_many_times_at_once_is_put_in_once(office):
    anna, card = known("anna"), card_of(office)
    several = [brought(card, actions.PURPOSE) for _ in range(MANY)]
    answers = at_once(lambda number: actions.add(anna.pk, several[number], session=""))
    assert answers.count("certificate_added_already") == MANY - 1
    assert Certificate.objects.filter(account=anna).count() == 1


def test_what_is_blocked_while_others_sign_in_leaves_no_session_by_it(office):
    card, one = added(office)
    several = [brought(card, entering.PURPOSE) for _ in range(MANY - 1)]

    def work(number):
        if number == 0:
            return actions.block(one.account_id, one.pk, rules.Reason.STOLEN, session="", but=one.pk)
        return entering.enter(several[number - 1], PLACE, "/")

    at_once(work)
    opened = Use.objects.filter(certificate=one).values("sid")
    assert not Session.objects.filter(pk__in=opened, ended_at=None).exists()
