"""Whose marker a REST request brings: signed by us, alive, its grant, consent and session standing."""

import time
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest

from dopusk.portal.esia import actions, scopes, signing, systems
from dopusk.portal.esia.errors import EsiaFault
from dopusk.portal.esia.scopes import Scope

EXPIRED: Final = "005013"
FORBIDDEN: Final = "005029"


@dataclass(frozen=True)
class Holder:
    """The person a marker speaks of, and the system that holds it. scopes: of the marker, if the system still has them;
    lenient: as its registration says."""

    sub: uuid.UUID
    oid: int
    scopes: list[Scope]
    client_id: str
    lenient: bool

    def of_person(self) -> list[Scope]:
        """The scopes about herself."""
        return [one for one in self.scopes if one.oid in {None, self.oid} and not _of_organisation(one)]

    def of_organisation(self, oid: int) -> list[Scope]:
        """The scopes about one organisation."""
        return [one for one in self.scopes if one.org_oid == oid and _of_organisation(one)]


def holder(request: HttpRequest) -> Holder | EsiaFault:
    """Who is behind `Authorization: Bearer …`. Faults, all 005013: `rs_marker_missing` nothing there,
    `rs_marker_foreign` not of our signature, `rs_marker_expired`, `rs_marker_id` the id marker instead of the access
    one, `rs_marker_service` no person's, `rs_marker_ended` its grant, consent or session is over."""
    marker = given(request)
    if not marker:
        return EsiaFault(EXPIRED, "rs_marker_missing", "Authorization")
    payload = signing.verify(marker)
    if payload is None:
        return EsiaFault(EXPIRED, "rs_marker_foreign")
    alive = actions.holder_of(marker)
    system = systems.find(alive.client_id) if alive else None
    if alive is None or system is None:
        return _dead(payload)
    told = [one for one in scopes.parsed(str(payload["scope"])) or [] if one.name in system.scopes]
    return Holder(alive.sub, int(payload["urn:esia:sbj_id"]), told, alive.client_id, system.lenient)


def _dead(payload: dict[str, Any]) -> EsiaFault:
    if "aud" in payload:
        return EsiaFault(EXPIRED, "rs_marker_id")
    if float(payload.get("exp", 0)) <= time.time():
        return EsiaFault(EXPIRED, "rs_marker_expired")
    if "urn:esia:sid" not in payload:
        return EsiaFault(EXPIRED, "rs_marker_service")
    return EsiaFault(EXPIRED, "rs_marker_ended")


def given(request: HttpRequest) -> str:
    """The marker as it came (RFC 6750 §2.1); an empty text when there is none."""
    scheme, _, marker = request.headers.get("Authorization", "").partition(" ")
    return marker.strip() if scheme.lower() == "bearer" else ""


def claimed(marker: str) -> dict[str, Any]:
    """What a refused marker says of itself, for a diagnosis only: system, times and scopes, if it is ours at all."""
    payload = signing.verify(marker) if marker else None
    return (
        {name: payload[name] for name in ("client_id", "iat", "exp", "scope") if name in payload}
        if payload
        else {}
    )


def _of_organisation(scope: Scope) -> bool:
    return scope.name in scopes.SCOPES and scopes.SCOPES[scope.name].organisation
