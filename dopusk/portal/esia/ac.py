"""`ac` and `v2/ac`: a code for a person who is signed in and has agreed; else she is sent to do so and comes back."""

import base64
import functools
import hashlib
import hmac
import json
import math
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.esia import actions, systems
from dopusk.portal.esia.actions import Wanted
from dopusk.portal.esia.allowance import may_search
from dopusk.portal.esia.answers import (
    back,
    failing_as_esia,
    found,
    refused_back,
    refused_in_json,
    refused_on_page,
    session_cookie,
)
from dopusk.portal.esia.client_secret import judge
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules import permissions
from dopusk.portal.esia.rules.ac import (
    CONTENT,
    ENTRANT,
    FORM,
    RECIPIENT,
    SIGNED,
    SIGNED_V2,
    asks_who_she_is,
    refusal,
)
from dopusk.portal.esia.rules.received import Received, first_fault
from dopusk.portal.esia.rules.received import notes as notes_of
from dopusk.portal.esia.sandbox import choice, faults
from dopusk.portal.sessions import rules as session_rules
from dopusk.portal.sessions.access import COOKIE, address_of
from dopusk.portal.sessions.actions import Place, Shut
from dopusk.portal.wire import Answer, Page, Request

PATHS: Final = {"v1/ac": "/aas/oauth2/ac", "v2/ac": "/aas/oauth2/v2/ac"}
MISSING: Final = "/proofing/missing/"  # the page of slice proofing that names the missing step
AGAIN: Final = "again"  # our own parameter: this very request was judged when it came first
ANSWER: Final = "consent"  # and the person's answer, as our pages bring it back
AGAIN_SECONDS: Final = 3600
MINUTES_A_DAY: Final = 1440
_SALT: Final = "esia.again"


@dataclass(frozen=True)
class Arrived:
    """A request for a code. done: what a judged request has been through, or None when it has just come.

    denied: the person said no.
    """

    request: Request
    received: Received
    system: SystemView | None
    done: Mapping[str, Any] | None
    denied: bool
    stale: bool


def _arrived(endpoint: str, request: Request) -> Arrived:
    values, repeated = request.form if request.method == "POST" else request.query
    values = dict(values)
    again, answer = values.pop(AGAIN, ""), values.pop(ANSWER, "")
    mnemonic = values.get("client_id", "")
    system = systems.find(mnemonic)
    received = Received(
        endpoint,
        values,
        repeated - {AGAIN, ANSWER},
        clients.find(mnemonic) if system else None,
        lenient=system.lenient if system else False,
        allowed=frozenset({1} if system and system.v1 else ()) | ({2} if system and system.v2 else set()),
    )
    done = _done_before(received, again)
    stale = bool(again) and done is None and "client_secret" not in values
    return Arrived(request, received, system, done, answer == "denied", stale)


def ac(endpoint: str, request: Request) -> Answer | Page:
    """Reference §2, §4. endpoint: `v1/ac` or `v2/ac`."""
    arrived = _arrived(endpoint, request)
    received, client = arrived.received, arrived.received.client
    fault = first_fault(RECIPIENT, received)
    if fault or client is None or arrived.system is None:
        fault = fault or EsiaFault("007023", "client_unknown", "client_id")
        return refused_on_page(received, fault, _about(received))
    fault, report = _judged(arrived, arrived.system)
    if fault:
        return refused_back(received, fault, {**_about(received), **report})
    consents = permissions.read(received.get("permissions"), _catalogue(), client.scopes)
    if isinstance(consents, EsiaFault):
        return refused_back(received, consents, _about(received))
    if arrived.done is None:
        diagnosis.record(endpoint, client.client_id, None, {**report, "notes": notes_of(received)})
    return _entering(arrived, Wanted(received, client, tuple(consents), _agreed_since(arrived)))


def _agreed_since(arrived: Arrived) -> float:
    """A consent counts if it was given later. When it is demanded anew: than the same person was asked, if she was."""
    if arrived.received.get("approval_prompt") != "force":
        return -1.0
    done = arrived.done or {}
    asked = done.get("asked", "")
    hers = asked and asked == str(actions.who(arrived.request.cookies.get(COOKIE, "")))
    return float(done["consent"]) if hers else math.inf


def _judged(arrived: Arrived, system: SystemView) -> tuple[EsiaFault | None, dict[str, Any]]:
    """Form, signature, content. A request that comes back was judged when it came first."""
    received = arrived.received
    if arrived.stale:
        return EsiaFault("007015", "request_stale", "timestamp"), {}
    fault = first_fault(FORM, received)
    report: dict[str, Any] = {}
    if fault is None and arrived.done is None:
        fault = first_fault(SIGNED if received.generation == 1 else SIGNED_V2, received)
        if fault is None:
            signed = Signed(received.endpoint, "", received.values)
            now, order = faults.clock("ac")
            verdict = judge.judge(signed, system, now=now, may_search=may_search)
            fault, report = verdict.fault, {**verdict.report, **order}
    return fault or first_fault(CONTENT, received), report


def _entering(arrived: Arrived, wanted: Wanted) -> Answer | Page:
    """The person herself: who she is, whether she is let in, whether she has agreed."""
    received = wanted.received
    if nobody := choice.nobody(arrived.request):
        unknown = EsiaFault("007003", "test_person_unknown", nobody)
        return refused_in_json(received, unknown, _about(received))
    cookie, unasked, headers = _cookie(arrived, wanted)
    sub = actions.who(cookie) if asks_who_she_is(received) else None
    if sub and (fault := first_fault(ENTRANT, actions.entrant(received, sub))):
        return refused_back(received, fault, _about(received))
    standing, code = actions.authorize(wanted, cookie, give=not arrived.denied)
    if standing and standing.granted:
        return back(received, {"code": code}, *headers)
    if arrived.denied or unasked:
        return refused_back(received, _refusal(arrived, standing), _about(received))
    done = arrived.done or {}
    if standing is None:
        return _send(received, choice.entrance(), done)
    if standing.missing:  # before consent: nothing she could agree to lets her in
        return _send(received, MISSING, done)
    forced = received.get("approval_prompt") == "force"
    asked = {"consent": standing.agreed, "asked": str(standing.sub)}
    return _send(received, "/consents/give/", {**done, **asked} if forced else done)


def _cookie(arrived: Arrived, wanted: Wanted) -> tuple[str, bool, list[tuple[str, str]]]:
    """The session to enter by; whether nobody is there to be asked (sandbox); headers that give the session away."""
    cookie = arrived.request.cookies.get(COOKIE, "")
    sub: uuid.UUID | None = choice.person_for(arrived.request)
    if sub is None:
        return cookie, False, []
    environ = arrived.request.environ
    place = Place(
        session_rules.network(address_of(environ)), "песочница", old_cookie=cookie, device_cookie=_device()
    )
    try:
        opened = actions.enter_unasked(wanted, sub, place)
    except Shut:
        return "", True, []
    return (opened.cookie, True, [session_cookie(opened.cookie)]) if opened else (cookie, True, [])


@cache
def _device() -> str:
    """All that enter so are one device: nobody is told of a new one at every run of somebody's tests."""
    made = hmac.digest(str(settings.SECRET_KEY).encode(), b"esia sandbox device", "sha256")
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _refusal(arrived: Arrived, standing: actions.Standing | None) -> EsiaFault:
    """Why she does not go on: what she lacks counts before what she said."""
    if standing is None and not arrived.denied:
        return EsiaFault("007004", "person_blocked")
    return refusal(standing.missing if standing else "")


def _send(received: Received, page: str, done: Mapping[str, Any]) -> Answer:
    """To a page of ours, from which she comes back to this request; our own signature stands for the system's then."""
    values = {name: value for name, value in received.values.items() if name != "client_secret"}
    kept = {"of": _fingerprint(received), **done}
    values[AGAIN] = signing.dumps(kept, salt=_SALT, compress=False)
    here = f"{PATHS[received.endpoint]}?{urlencode(values)}"
    return found(f"{page}?next={quote(here, safe='/')}")


def _done_before(
    received: Received, again: str, *, within: int | None = AGAIN_SECONDS
) -> dict[str, Any] | None:
    """What this same request has been through since it was judged; None when it never was, or too long ago."""
    if not again:
        return None
    try:
        kept: dict[str, Any] = signing.loads(again, salt=_SALT, max_age=within)
    except signing.BadSignature:
        return None
    return kept if kept.pop("of", "") == _fingerprint(received) else None


def _fingerprint(received: Received) -> str:
    """Of all that was asked but the signature, which has done its work. What is empty counts as absent."""
    said = sorted(
        (name, value) for name, value in received.values.items() if value and name != "client_secret"
    )
    return hashlib.sha256(json.dumps([received.endpoint, said]).encode()).hexdigest()[:32]


def _catalogue() -> permissions.Catalogue:
    return permissions.Catalogue(
        types=frozenset(settings.ESIA_CONSENT_TYPES),
        actions=frozenset(settings.ESIA_CONSENT_ACTIONS),
        purposes=frozenset(settings.ESIA_CONSENT_PURPOSES),
    )


def _about(received: Received) -> dict[str, Any]:
    """What a diagnosis shows beside the signature: addresses and scopes, asked and registered."""
    client = received.client
    return {
        "parameters": sorted(received.values),
        "redirect_uri": {
            "given": received.get("redirect_uri")[:500],
            "registered": sorted(client.redirect_uris) if client else [],
        },
        "scope": {
            "given": f"{received.get('scope')} {received.get('scope_org')}".split()[:50],
            "granted": sorted(client.scopes) if client else [],
        },
    }


def waiting(endpoint: str, values: Mapping[str, str]) -> tuple[Registration | None, frozenset[str]]:
    """For the page of consent: the system and the scopes of a request that waits for an answer, judged before.

    However long ago: that it has waited too long is told to the system.
    """
    client = clients.find(values.get("client_id", "")) if systems.find(values.get("client_id", "")) else None
    asked = {name: value for name, value in values.items() if name not in {AGAIN, ANSWER}}
    received = Received(endpoint, asked, frozenset(), client)
    if client is None or _done_before(received, values.get(AGAIN, ""), within=None) is None:
        return None, frozenset()
    consents = permissions.read(values.get("permissions", ""), _catalogue(), client.scopes)
    wanted = Wanted(received, client, () if isinstance(consents, EsiaFault) else tuple(consents))
    return client, wanted.names & client.scopes


def notes(values: Mapping[str, str]) -> list[str]:
    """For the page of consent: what a request asks for besides data."""
    told = []
    if values.get("access_type") == "offline":
        told.append(_("Сервис сможет получать эти сведения и после Вашего выхода с портала."))
    client = clients.find(values.get("client_id", ""))
    consents = permissions.read(values.get("permissions", ""), _catalogue(), client.scopes) if client else []
    words = _("Согласие для «%(whom)s», цель: %(purpose)s. Срок в днях: %(days)s.")
    for one in [] if isinstance(consents, EsiaFault) else consents:
        days = -(-one.term // MINUTES_A_DAY)
        told.append(words % {"whom": one.responsible or one.kind, "purpose": one.purposes[0], "days": days})
    return told


def _refused_by_us(endpoint: str, request: Request, fault: EsiaFault) -> Answer | Page:
    """Our own failure: told at the redirect address as soon as that is known to be right."""
    if fault.esia_code == "007008":
        return Page()
    received = _arrived(endpoint, request).received
    if first_fault(RECIPIENT, received):
        return refused_on_page(received, fault, {})
    return refused_back(received, fault, {})


ac_v1 = failing_as_esia(functools.partial(ac, "v1/ac"), functools.partial(_refused_by_us, "v1/ac"))
ac_v2 = failing_as_esia(functools.partial(ac, "v2/ac"), functools.partial(_refused_by_us, "v2/ac"))
