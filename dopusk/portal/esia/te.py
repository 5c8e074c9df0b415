"""`te` and `v3/te`: markers for a code, for a refresh token, or for the system itself."""

import functools
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.conf import settings

from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.esia import actions, systems
from dopusk.portal.esia.allowance import may_search
from dopusk.portal.esia.answers import failing_as_esia, refused_in_json
from dopusk.portal.esia.client_secret import judge
from dopusk.portal.esia.client_secret.signed import Signed, SystemView
from dopusk.portal.esia.console import diagnosis
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.rules.received import Received, first_fault, notes
from dopusk.portal.esia.rules.te import CLIENT, CODE, FORM, REFRESH, by_grant
from dopusk.portal.esia.sandbox import faults
from dopusk.portal.wire import Answer, Page, Request, as_json


def te(endpoint: str, request: Request) -> Answer:
    """Reference §2–§4. endpoint: `v1/te` or `v3/te`."""
    received, system = _received(endpoint, request)
    fault = None if request.is_form or received.lenient else EsiaFault("007038", "body_form")
    fault = fault or first_fault((*CLIENT, *FORM), received)
    fault = fault or first_fault(by_grant(received), received)
    client = received.client
    if fault or client is None or system is None:
        fault = fault or EsiaFault("008010", "client_unknown")
        return refused_in_json(received, fault, {**_about(received), **_beside(received, system)})
    now, order = faults.clock("te")
    verdict = _judged(received, client, system, now)
    report = {**_about(received), **verdict.report, **order}
    if verdict.fault:
        return refused_in_json(received, verdict.fault, report)
    answer = _granted(received, client)
    if isinstance(answer, EsiaFault):
        return refused_in_json(received, answer, report)
    if settings.SANDBOX:  # elsewhere an accepted request is not kept
        diagnosis.record(endpoint, client.client_id, None, {**report, "notes": _notes(received, client)})
    return as_json(HTTPStatus.OK, answer, ("Pragma", "no-cache"))


def _judged(received: Received, client: Registration, system: SystemView, now: datetime) -> judge.Verdict:
    """A string nobody could guess is looked at once more, with what the code was asked with: it may be of that."""
    signed = Signed(received.endpoint, received.get("grant_type"), received.values)
    verdict = judge.judge(signed, system, now=now, may_search=may_search)
    if verdict.fault is None or verdict.fault.code not in judge.UNGUESSED or not received.get("code"):
        return verdict
    begun = actions.begun(received.get("code"), client.client_id)
    if begun is None:
        return verdict
    known = replace(signed, ac_state=begun.state, ac_scope=begun.scope)
    return judge.judge(known, system, now=now, may_search=may_search)


def _notes(received: Received, client: Registration) -> list[str]:
    """§10 quirk 7: markers have the scopes of the code, whatever te names."""
    told = notes(received)
    begun = actions.begun(received.get("code"), client.client_id) if received.get("code") else None
    named = f"{received.get('scope')} {received.get('scope_org')}"
    if begun and set(named.split()) != set(f"{begun.scope} {begun.scope_org}".split()):
        told.append("note_scope")
    return told


def _beside(received: Received, system: SystemView | None) -> dict[str, Any]:
    """Of a request refused for its form, what is wrong with its signature too."""
    if system is None or not received.get("client_secret"):
        return {}
    signed = Signed(received.endpoint, received.get("grant_type"), received.values)
    verdict = judge.judge(signed, system, now=faults.now("te"), may_search=may_search)
    also = [verdict.fault.code, *verdict.report.get("also", [])] if verdict.fault else []
    return {**verdict.report, "also": also}


def _granted(received: Received, client: Registration) -> dict[str, Any] | EsiaFault:
    if received.get("grant_type") == CODE:
        return actions.exchange(received, client, _readings(received))
    if received.get("grant_type") == REFRESH:
        return actions.renew(received, client)
    return actions.serve(received, client)


def _readings(received: Received) -> list[str]:
    """§10 quirk 13: a lenient system may encode its address twice."""
    given = received.get("redirect_uri")
    return [given, unquote(given)] if received.lenient else [given]


def _received(endpoint: str, request: Request) -> tuple[Received, SystemView | None]:
    """§10 quirk 12: a lenient system may put parameters into the address."""
    values, repeated = request.form
    mnemonic = values.get("client_id") or request.query[0].get("client_id", "")
    system = systems.find(mnemonic)
    lenient = system is not None and system.lenient
    if lenient:
        values, repeated = {**request.query[0], **values}, repeated | request.query[1]
    allowed = frozenset({1} if system and system.v1 else ()) | ({2} if system and system.v2 else set())
    client = clients.find(mnemonic) if system else None
    return Received(endpoint, values, repeated, client, lenient=lenient, allowed=allowed), system


def _about(received: Received) -> dict[str, Any]:
    """What a diagnosis shows beside the signature."""
    return {
        "parameters": sorted(received.values),
        "grant_type": received.get("grant_type")[:40],
        "redirect_uri": {
            "given": received.get("redirect_uri")[:500],
            "registered": sorted(received.client.redirect_uris) if received.client else [],
        },
    }


def _refused_by_us(endpoint: str, request: Request, fault: EsiaFault) -> Answer | Page:
    values, repeated = request.form
    return refused_in_json(Received(endpoint, values, repeated, None), fault, {})


te_v1 = failing_as_esia(functools.partial(te, "v1/te"), functools.partial(_refused_by_us, "v1/te"))
te_v3 = failing_as_esia(functools.partial(te, "v3/te"), functools.partial(_refused_by_us, "v3/te"))
