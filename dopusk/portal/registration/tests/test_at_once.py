"""Several requests at the same instant, each in a thread and a transaction of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from dopusk.kernel import sandbox
from dopusk.portal.accounts.models import Account
from dopusk.portal.codes.tests.letters import last_code
from dopusk.portal.contacts import actions as contacts
from dopusk.portal.registration import actions
from dopusk.portal.registration.models import Agreement, Draft
from dopusk.portal.registration.rules import Typed
from dopusk.portal.sessions.actions import Place
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import known

pytestmark = pytest.mark.django_db(transaction=True)
DARIA = sandbox.newcomer("daria")
NETWORK = "198.51.100.0/24"
PASSWORD = "три синих трамвая у реки"


def at_once(calls):
    """What these calls answer, or raise, when all are made together."""

    def one(call):
        try:
            return call()
        except Exception as error:  # noqa: BLE001 - it is what is asked
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def proved_draft():
    draft = actions.find(actions.begin("", NETWORK))
    actions.tell_about(draft, Typed(DARIA.last_name, DARIA.first_name, "", DARIA.phone, DARIA.email), NETWORK)
    actions.prove(draft, last_code(DARIA.phone))
    draft.refresh_from_db()
    return draft


def finishing(draft):
    return lambda: actions.finish(draft, PASSWORD, Place(NETWORK, "Firefox, Linux"))


def test_the_last_form_sent_four_times_at_once_opens_one_account():
    draft = proved_draft()
    answers = at_once([finishing(draft)] * 4)
    assert sum(isinstance(one, actions.Opened) for one in answers) == 1
    assert sum(isinstance(one, Draft.DoesNotExist) for one in answers) == 3
    assert (Account.objects.count(), Session.objects.count(), Agreement.objects.count()) == (1, 1, 1)


def test_of_four_drafts_with_one_number_at_once_one_becomes_an_account():
    drafts = [proved_draft() for _ in range(4)]
    answers = at_once([finishing(draft) for draft in drafts])
    assert sum(isinstance(one, actions.Opened) for one in answers) == 1
    assert sum(isinstance(one, actions.PhoneTaken) for one in answers) == 3
    assert (Account.objects.count(), Draft.objects.count()) == (1, 3)


def test_a_number_proved_by_two_accounts_at_once_is_of_one():
    people = [known("anna").sub, known("boris").sub]
    digits = []
    for sub in people:
        contacts.ask_phone(sub, DARIA.phone, network=NETWORK)
        digits.append(last_code(DARIA.phone))
    answers = at_once(
        [
            lambda sub=sub, code=code: contacts.prove_phone(sub, code)
            for sub, code in zip(people, digits, strict=True)
        ]
    )
    assert sorted(type(one).__name__ for one in answers) == ["Done", "Taken"]
    assert [contacts.contacts_of(sub).phone for sub in people].count(DARIA.phone) == 1


def test_asking_and_answering_at_once_never_stand_in_each_others_way():
    """Counts are locked in one order everywhere, so nothing waits for ever."""
    draft = proved_draft()
    typed = draft.typed()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE codes_counter SET sent = '{}'")
    calls = [lambda: actions.code_again(draft, NETWORK), lambda: actions.prove(draft, "000000")] * 6
    assert [one for one in at_once(calls) if isinstance(one, Exception)] == []
    assert Draft.objects.get().typed() == typed
