"""Authorization requests as they arrive: with the browser, or pushed beforehand (RFC 9126) and named by a reference."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from dopusk.portal import statement
from dopusk.portal.clients import models as clients
from dopusk.portal.clients.rules import Registration
from dopusk.portal.oidc import token_sql
from dopusk.portal.oidc.rules.authorize import AUTHORIZE, RECIPIENT, Asked
from dopusk.portal.oidc.rules.faults import Fault, first_fault
from dopusk.portal.oidc.rules.pushed import PUSHED_SECONDS, PushedState, pushed_fault

REFERENCE: Final = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2
BESIDE: Final = frozenset({"consent"})  # our own pages' parameter, which comes with the browser even so


@dataclass(frozen=True)
class _Pushed:
    values: dict[str, Any]
    unused: bool
    in_time: bool


def hash_of(reference: str) -> bytes:
    """How a reference is kept: it is 256 random bits, so a plain hash keeps it safe at rest."""
    return hashlib.sha256(reference.encode()).digest()


def push(client: Registration, values: Mapping[str, str]) -> str:
    """Keep a request that has been checked; its `request_uri`."""
    reference = REFERENCE + secrets.token_urlsafe(32)
    statement.one(
        token_sql.PUSH,
        {
            "reference": hash_of(reference),
            "client": client.client_id,
            "values": json.dumps(dict(values)),
            "seconds": PUSHED_SECONDS,
        },
        tuple,
    )
    return reference


def read(values: Mapping[str, str], repeated: frozenset[str]) -> tuple[Asked, Fault | None]:
    """The request, and what is wrong with its reference if it came by one.

    RFC 9126 §4, RFC 9101 §5: of a pushed request nothing that comes with the browser counts.
    """
    client = clients.find(values.get("client_id", ""))
    reference = values.get("request_uri", "")
    if client is None or not reference.startswith(REFERENCE) or repeated:
        return Asked(values, repeated, client), None
    kept = statement.one(
        token_sql.PUSHED, {"reference": hash_of(reference), "client": client.client_id}, _Pushed
    )
    if kept is None:
        return Asked(values, repeated, client), pushed_fault(None)
    beside = {name: values[name] for name in BESIDE & values.keys()}
    asked = Asked({**kept.values, **beside}, frozenset(), client, pushed=reference)
    return asked, pushed_fault(PushedState(kept.unused, kept.in_time))


def waiting(values: Mapping[str, str]) -> tuple[Registration | None, frozenset[str]]:
    """Which service asks and what for; for the page of consent. Nothing of a request that gets no code anyway."""
    asked, fault = read(values, frozenset())
    fault = fault or first_fault((*RECIPIENT, *AUTHORIZE), asked)
    return (None, frozenset()) if fault else (asked.client, asked.scopes)
