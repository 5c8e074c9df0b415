"""Every address of the portal and who is let through it: a new address has to be put into the table.

OPEN: anybody. SIGNED_IN: a person. PROVED: a person who has proved herself within the last half hour. A right:
operators whose posts give it, who came in by two factors and have proved themselves lately. ANY_POST: any of them.
Each is tried by GET and by POST: none of the two opens what the other keeps shut.
"""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from dopusk.portal.operators.actions import appoint, dismiss
from dopusk.portal.operators.rules import RIGHTS, Right, Role
from dopusk.portal.operators.tests.people import PLACE
from dopusk.portal.sessions.access import COOKIE
from dopusk.portal.sessions.actions import start
from dopusk.portal.sessions.models import Session
from dopusk.portal.tests.browser import known

OPEN, SIGNED_IN, PROVED, ANY_POST = "open", "signed in", "proved", "any post"
ONE_FACTOR, TWO_FACTORS = ["pwd"], ["pwd", "otp", "mfa"]

_NAMES: dict[str | Right, str] = {
    OPEN: """
        home:home services:list services:accreditation oidc:authorize oidc:logout oidc:confirm sessions:stay
        signin:signin signin:passkey_options signin:passkey signin:locked signin:signout
        signin:second signin:second_sms signin:second_passkey_options signin:second_passkey signin:password
        factors:sandbox_code contacts:confirm
        registration:start registration:consent registration:about registration:phone_code registration:code_again
        registration:taken registration:password registration:email
        recovery:start recovery:code recovery:again recovery:more recovery:data recovery:factor recovery:factor_lost
        recovery:factor_choice recovery:phone recovery:password recovery:done recovery:not_me
        esia:ac esia:ac_v2 esia:logout esia:prns esia:orgs esia:people esia:certificate esia:public_key
        esia:console esia:console_diagnosis esia:te esia:te_v3 esia:astray
        certificates:signature signing:help signing:content
    """,
    SIGNED_IN: """
        home:notices home:journal home:export_journal home:not_me registration:done
        signin:offer signin:again signin:again_sms signin:again_passkey_options signin:again_passkey
        security:home security:sessions security:end security:forget contacts:contacts
        consents:list consents:give consents:revoke
        proofing:overview proofing:data proofing:draft proofing:questions proofing:open_questions
        proofing:leave_to_operator proofing:cancel proofing:missing proofing:appeal
        profile:profile profile:look profile:personal profile:documents profile:document profile:remove_document
        certificates:list certificates:certificate certificates:check certificates:block certificates:file
        profile:name_change profile:withdraw_name profile:add profile:change profile:remove profile:change_field
    """,
    PROVED: """
        factors:list factors:ask factors:totp factors:remove_totp factors:codes factors:add_sms factors:remove_sms
        factors:add_passkey factors:passkey_options factors:passkey_finish factors:rename_passkey
        factors:remove_passkey security:password
        contacts:phone contacts:phone_code contacts:phone_again contacts:email contacts:email_again contacts:cancel
        contacts:remove profile:export profile:close certificates:add
    """,
    ANY_POST: "operators:desk",
    Right.APPOINT: "operators:roles operators:dismiss",
    Right.LOOK_UP: "support:people support:person support:journal",
    Right.UNLOCK: """
        support:new support:unlock support:lock support:take_factors
        support:order_password support:end_sessions support:send_password
    """,
    Right.DELIVERIES: "support:deliveries support:letter",
    Right.REVIEW: """
        proofing:queue proofing:card proofing:scan proofing:take proofing:release proofing:approve proofing:refuse
        profile:names profile:name profile:name_document
    """,
    Right.REGISTER_SERVICES: """
        parties:list parties:add parties:service parties:change parties:secret parties:disable parties:enable
        parties:esia parties:certificate
    """,
    Right.CONFIRMATION: """
        proofing:find proofing:confirmation proofing:suspend proofing:withdraw proofing:restore proofing:judge
    """,
}
DOORS = {name: kind for kind, names in _NAMES.items() for name in names.split()}
DESK = {name: kind for name, kind in DOORS.items() if isinstance(kind, Right) or kind == ANY_POST}

# what the portal has put on its addresses; the rest of dopusk.web is every site's alike
OURS = ("dopusk.portal.", "dopusk.web.signing.")


def _patterns(resolver: Any = None, space: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in (resolver or get_resolver()).url_patterns:
        if isinstance(item, URLResolver):
            found |= _patterns(item, item.namespace or space)
        elif item.callback.__module__.startswith(OURS):
            found[f"{space}:{item.name}"] = item
    return found


PATTERNS = _patterns()
SAMPLES = {"section": "education", "field": "phone", "role": "support", "kind": "phone", "token": "x" * 43}


def _address(name: str) -> str:
    """An address of nothing: whoever has no right is refused before it is found out that nothing is there."""
    values: dict[str, object] = {}
    for part, converter in PATTERNS[name].pattern.converters.items():
        kind = type(converter).__name__
        values[part] = {"UUIDConverter": uuid.uuid4(), "IntConverter": 1}.get(kind, SAMPLES.get(part, "x"))
    return reverse(name, kwargs=values)


def _client(key: str, amr: list[str], *, stale: bool = False) -> Client:
    opened = start(known(key).pk, PLACE, amr=amr, words="Вы вошли на портал по паролю и второму шагу")
    if stale:
        Session.objects.filter(pk=opened.sid).update(proved_at=timezone.now() - timedelta(minutes=31))
    client = Client()
    client.cookies[COOKIE] = opened.cookie
    return client


def _answers(client: Client, name: str) -> set[str]:
    """What it answers: `in` (sign in first), `again` (prove it again), `two` (second factor first), `403`, `passes`."""
    found = set()
    for method in (client.get, client.post):
        answer = method(_address(name))
        if answer.status_code == 405:
            continue
        there = answer["Location"].split("?")[0] if answer.has_header("Location") else ""
        if answer.status_code == 302 and there == "/signin/":
            found.add("in")
        elif answer.status_code == 302 and there == "/signin/again/":
            found.add("again")
        elif answer.status_code == 403 and name in DESK:
            found.add("two" if 'data-code="second_factor_missing"' in answer.content.decode() else "403")
        else:
            found.add("passes")
    return found


def test_every_address_has_its_row():
    assert set(PATTERNS) == set(DOORS)


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_a_stranger_passes_open_doors_only(name):
    assert _answers(Client(), name) == ({"passes"} if DOORS[name] == OPEN else {"in"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_anna_holds_no_post_and_passes_no_door_of_operators(name):
    assert _answers(_client("anna", TWO_FACTORS), name) == ({"403"} if name in DESK else {"passes"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", DOORS)
def test_sensitive_doors_ask_whoever_has_not_proved_herself_lately(name):
    appoint(known("anna").pk, Role.SUPPORT, by="system")
    stale = _answers(_client("anna", TWO_FACTORS, stale=True), name)
    assert stale == ({"again"} if DOORS[name] == PROVED or name in DESK else {"passes"})


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", DESK)
def test_each_post_opens_its_own_doors_and_no_other_and_none_by_a_password_alone(name, role):
    appoint(known("oleg").pk, role, by="system")
    hers = DESK[name] == ANY_POST or DESK[name] in RIGHTS[role]
    assert _answers(_client("oleg", TWO_FACTORS), name) == ({"passes"} if hers else {"403"})
    assert _answers(_client("oleg", ONE_FACTOR), name) == ({"two"} if hers else {"403"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", DESK)
def test_a_post_that_has_ended_opens_nothing_at_once(name):
    for role in Role:
        appoint(known("oleg").pk, role, by="system")
    appoint(known("boris").pk, Role.ADMINISTRATOR, by="system")
    client = _client("oleg", TWO_FACTORS)
    assert _answers(client, name) == {"passes"}
    for role in Role:
        dismiss(known("oleg").pk, role, by="system")
    assert _answers(client, name) == {"403"}
